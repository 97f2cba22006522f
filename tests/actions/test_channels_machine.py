"""Channels of one unit in any order of failing, dying and deciding: the unit is never lost."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from actions import outbox
from actions.consigning import resend
from actions.desk import VIETNAM
from actions.dispatching import deliver_batch, release_expired
from actions.distribution.clerk import ByHand, hold, mark_arrived, mark_sent_by_hand, reroute
from actions.errors import ActionRefusedError
from models.dispatch import DeliveryEvent
from models.lifecycle import DeliveryState, may_move_delivery
from models.organisation import Office
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import issue
from tests.actions.test_channels_in_order import CLERK, ONE, A, Channels, add_ways, chain, current
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

pytestmark = pytest.mark.both_databases

WAYS = (("smtp", A), ("webhook", "https://a.example/in"), ("sftp", "a"), ("paper", None))


class OneUnit(RuleBasedStateMachine):
    """Channels fail as they like, processes die, the clerk decides: the unit is never lost."""

    def __init__(self, migrated: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="trinhky-channels-"))
        shutil.copy(migrated, self.folder / "office.db")
        self.database = Database(f"sqlite:///{self.folder / 'office.db'}")
        small_office(self.database)
        self.clock = StoryClock()
        self.channels = Channels()
        self.desk = make_desk(self.database, self.folder, self.clock, channels=self.channels)
        add_ways(self.desk, *WAYS[1:])

    @initialize(policy=st.sampled_from(["resend", "ask"]))
    def start(self, policy: str) -> None:
        with self.database.writing() as session:
            session.get_one(Office, 1).unknown_policy = policy
        issue(self.desk, lines=ONE)

    @rule(word=st.sampled_from(["accept", "bounce", "defer", "silent", "die"]))
    def send(self, word: str) -> None:
        for name, address in WAYS[:3]:
            self.channels[name].plan[address or ""] = [word]
        try:
            deliver_batch(self.desk)
        except KeyboardInterrupt:
            self.clock.advance(seconds=outbox.LEASE_S + 1)
            release_expired(self.desk)

    @rule(minutes=st.integers(1, 200))
    def wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def hold(self) -> None:
        self.decide(lambda key: hold(self.desk, CLERK, key, reason="x"))

    @rule()
    def again(self) -> None:
        self.decide(lambda key: resend(self.desk, CLERK, key, address=A))

    @rule(way=st.sampled_from(WAYS))
    def another(self, way: tuple[str, str | None]) -> None:
        self.decide(lambda key: reroute(self.desk, CLERK, key, channel=way[0], reason="x"))

    @rule()
    def arrived(self) -> None:
        self.decide(lambda key: mark_arrived(self.desk, CLERK, key, reason="x"))

    @rule()
    def by_hand(self) -> None:
        day = self.clock().astimezone(VIETNAM).date()
        how = ByHand(tracking="EE1", sent_on=day)
        self.decide(lambda key: mark_sent_by_hand(self.desk, CLERK, key, how))

    def decide(self, deed: Callable[[UUID], object]) -> None:
        with suppress(ActionRefusedError):
            deed(current(self.desk).id)

    @invariant()
    def the_unit_is_never_lost(self) -> None:
        one = current(self.desk)
        with self.desk.database.reading() as session:
            waiting = {
                row.ikey: row.state
                for row in session.scalars(select(OutboxRow)) if row.state != "settled"
            }  # fmt: skip
        assert set(waiting) <= {one.key}, "only what counts may still be sent"
        if one.state in {"planned", "sending"}:
            assert one.key in waiting, "what is planned lies in the outbox"
        if one.state in {"sent", "arrived", "held", "bounced", "failed"}:
            assert one.key not in waiting
        if one.state == "sent" and one.channel != "paper":
            assert any(sent.key == one.key for sent in self.channels[one.channel].sent)

    @invariant()
    def repeats_bear_the_same_name(self) -> None:
        for channel in self.channels.values():
            assert len({sent.message_id for sent in channel.sent}) <= 1

    @invariant()
    def every_move_is_one_that_may_be(self) -> None:
        with self.desk.database.reading() as session:
            for one in chain(self.desk).values():
                moves = session.scalars(
                    select(DeliveryEvent.state)
                    .where(DeliveryEvent.consignment_id == one.id, DeliveryEvent.state.is_not(None))
                    .order_by(DeliveryEvent.id)
                ).all()
                state = DeliveryState.PLANNED
                for name in moves:
                    new = DeliveryState(str(name))
                    assert new == state or may_move_delivery(state, new), (state, new)
                    state = new

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)


def test_whatever_fails_and_whoever_decides_the_unit_is_never_lost(migrated_sqlite: Path) -> None:
    run_state_machine_as_test(
        lambda: OneUnit(migrated_sqlite),
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
