"""In whatever order servers, units and officers act: no delivery is lost, none moves back."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from actions import outbox
from actions.acknowledging import acknowledge
from actions.amending.answering import agree_to_recall, note_recall_answer, refuse_recall
from actions.amending.recalling import recall
from actions.amending.recipients import update_recipients
from actions.answers.statuses import apply_status
from actions.auditing import Actor, verify_chain
from actions.consigning import resend
from actions.dispatching import deliver_batch
from actions.errors import ActionRefusedError
from actions.receiving import receive
from models.base import DirectiveId
from models.lifecycle import DELIVERY_MOVES, DeliveryState
from models.officer import Role
from models.session import Database
from tests.actions.back_office import ScriptedChannel, change_unit, consignments, issue, task, unit
from tests.actions.test_hostile_mail import notice
from tests.actions.test_statuses import ORGAN, an_office, arrives, status
from tests.support.clock import StoryClock
from tests.support.factories import SmallOffice

pytestmark = pytest.mark.both_databases

S = DeliveryState
UNITS = ("huyen-a", "huyen-b", "so-tt")
units = st.sampled_from(UNITS)
WORDS_OF_THE_UNIT = {S.ARRIVED, S.REFUSED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.DONE}


def reachable(start: DeliveryState) -> set[DeliveryState]:
    found, waiting = {start}, [start]
    while waiting:
        for after in DELIVERY_MOVES[waiting.pop()] - found:
            found.add(after)
            waiting.append(after)
    return found


class Deliveries(RuleBasedStateMachine):
    """One directive to four units; only `huyen-a` has an edXML channel of its own."""

    empty: ClassVar[Path]
    key: DirectiveId
    clerk: Actor
    mail: ScriptedChannel
    mails: int
    one_move: bool
    seen: dict[str, DeliveryState]
    received: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "office.db"
        path.write_bytes(self.empty.read_bytes())
        self.database = Database(f"sqlite:///{path}")
        self.clock = StoryClock()
        self.desk = an_office(self.database, Path(self.folder.name), self.clock)
        change_unit(self.desk, "huyen-a", agency_id=ORGAN)
        self.mail = cast("ScriptedChannel", self.desk.channels["smtp"])
        self.key = issue(self.desk, tasks=[task()])
        self.clerk = SmallOffice().actor(Role.REGISTRY_CLERK)
        self.seen = self._states()
        self.received: set[str] = set()
        self.mails = 0
        self.one_move = True

    @override
    def teardown(self) -> None:
        with self.database.reading() as session:
            assert verify_chain(session).broken_at is None
        self.database.close()
        self.folder.cleanup()

    def _states(self) -> dict[str, DeliveryState]:
        return {
            name: DeliveryState(one.state)
            for name, one in consignments(self.desk).items()
            if one.rerouted_to_id is None
        }

    def _try(self, deed: Callable[[], object]) -> None:
        self.one_move = True
        with contextlib.suppress(ActionRefusedError):
            deed()

    # --- what happens -----------------------------------------------------------------------

    @rule(
        plan=st.dictionaries(units, st.sampled_from(["accept", "defer", "silent", "bounce", "die"]))
    )
    def sends(self, plan: dict[str, str]) -> None:
        self.one_move = False
        for name, word in plan.items():
            self.mail.plan[f"{name}@donvi.example"] = [word]
        try:
            deliver_batch(self.desk, limit=3)
        except KeyboardInterrupt:  # the scripted kill
            self.clock.advance(seconds=outbox.LEASE_S + 1)
        self.clock.advance(hours=1)

    @rule(
        name=units,
        action=st.sampled_from(["failed", "delayed", "delivered", "relayed"]),
        ours=st.booleans(),
    )
    def a_server_reports(self, name: str, action: str, ours: bool) -> None:  # noqa: FBT001 (drawn)
        one = consignments(self.desk)[name]
        self.mails += 1
        to = one.address if ours else "x@noi-khac.example"
        said = notice(about=one.message_id, to=to, action=action, message_id=f"<{self.mails}@mx>")
        self._try(lambda: receive(self.desk, said))
        if not ours:
            assert self._states() == self.seen

    @rule(code=st.sampled_from([f"{at:02}" for at in range(1, 17)]), own=st.booleans())
    def a_status_comes(self, code: str, own: bool) -> None:  # noqa: FBT001 (drawn)
        came = arrives(self.desk, sender="huyen-a" if own else "huyen-b")
        matched = apply_status(self.desk, came, status(self.desk, self.key, code))
        self.one_move = True
        assert matched == own
        if not own:
            assert self._states() == self.seen

    @rule(name=units)
    def a_unit_acknowledges(self, name: str) -> None:
        self._try(lambda: acknowledge(self.desk, unit(name), self.key, organisation_id=name))

    @rule(name=units, agrees=st.booleans(), by_clerk=st.booleans())
    def a_recall_is_answered(self, name: str, agrees: bool, by_clerk: bool) -> None:  # noqa: FBT001 (drawn)
        one = consignments(self.desk)[name]
        if by_clerk:
            self._try(
                lambda: note_recall_answer(self.desk, self.clerk, one.id, agreed=agrees, words="x")
            )
        elif agrees:
            self._try(
                lambda: agree_to_recall(self.desk, unit(name), self.key, organisation_id=name)
            )
        else:
            self._try(
                lambda: refuse_recall(
                    self.desk, unit(name), self.key, organisation_id=name, reason="x"
                )
            )

    @rule(name=units)
    def the_clerk_sends_again(self, name: str) -> None:
        one = consignments(self.desk)[name]
        self._try(lambda: resend(self.desk, self.clerk, one.id))

    @rule(name=units)
    def a_unit_is_removed(self, name: str) -> None:
        self._try(
            lambda: update_recipients(self.desk, self.clerk, self.key, remove=[name], reason="x")
        )

    @rule()
    def it_is_recalled(self) -> None:
        self._try(lambda: recall(self.desk, self.clerk, self.key, reason="x"))

    # --- what always holds ------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_and_only_allowed_moves_are_made(self) -> None:
        now = self._states()
        assert set(now) == {*UNITS, "tinh-uy"}
        for name, old in self.seen.items():
            allowed = {old} | DELIVERY_MOVES[old] if self.one_move else reachable(old)
            assert now[name] in allowed, (name, old, now[name])
            if old in WORDS_OF_THE_UNIT and not self.one_move:
                assert now[name] == old
        self.seen = now

    @invariant()
    def what_was_received_stays_received_and_what_was_asked_back_remembers(self) -> None:
        found = consignments(self.desk)
        had = {name for name, one in found.items() if one.acknowledged_at is not None}
        assert self.received <= had
        self.received = had
        for one in found.values():
            asked = one.state in (S.RECALL_ASKED, S.RECALLED, S.RECALL_REFUSED)
            assert asked == (one.state_before_recall is not None)


def test_deliveries_under_random_orders_of_everything(migrated_sqlite: Path) -> None:
    Deliveries.empty = migrated_sqlite
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip


@pytest.mark.parametrize("state", list(S))
def test_no_state_is_a_place_without_an_end(state: DeliveryState) -> None:
    """From everywhere a delivery can come to rest: done, or recalled."""
    assert reachable(state) & {S.DONE, S.RECALLED}
