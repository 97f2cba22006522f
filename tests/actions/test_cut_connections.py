"""PostgreSQL ends our sessions at each step of dispatch and of chasing; the process lives on.

What was cut is told as an error that another try may heal, and the next round makes it good: each
unit has its document, nothing under a second Message-ID, no step of the ladder twice, none lost.
"""

import json
import os
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from typing_extensions import override

from actions import outbox
from actions.auditing import verify_chain
from actions.chasing import ChaseSummary, chase
from actions.desk import Desk
from actions.dispatching import deliver_batch, release_expired
from models.organisation import UnitChannel
from models.session import Database
from tests.actions.back_office import issue, task
from tests.support.clock import StoryClock
from tests.support.cutting import Cut, cut_off, mortal_url, told_as_cut
from tests.support.databases import empty_tables
from tests.support.factories import small_office
from tests.support.killed_dispatch import Site, tick_around
from tests.support.signing_office import Doom
from tests.support.standing import (
    all_have_it,
    chased_once,
    rows_of,
    settle,
    taken,
    told_truly,
)
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

UNITS = ["huyen-a", "huyen-b"]
DISPATCHED = (("action", ("huyen-a", "huyen-b"), ()),)
EXPECTED = {("huyen-a", "smtp"), ("huyen-b", "folder")}
BOUNCES = "huyen-b@donvi.example"
OWED = task(groups=[], organisations=UNITS)
KNOWN = (("know", ("so-tt",), ()),)
STRIDE = int(os.environ.get("CUT_STRIDE", "6"))
"""Each sixth step, and with CUT_STRIDE=1 each: statements, commits, lines of the mail talk."""
CASES = [
    (date(2022, 10, 25), "truoc-3", 2),
    pytest.param((date(2022, 11, 4), "sau-5", 1), marks=pytest.mark.soak),
]


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    return migrated_postgres


@dataclass(frozen=True, slots=True)
class Pair:
    """The same tables twice."""

    eyes: Database
    """The test's own connections, which nobody cuts."""
    mortal: Database


@pytest.fixture
def pair(postgres_url: str) -> Iterator[Pair]:
    made = Pair(Database(postgres_url), Database(mortal_url(postgres_url)))
    empty_tables(made.eyes)
    small_office(made.eyes)
    yield made
    made.mortal.close()
    made.eyes.close()


@pytest.fixture
def site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "pickup").mkdir()
    behaviours = tmp_path / "behaviours.json"
    behaviours.write_text("{}")
    config = MailServerConfig(
        folder=tmp_path / "mail", office=("ban@ban.example",), behaviours=behaviours
    )
    with MailServer(config) as server:
        yield Site(url=postgres_url, folder=tmp_path, port=server.port)


class Talk(Doom):
    """Steps of the talk with the mail server, which count for whatever is to be cut now."""

    def __init__(self, cut: Cut) -> None:
        super().__init__(0)
        self.cut = cut

    @override
    def tick(self) -> None:
        self.cut.tick()


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Talk:
    heard = Talk(Cut(0, postgres_url))
    for name in ("send", "getreply"):
        monkeypatch.setattr(smtplib.SMTP, name, getattr(smtplib.SMTP, name))  # put back afterwards
        tick_around(smtplib.SMTP, name, heard)
    return heard


def send_all(desk: Desk) -> None:
    while deliver_batch(desk).claimed:
        pass


def cut_at(
    step: int, site: Site, mortal: Desk, talk: Talk, act: Callable[[Desk], object]
) -> tuple[bool, bool]:
    """Whether the step was reached, and whether the act was told of the cut."""
    talk.cut = Cut(step, site.url)
    with cut_off(mortal, talk.cut) as desk:
        told = told_as_cut(lambda: act(desk))
    return talk.cut.done, told


def test_dispatch_whose_connection_is_cut_leaves_no_unit_without_its_document(
    pair: Pair, site: Site, clock: StoryClock, talk: Talk
) -> None:
    (site.folder / "behaviours.json").write_text(json.dumps({BOUNCES: "bounce"}))
    with pair.eyes.writing() as session:
        session.add(
            UnitChannel(organisation_id="huyen-b", rank=1, channel="folder", address="huyen-b")
        )
    eyes, desk = site.desk(pair.eyes, clock), site.desk(pair.mortal, clock)
    known: set[str] = set()
    heard = 0
    for step in count(1, STRIDE):
        key = issue(eyes, lines=DISPATCHED)
        cut, told = cut_at(step, site, desk, talk, send_all)
        heard += told
        told_truly(eyes, site.folder, key)
        clock.advance(seconds=outbox.LEASE_S + 1)
        release_expired(desk)
        told_truly(eyes, site.folder, key)
        send_all(desk)
        all_have_it(eyes, site.folder, key, EXPECTED)
        known |= {one.message_id for one in rows_of(eyes, key)}
        if not cut:
            break
    assert step > 60
    assert heard > 10
    assert set(taken(site.folder)) <= known
    assert max(taken(site.folder).values()) <= 2
    with pair.eyes.reading() as session:
        assert verify_chain(session).broken_at is None


@pytest.mark.parametrize("case", CASES)
def test_chasing_whose_connection_is_cut_takes_each_step_once(
    pair: Pair, site: Site, clock: StoryClock, talk: Talk, case: tuple[date, str, int]
) -> None:
    day, name, expected = case
    eyes, desk = site.desk(pair.eyes, clock), site.desk(pair.mortal, clock)

    def chase_and_send(with_: Desk) -> None:
        chase(with_)
        send_all(with_)

    heard = 0
    for step in count(1, STRIDE):
        clock.set_day(day)
        key = issue(eyes, lines=KNOWN, tasks=[OWED])
        cut, told = cut_at(step, site, desk, talk, chase_and_send)
        heard += told
        clock.advance(seconds=outbox.LEASE_S + 1)
        chase(desk)
        assert chase(desk) == ChaseSummary()
        send_all(desk)
        chased_once(eyes, site.folder, key, units=UNITS, step=name, expected=expected)
        settle(eyes, key)
        if not cut:
            break
    assert step > 60
    assert heard > 10
    assert max(taken(site.folder).values()) <= 2
    with pair.eyes.reading() as session:
        assert verify_chain(session).broken_at is None
