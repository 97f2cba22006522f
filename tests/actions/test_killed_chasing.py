"""kill -9 at each step of chasing and of the sending of its letters, in real processes.

A new directive per step, owed by two units. No step of the ladder twice, none lost, no letter
under two Message-IDs, no obligation touched; the same where two processes begin together.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain, count, takewhile
from pathlib import Path

import pytest

from actions import outbox
from actions.auditing import verify_chain
from actions.chasing import ChaseSummary, chase
from actions.dispatching import deliver_batch, release_expired
from models.session import Database
from tests.actions.back_office import issue, task
from tests.support.clock import StoryClock
from tests.support.factories import small_office
from tests.support.killed_chasing import chase_at_once, killed_at
from tests.support.killed_dispatch import Site
from tests.support.killing import steps_on
from tests.support.standing import chased_once, settle, taken
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

UNITS = ["huyen-a", "huyen-b"]
OWED = task(groups=[], organisations=UNITS)
LINES = (("know", ("so-tt",), ()),)
LATE = date(2022, 11, 4)
"""Five working days after the last one: the steps before are passed over, those above are told."""
REMINDED = date(2022, 10, 25)
CHASING, STRIDE = 12, 9
"""Each step of chasing; of the sending, which has its own test at each step, every ninth."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    config = MailServerConfig(folder=tmp_path / "mail", office=("ban@ban.example",))
    with MailServer(config) as running:
        yield running


@pytest.fixture
def site(database: Database, tmp_path: Path, server: MailServer) -> Site:
    small_office(database)
    url = database.engine.url.render_as_string(hide_password=False)
    return Site(url=url, folder=tmp_path, port=server.port)


@pytest.mark.postgres_in_soak
@pytest.mark.parametrize("case", [(REMINDED, "truoc-3", 2), (LATE, "sau-5", 1)])
def test_kill_at_each_step_of_chasing_takes_each_step_once(
    database: Database, backend: str, site: Site, clock: StoryClock, case: tuple[date, str, int]
) -> None:
    day, step, expected = case
    desk = site.desk(database, clock)
    clock.set_day(day)
    early = takewhile(lambda one: one < CHASING, steps_on(backend))
    for at in chain(early, count(CHASING, STRIDE)):
        key = issue(desk, lines=LINES, tasks=[OWED])
        killed = killed_at(at, site, clock())
        clock.advance(seconds=outbox.LEASE_S + 1)
        release_expired(desk)
        chase(desk)
        assert chase(desk) == ChaseSummary()
        while deliver_batch(desk).claimed:
            pass
        chased_once(desk, site.folder, key, units=UNITS, step=step, expected=expected)
        settle(desk, key)
        clock.set_day(day)
        if not killed:
            break
    assert at > 20
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_processes_that_begin_together_take_each_step_once(
    database: Database, site: Site, clock: StoryClock
) -> None:
    desk = site.desk(database, clock)
    clock.set_day(REMINDED)
    for _ in range(4):
        key = issue(desk, lines=LINES, tasks=[OWED])
        chase_at_once(2, site, clock())
        while deliver_batch(desk).claimed:
            pass
        chased_once(desk, site.folder, key, units=UNITS, step="truoc-3", expected=2)
        settle(desk, key)
    assert max(taken(site.folder).values()) == 1
