"""kill -9 at each step of dispatch, in real processes, against a real mail server.

A new directive per step: one unit takes its letter, one bounces and has a second channel. No unit
without its document, no second Message-ID, and what is told right after the kill is true.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions import outbox
from actions.auditing import verify_chain
from actions.dispatching import deliver_batch, release_expired
from models.organisation import Office, UnitChannel
from models.session import Database
from tests.actions.back_office import issue
from tests.support.clock import StoryClock
from tests.support.factories import small_office
from tests.support.killed_dispatch import Site, killed_at
from tests.support.killing import steps_on
from tests.support.standing import all_have_it, rows_of, taken, told_truly
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

LINES = (("action", ("huyen-a", "huyen-b"), ()),)
BOUNCES = "huyen-b@donvi.example"
EXPECTED = {("huyen-a", "smtp"), ("huyen-b", "folder")}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    behaviours = tmp_path / "behaviours.json"
    behaviours.write_text(json.dumps({BOUNCES: "bounce"}))
    config = MailServerConfig(
        folder=tmp_path / "mail", office=("ban@ban.example",), behaviours=behaviours
    )
    with MailServer(config) as running:
        yield running


@pytest.fixture
def site(database: Database, tmp_path: Path, server: MailServer) -> Site:
    small_office(database)
    (tmp_path / "pickup").mkdir()
    with database.writing() as session:
        session.add(
            UnitChannel(organisation_id="huyen-b", rank=1, channel="folder", address="huyen-b")
        )
    url = database.engine.url.render_as_string(hide_password=False)
    return Site(url=url, folder=tmp_path, port=server.port)


# Each step with one connection; with several a share, for there the steps fall anywhere anyway.
@pytest.mark.postgres_in_soak
@pytest.mark.parametrize("share", [(1, 1), (3, 5)])
def test_kill_at_each_step_leaves_no_unit_without_its_document(
    database: Database, backend: str, site: Site, clock: StoryClock, share: tuple[int, int]
) -> None:
    connections, stride = share
    site = replace(site, connections=connections)
    desk = site.desk(database, clock)
    known: set[str] = set()
    for step in steps_on(backend, stride=stride):
        key = issue(desk, lines=LINES)
        killed = killed_at(step, site, clock())
        told_truly(desk, site.folder, key)
        clock.advance(seconds=outbox.LEASE_S + 1)
        release_expired(desk)
        told_truly(desk, site.folder, key)
        while deliver_batch(desk).claimed:
            pass
        all_have_it(desk, site.folder, key, EXPECTED)
        known |= {one.message_id for one in rows_of(desk, key)}
        if not killed:
            break
    assert step > 30
    assert set(taken(site.folder)) <= known
    assert max(taken(site.folder).values()) <= 2
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_where_the_office_asks_nothing_is_repeated_by_itself_after_a_kill(
    database: Database, backend: str, site: Site, clock: StoryClock
) -> None:
    with database.writing() as session:
        session.get_one(Office, 1).unknown_policy = "ask"
    desk = site.desk(database, clock)
    for step in steps_on(backend, stride=3):
        key = issue(desk, lines=LINES)
        killed = killed_at(step, site, clock())
        clock.advance(seconds=outbox.LEASE_S + 1)
        while deliver_batch(desk).claimed:
            pass
        told_truly(desk, site.folder, key)
        if not killed:
            break
    assert max(taken(site.folder).values()) == 1
