"""Two who decide about the same consignment at once: one of them wins, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import consigning
from actions.consigning import resend
from actions.desk import Desk
from actions.distribution import clerk
from actions.errors import ActionRefusedError
from delivery.parcel import FORMS
from models.dispatch import Consignment
from models.officer import Role
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import ScriptedChannel, issue
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

pytestmark = pytest.mark.both_databases

WHY = "Đơn vị đề nghị"

CLERK = SmallOffice().actor(Role.REGISTRY_CLERK)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    channels = {name: ScriptedChannel(name) for name in FORMS if name != "paper"}
    return make_desk(database, tmp_path, clock, channels=channels)


def living(desk: Desk) -> list[Consignment]:
    """Those that no other channel took over, of one unit, and that go out or wait for a person."""
    with desk.database.reading() as session:
        query = select(Consignment).where(Consignment.rerouted_to_id.is_(None))
        return list(session.scalars(query))


def queued(desk: Desk) -> list[str]:
    with desk.database.reading() as session:
        return list(session.scalars(select(OutboxRow.ikey).where(OutboxRow.state == "queued")))


def at_once(*deeds: Callable[[], object]) -> int:
    """Does all deeds at once; returns how many were done."""

    def tried(deed: Callable[[], object]) -> bool:
        try:
            deed()
        except ActionRefusedError:
            return False
        return True

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sum(pool.map(tried, deeds))


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either writes, where the database lets them."""
    met, looked = threading.Barrier(2), consigning.clerks_consignment

    def look(*given: object) -> object:
        found = looked(*given)  # type: ignore[arg-type]
        with suppress(threading.BrokenBarrierError):
            met.wait(0.5)
        return found

    monkeypatch.setattr(clerk, "clerks_consignment", look)
    monkeypatch.setattr(consigning, "clerks_consignment", look)


@pytest.mark.usefixtures("together")
def test_two_clerks_who_choose_two_channels_send_by_one_of_them(desk: Desk) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    (one,) = living(desk)
    clerk.hold(desk, CLERK, one.id, reason=WHY)
    ways = (("folder", "huyen-a"), ("edxml_folder", "a"))
    done = at_once(*(
        partial(clerk.reroute, desk, CLERK, one.id, channel=way, address=to, reason=WHY)
        for way, to in ways
    ))  # fmt: skip
    assert done == 1
    assert len(living(desk)) == 1


@pytest.mark.usefixtures("together")
def test_one_who_sends_again_and_one_who_chooses_another_channel_send_once(desk: Desk) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    (one,) = living(desk)
    clerk.hold(desk, CLERK, one.id, reason=WHY)
    done = at_once(
        partial(resend, desk, CLERK, one.id),
        partial(clerk.reroute, desk, CLERK, one.id, channel="folder", address="a", reason=WHY),
    )
    (left,) = living(desk)
    assert done
    assert queued(desk) == [left.key]
