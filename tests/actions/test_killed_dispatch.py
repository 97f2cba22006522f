"""kill -9 at each step of dispatch, in real processes, against a real mail server.

A new directive per step: one unit takes its letter, one bounces and has a second channel. No unit
without its document, no second Message-ID, and what is told right after the kill is true.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import outbox
from actions.auditing import verify_chain
from actions.desk import Desk
from actions.dispatching import deliver_batch, release_expired
from models.base import DirectiveId
from models.dispatch import Consignment, DeliveryAttempt
from models.organisation import Office, UnitChannel
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import issue
from tests.support.clock import StoryClock
from tests.support.factories import small_office
from tests.support.killed_dispatch import Site, killed_at
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

LINES = (("action", ("huyen-a", "huyen-b"), ()),)
BOUNCES = "huyen-b@donvi.example"


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


def taken(site: Site) -> Counter[str]:
    """How often each Message-ID was taken, by the mail server or into the folder."""
    found: Counter[str] = Counter()
    for path in (site.folder / "mail" / "sent").glob("*.eml"):
        found[message_from_bytes(path.read_bytes())["Message-ID"]] += 1
    repeats = site.folder / "mail" / "repeats.jsonl"
    if repeats.exists():
        for line in repeats.read_text().splitlines():
            found[json.loads(line)["message_id"]] += 1
    for path in (site.folder / "pickup").rglob("*.eml"):
        found[message_from_bytes(path.read_bytes())["Message-ID"]] += 1
    return found


def rows_of(desk: Desk, key: DirectiveId) -> list[Consignment]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Consignment).where(Consignment.directive_id == key)))


def tell_truly(desk: Desk, site: Site, key: DirectiveId) -> None:
    """What stands in the database of each consignment is true of the other side."""
    got = taken(site)
    for one in rows_of(desk, key):
        if one.state == "sent":
            assert got[one.message_id] >= 1
        if got[one.message_id]:
            assert one.state in {"sent", "sending", "unknown"} or one.channel == "folder"
        if one.state == "planned" and one.channel == "smtp":
            assert not got[one.message_id]
    with desk.database.reading() as session:
        open_rows = set(session.scalars(select(OutboxRow.ikey).where(OutboxRow.state != "settled")))
    for one in rows_of(desk, key):
        assert (one.key in open_rows) == (one.state in {"planned", "sending"}) or (
            one.state == "unknown"
        )


def whole(desk: Desk, site: Site, key: DirectiveId) -> None:
    """Each unit has its document, under one Message-ID per channel, and all is told."""
    got = taken(site)
    current = [one for one in rows_of(desk, key) if one.rerouted_to_id is None]
    assert sorted((one.organisation_id, one.channel, one.state) for one in current) == [
        ("huyen-a", "smtp", "sent"), ("huyen-b", "folder", "sent"),
    ]  # fmt: skip
    assert all(got[one.message_id] >= 1 for one in current)
    with desk.database.reading() as session:
        ends = session.scalars(
            select(DeliveryAttempt.outcome).where(
                DeliveryAttempt.ikey.in_([one.key for one in rows_of(desk, key)])
            )
        ).all()
    assert "started" not in ends


# Each step with one connection; with several a share, for there the steps fall anywhere anyway.
@pytest.mark.parametrize(("connections", "stride"), [(1, 1), (3, 5)])
def test_kill_at_each_step_leaves_no_unit_without_its_document(
    database: Database, site: Site, clock: StoryClock, connections: int, stride: int
) -> None:
    site = replace(site, connections=connections)
    desk = site.desk(database, clock)
    known: set[str] = set()
    for step in count(1, stride):
        key = issue(desk, lines=LINES)
        killed = killed_at(step, site, clock())
        tell_truly(desk, site, key)
        clock.advance(seconds=outbox.LEASE_S + 1)
        release_expired(desk)
        tell_truly(desk, site, key)
        while deliver_batch(desk).claimed:
            pass
        whole(desk, site, key)
        known |= {one.message_id for one in rows_of(desk, key)}
        if not killed:
            break
    assert step > 30
    assert set(taken(site)) <= known
    assert max(taken(site).values()) <= 2
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_where_the_office_asks_nothing_is_repeated_by_itself_after_a_kill(
    database: Database, site: Site, clock: StoryClock
) -> None:
    with database.writing() as session:
        session.get_one(Office, 1).unknown_policy = "ask"
    desk = site.desk(database, clock)
    for step in count(1, 3):
        key = issue(desk, lines=LINES)
        killed = killed_at(step, site, clock())
        clock.advance(seconds=outbox.LEASE_S + 1)
        while deliver_batch(desk).claimed:
            pass
        tell_truly(desk, site, key)
        if not killed:
            break
    assert max(taken(site).values()) == 1
