"""Any order of deeds by anybody: no path signs twice, skips a decision or reuses a number."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

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
from sqlalchemy import select, update

from actions.auditing import Actor, verify_chain
from actions.cancelling import cancel
from actions.drafting import revise, start_directive, submit
from actions.errors import ActionRefusedError
from actions.freezing import freeze
from actions.issuing import issue
from actions.numbering import take_number
from actions.progress import NextStep, next_steps
from actions.reviewing import pass_step, return_draft
from actions.sealing import complete as complete_seal
from actions.sealing import seal
from actions.signing_off import complete as complete_signature
from actions.signing_off import sign
from actions.taking_back import take_back
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState, ReviewStep
from models.numbering import TakenNumber
from models.officer import Role
from models.organisation import Office
from models.review import Review
from models.signature import Signature
from tests.actions.notices.whom import told, waited_for
from tests.actions.searching.test_words import is_current
from tests.support.clock import StoryClock
from tests.support.factories import NAMES, SmallOffice
from tests.support.front import DRAFT, Front, with_content
from tests.support.signing_office import PIN, Stages

pytestmark = pytest.mark.both_databases

S = DirectiveState
_DECIDED = {S.APPROVED, S.NUMBERED, S.SIGNED, S.SEALED, S.ISSUED}
_NUMBERED = {S.NUMBERED, S.SEALED, S.ISSUED}
"""With a number in either order; a signed one has it unless its officer signs first."""
_OFFICE = SmallOffice()
_ANYBODY = st.sampled_from([_OFFICE.actor(role) for role in NAMES])
_DIRECTIVES = 3
_WHICH = st.integers(0, _DIRECTIVES - 1)

Deed = Callable[[Front, Actor, Directive], Any]
DEEDS: dict[str, Deed] = {
    "submit": lambda front, actor, it: submit(front.desk, actor, it.id),
    "revise": lambda front, actor, it: revise(
        front.desk, actor, it.id, draft=with_content(title=f"Bản {it.revision + 1}"), note="Sửa"
    ),
    "check_content": lambda front, actor, it: pass_step(
        front.desk, actor, it.id, ReviewStep.CONTENT, revision=it.revision
    ),
    "check_form": lambda front, actor, it: pass_step(
        front.desk, actor, it.id, ReviewStep.FORM, revision=it.revision
    ),
    "approve": lambda front, actor, it: pass_step(
        front.desk, actor, it.id, ReviewStep.APPROVAL, revision=it.revision
    ),
    "return": lambda front, actor, it: return_draft(
        front.desk, actor, it.id, reason="Sửa lại", revision=it.revision
    ),
    "take_back": lambda front, actor, it: take_back(
        front.desk, actor, it.id, reason="Sai số liệu", revision=it.revision
    ),
    "take_number": lambda front, actor, it: take_number(front.desk, actor, it.id),
    "freeze": lambda front, _actor, it: freeze(front.desk, it.id),
    "sign": lambda front, actor, it: sign(
        front.desk, actor, it.id, seen_sha256=it.frozen_sha256 or "", pin=PIN
    ),
    "complete_signature": lambda front, _actor, it: complete_signature(front.desk, it.id),
    "seal": lambda front, actor, it: seal(
        front.desk, actor, it.id, seen_sha256=it.signed_sha256 or "", pin=PIN
    ),
    "complete_seal": lambda front, _actor, it: complete_seal(front.desk, it.id),
    "issue": lambda front, actor, it: issue(front.desk, actor, it.id),
    "cancel": lambda front, actor, it: cancel(front.desk, actor, it.id, reason="Thôi"),
}
"""Every deed of the front half, as it is tried with whatever is there."""

ALLOWED: dict[str, set[DirectiveState]] = {
    "submit": {S.DRAFTING, S.RETURNED},
    "revise": {S.DRAFTING, S.RETURNED},
    "check_content": {S.IN_REVIEW},
    "check_form": {S.IN_REVIEW},
    "approve": {S.IN_REVIEW},
    "return": {S.IN_REVIEW, S.APPROVED, S.NUMBERED},
    "take_back": {S.IN_REVIEW},
    "take_number": {S.APPROVED, S.SIGNED},
    "freeze": {S.APPROVED, S.NUMBERED},
    "sign": {S.APPROVED, S.NUMBERED},
    "seal": {S.SIGNED, S.NUMBERED},
    "issue": {S.SEALED},
    "cancel": set(S) - {S.CANCELLED, S.ISSUED, S.CLOSED, S.CORRECTED, S.RECALLED, S.REPLACED},
}
"""From which states a deed may succeed at all, in either order; the two of the machine may always
find nothing."""

ROLES: dict[str, set[Role]] = {
    "submit": {Role.DRAFTER},
    "revise": {Role.DRAFTER},
    "check_content": {Role.CONTENT_REVIEWER},
    "check_form": {Role.FORM_REVIEWER},
    "approve": {Role.SIGNATORY},
    "return": {Role.CONTENT_REVIEWER, Role.FORM_REVIEWER, Role.SIGNATORY},
    "take_back": {Role.DRAFTER},
    "take_number": {Role.REGISTRY_CLERK},
    "sign": {Role.SIGNATORY},
    "seal": {Role.REGISTRY_CLERK},
    "issue": {Role.REGISTRY_CLERK},
    "cancel": {Role.DRAFTER, Role.SIGNATORY},
}
"""Who may succeed with a deed at all."""


class Life(RuleBasedStateMachine):
    """Three directives of one office, pushed and pulled by everybody."""

    stages: Stages

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="trinhky-life-"))
        self.opened = self.stages.open("office", self.folder, StoryClock())
        self.front: Front = next(self.opened)
        self.keys: list[DirectiveId] = []

    @initialize(first=st.booleans())
    def three_drafts(self, *, first: bool) -> None:
        self.the_office_changes_its_mind(first=first)
        self.keys = [
            start_directive(self.front.desk, self.front.drafter, draft=DRAFT)
            for _ in range(_DIRECTIVES)
        ]

    @rule(which=_WHICH, steps=st.integers(1, 6))
    def advance(self, which: int, steps: int) -> None:
        """The right people take the right steps."""
        for _ in range(steps):
            step = self._next(which)
            if step.kind == "done":
                return
            self._try(step.deed, self._actor(step), which, must=True)

    @rule(which=_WHICH, deed=st.sampled_from(sorted(DEEDS)), actor=_ANYBODY)
    def anything(self, which: int, deed: str, actor: Actor) -> None:
        """Somebody tries something."""
        self._try(deed, actor, which)

    @rule(which=_WHICH)
    def the_signatory_returns(self, which: int) -> None:
        self._try("return", self.front.signatory, which)

    @rule(which=_WHICH)
    def the_drafter_takes_back(self, which: int) -> None:
        self._try("take_back", self.front.drafter, which)

    @rule(which=_WHICH)
    def the_drafter_hands_in(self, which: int) -> None:
        """What was taken back comes again as it was; what was returned must be revised first."""
        self._try("submit", self.front.drafter, which)

    @rule(which=_WHICH)
    def the_signatory_gives_up(self, which: int) -> None:
        self._try("cancel", self.front.signatory, which)

    @rule(first=st.booleans())
    def the_office_changes_its_mind(self, *, first: bool) -> None:
        """Numbers come first or later from now on; what is under way keeps its order.

        What was just approved is frozen by then: the machine does so within a second. Between the
        two the office's order decides, and no deed about the directive tells whom it waits for.
        """
        for which in range(len(self.keys)):
            while (step := self._next(which)).kind == "machine":
                self._try(step.deed, self._actor(step), which, must=True)
        self.front.change(lambda s: s.execute(update(Office).values(number_after_signing=first)))

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.front.clock.advance(minutes=minutes)

    def _next(self, which: int) -> NextStep:
        with self.front.desk.database.reading() as session:
            return next_steps(session, session.get_one(Directive, self.keys[which]))[0]

    def _actor(self, step: NextStep) -> Actor:
        if step.role is not None:
            return _OFFICE.actor(step.role)
        officer = step.officers[0] if step.officers else "operator"
        return Actor(kind="officer", id=officer, name=officer)

    def _try(self, deed: str, actor: Actor, which: int, *, must: bool = False) -> None:
        before = self.front.directive(self.keys[which])
        if must:
            DEEDS[deed](self.front, actor, before)
            return
        try:
            DEEDS[deed](self.front, actor, before)
        except ActionRefusedError:
            self._nothing_changed(before)
            return
        if deed in ALLOWED:
            assert S(before.state) in ALLOWED[deed], (deed, before.state)
        if deed in ROLES:
            assert actor.id in {_OFFICE.officer(role) for role in ROLES[deed]}, (deed, actor.id)

    def _nothing_changed(self, before: Directive) -> None:
        after = self.front.directive(before.id)
        columns = [column.key for column in Directive.__table__.columns]
        # A plan that never got its key may stay behind; it is no change of the directive.
        changed = [
            name
            for name in columns
            if name != "updated_at" and getattr(before, name) != getattr(after, name)
        ]
        assert not changed

    @invariant()
    def numbers_are_given_once_and_without_gaps(self) -> None:
        with self.front.desk.database.reading() as session:
            taken = list(session.scalars(select(TakenNumber).order_by(TakenNumber.number)))
            directives = list(session.scalars(select(Directive)))
        assert [row.number for row in taken] == [96 + n for n in range(len(taken))]
        assert all(row.reason for row in taken if row.state == "void")
        owned = {row.directive_id: row.number for row in taken}
        for directive in directives:
            assert directive.number == owned.get(directive.id)
            if S(directive.state) in _NUMBERED:
                assert directive.number is not None

    @invariant()
    def officers_are_told_of_what_waits_for_them_and_of_nothing_else(self) -> None:
        with self.front.desk.database.reading() as session:
            assert told(session) == waited_for(session, self.front.clock())

    @invariant()
    def words_are_those_of_the_text(self) -> None:
        assert is_current(self.front)

    @invariant()
    def what_has_empty_places_is_numbered_after_its_signature(self) -> None:
        with self.front.desk.database.reading() as session:
            directives = list(session.scalars(select(Directive)))
            frozen = {
                row.sha256: "places" in row.made_with
                for row in session.scalars(select(Document).where(Document.kind == "frozen"))
            }
        for directive in directives:
            if directive.frozen_sha256 is None or S(directive.state) is S.CANCELLED:
                continue
            if frozen[directive.frozen_sha256]:
                assert directive.number is None or directive.signed_sha256 is not None
            else:
                assert directive.number is not None

    @invariant()
    def what_lies_with_its_drafter_again_says_why_and_by_whom(self) -> None:
        with self.front.desk.database.reading() as session:
            for directive in session.scalars(select(Directive)):
                taken_back = directive.taken_back_revision
                assert taken_back is None or taken_back <= directive.revision
                if S(directive.state) is not S.RETURNED:
                    continue
                assert directive.return_reason == ("Sai số liệu" if taken_back else "Sửa lại")
                assert directive.frozen_sha256 is None

    @invariant()
    def three_people_decided_on_the_very_revision(self) -> None:
        with self.front.desk.database.reading() as session:
            for directive in session.scalars(select(Directive)):
                if S(directive.state) not in _DECIDED:
                    continue
                passed = list(
                    session.scalars(
                        select(Review).where(
                            Review.directive_id == directive.id,
                            Review.revision == directive.revision,
                            Review.decision == "passed",
                        )
                    )
                )
                assert {row.step for row in passed} == set(ReviewStep)
                people = [row.officer_id for row in passed]
                assert len({*people, directive.drafter_id}) == 4

    @invariant()
    def signed_and_sealed_at_most_once_and_in_order(self) -> None:
        with self.front.desk.database.reading() as session:
            rows = list(session.scalars(select(Signature).where(Signature.state != "abandoned")))
            directives = {row.id: row for row in session.scalars(select(Directive))}
        kinds = Counter((row.directive_id, row.kind) for row in rows)
        assert set(kinds.values()) <= {1}
        done = {(row.directive_id, row.kind) for row in rows if row.state == "completed"}
        for row in rows:
            directive = directives[row.directive_id]
            if row.kind == "seal":
                assert (row.directive_id, "officer") in done
                assert row.source_sha256 == directive.signed_sha256
            elif row.state != "planned":
                assert row.source_sha256 == directive.frozen_sha256
        for key, directive in directives.items():
            signed = S(directive.state) in {S.SIGNED, S.SEALED, S.ISSUED}
            assert not signed or (key, "officer") in done
            assert directive.state not in (S.SEALED, S.ISSUED) or (key, "seal") in done

    def teardown(self) -> None:
        with closing(self.opened), self.front.desk.database.reading() as session:
            assert verify_chain(session).broken_at is None
        shutil.rmtree(self.folder)


def walk(stages: Stages, *, examples: int, steps: int) -> None:
    """Walks the machine; the same ways each time."""
    Life.stages = stages
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(240)
def test_no_path_signs_twice_skips_a_decision_or_reuses_a_number(stages: Stages) -> None:
    walk(stages, examples=8, steps=25)
