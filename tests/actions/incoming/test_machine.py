"""Any order of messages and deeds by anybody: no number twice, no state skipped, nothing lost."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

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
from typing_extensions import override

from actions.auditing import Actor, verify_chain
from actions.errors import ActionRefusedError
from actions.incoming.accepting import accept, refuse
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import begin, finish
from actions.incoming.recalling import agree, refuse_request
from actions.notices.noting import followed
from models.incoming import IncomingDocument, IncomingRequest
from models.numbering import RegisterEntry
from models.session import Database
from tests.actions.incoming.receiver import Receiver, make_receiver, marked, message, recall
from tests.actions.notices.whom import told, waited_for
from tests.support.clock import StoryClock
from tests.support.factories import NAMES, SmallOffice

pytestmark = pytest.mark.both_databases

_ANYBODY = st.sampled_from([SmallOffice.actor(SmallOffice(), role) for role in NAMES])
_NAMES = st.sampled_from(["1", "2", "3"])
"""Three papers; each may come again and again."""
_WORDS = st.sampled_from(["passed", "failed"])
_AFTER = {
    "arrived": {"accepted", "refused", "recall_asked"},
    "refused": {"recall_asked"},
    "accepted": {"assigned", "recall_asked"},
    "assigned": {"assigned", "in_progress", "done", "recall_asked"},
    "in_progress": {"assigned", "in_progress", "done", "recall_asked"},
    "done": {"recall_asked"},
    "recall_asked": {
        "arrived", "refused", "accepted", "assigned", "in_progress", "done", "recalled",
    },
    "recalled": set(),
}  # fmt: skip
"""What may follow what."""
LOOK_EVERY = 4
"""Steps between two looks at everybody's lists, which take their time."""
_NEEDS_NUMBER = {"accepted", "assigned", "in_progress", "done"}


class Clerks(RuleBasedStateMachine):
    """One office on SQLite; the messages of one sender and whoever acts."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.empty, self.folder / "office.db")
        self.database = followed(Database(f"sqlite:///{self.folder / 'office.db'}"))
        self.steps = 0
        self.seen: dict[object, str] = {}

    @initialize()
    def opens(self) -> None:
        self.receiver: Receiver = make_receiver(self.database, self.folder, StoryClock())

    @override
    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def papers(self) -> list[IncomingDocument]:
        with self.database.reading() as session:
            return list(session.scalars(select(IncomingDocument)))

    def tries(self, deed: Callable[[IncomingDocument], object], at: int) -> None:
        papers = self.papers()
        if papers:
            with suppress(ActionRefusedError):
                deed(papers[at % len(papers)])

    @rule(name=_NAMES, word=_WORDS)
    def arrives(self, name: str, word: str) -> None:
        self.receiver.arrives(message(document_id=name, number=name, files=(marked(word),)))

    @rule(name=_NAMES)
    def is_asked_back(self, name: str) -> None:
        if any(one.document_code == name for one in self.papers()):
            self.receiver.arrives(recall(document_id=name, number=name))

    @rule(actor=_ANYBODY, at=st.integers(0, 5), note=st.sampled_from(["", "đã xác minh"]))
    def accepts(self, actor: Actor, at: int, note: str) -> None:
        self.tries(lambda one: accept(self.receiver.desk, actor, one.id, note=note), at)

    @rule(actor=_ANYBODY, at=st.integers(0, 5))
    def refuses(self, actor: Actor, at: int) -> None:
        self.tries(lambda one: refuse(self.receiver.desk, actor, one.id, reason="Nhầm"), at)

    @rule(actor=_ANYBODY, at=st.integers(0, 5))
    def assigns(self, actor: Actor, at: int) -> None:
        lead = Handler(officer_id="drafter", due=date(2022, 10, 20))
        self.tries(lambda one: assign(self.receiver.desk, actor, one.id, opinion="", lead=lead), at)

    @rule(actor=_ANYBODY, at=st.integers(0, 5), ends=st.booleans())
    def handles(self, actor: Actor, at: int, ends: bool) -> None:  # noqa: FBT001 (drawn)
        def deed(one: IncomingDocument) -> None:
            for part in self.receiver.parts(one.id):
                if ends:
                    finish(self.receiver.desk, actor, part.id, result="Xong")
                else:
                    begin(self.receiver.desk, actor, part.id)

        self.tries(deed, at)

    @rule(actor=_ANYBODY, at=st.integers(0, 5), yes=st.booleans())
    def answers(self, actor: Actor, at: int, yes: bool) -> None:  # noqa: FBT001 (drawn)
        def deed(one: IncomingDocument) -> None:
            with self.database.reading() as session:
                asked = session.scalars(
                    select(IncomingRequest).where(IncomingRequest.document_id == one.id)
                ).all()
            for request in asked:
                if yes:
                    agree(self.receiver.desk, actor, request.id)
                else:
                    refuse_request(self.receiver.desk, actor, request.id, reason="Đã làm")

        self.tries(deed, at)

    @invariant()
    def every_state_follows_the_one_before(self) -> None:
        for one in self.papers():
            before = self.seen.get(one.id, one.state)
            assert one.state == before or one.state in _AFTER[before], (before, one.state)
            self.seen[one.id] = one.state
        assert self.seen.keys() <= {one.id for one in self.papers()}

    @invariant()
    def numbers_run_from_one_without_gap_and_each_has_its_line(self) -> None:
        numbers = sorted(one.number for one in self.papers() if one.number is not None)
        assert numbers == list(range(1, len(numbers) + 1))
        with self.database.reading() as session:
            lines = sorted(session.scalars(select(RegisterEntry.ordinal)))
        assert lines == numbers

    @invariant()
    def what_is_worked_with_has_a_number_and_no_paper_has_two(self) -> None:
        papers = self.papers()
        assert all(one.number is not None for one in papers if one.state in _NEEDS_NUMBER)
        alive = Counter(one.document_code for one in papers if one.state in _NEEDS_NUMBER)
        assert all(count == 1 for count in alive.values())

    @invariant()
    def bytes_go_only_with_a_recall(self) -> None:
        for one in self.papers():
            if one.state != "recalled":
                assert one.files_destroyed_at is None
                assert all(self.receiver.desk.archive.has(file["sha256"]) for file in one.files)
            else:
                assert one.files_destroyed_at is not None

    @invariant()
    def notices_say_for_whom_papers_wait(self) -> None:
        self.steps += 1
        if self.steps % LOOK_EVERY == 0:
            with self.database.reading() as session:
                assert told(session) == waited_for(session, self.receiver.desk.clock())

    @invariant()
    def the_trail_is_whole(self) -> None:
        with self.database.reading() as session:
            assert verify_chain(session).broken_at is None


@pytest.mark.timeout(280)
def test_any_order_of_messages_and_deeds_keeps_the_rules(migrated_sqlite: Path) -> None:
    Clerks.empty = migrated_sqlite
    run_state_machine_as_test(
        Clerks,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
