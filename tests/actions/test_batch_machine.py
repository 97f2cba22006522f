"""Any order of summaries, runs, mishaps and kills: no file twice, none that was not shown."""

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from actions.auditing import verify_chain
from actions.batch_rows import RUNNING, SIGNED, SUMMARISED, view
from actions.batch_running import run_batch
from actions.batching import end_batch, stop_batch, summarise
from actions.errors import ActionRefusedError
from actions.reviewing import return_draft
from models.batch import BatchItem
from models.signature import Signature
from signing.errors import KeyRefusedError, KeyUnavailableError
from tests.actions.batch_office import FILES, OFFICER, Waiting, Watch
from tests.support.clock import StoryClock
from tests.support.signing_office import PIN, dies_at, signs

pytestmark = pytest.mark.both_databases

WHICH = st.integers(0, FILES - 1)
MADE = ("keyed", "completed")


class Batches(RuleBasedStateMachine):
    """One signatory with three files, at any time interrupted in any way."""

    waiting: Waiting

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="batches-"))
        self.opened = ExitStack()
        whole = self.opened.enter_context(self.waiting.open(self.folder, StoryClock()))
        self.watch = Watch()
        self.front = self.watch.on(whole)
        self.batches: list[Any] = []

    def _chosen(self, which: int) -> Any:  # noqa: ANN401 (an identifier)
        return self.batches[which % len(self.batches)]

    @rule(which=st.lists(WHICH, min_size=1, max_size=4))
    def list_files(self, which: list[int]) -> None:
        keys = [self.waiting.frozen[one] for one in which]
        self.batches.append(summarise(self.front.desk, self.front.signatory, OFFICER, keys).id)

    @precondition(lambda self: self.batches)
    @rule(which=WHICH, mishap=st.sampled_from(["", "", "refuse", "lose", "stop", "end", "pin"]))
    def run_it(self, which: int, mishap: str) -> None:
        chosen = self._chosen(which)
        self.watch.before_signing = partial(self._mishap, mishap, chosen)
        with suppress(ActionRefusedError):
            typed = "sai-ma" if mishap == "pin" else PIN
            run_batch(self.front.desk, self.front.signatory, chosen, typed)
        self.watch.before_signing = lambda _at: None

    def _mishap(self, mishap: str, batch_id: Any, _at: int) -> None:  # noqa: ANN401 (as above)
        desk, signatory = self.front.desk, self.front.signatory
        if mishap == "refuse":
            raise KeyRefusedError("hash", "Từ chối.")
        if mishap == "lose":
            raise KeyUnavailableError("thẻ")
        with suppress(ActionRefusedError):
            if mishap == "stop":
                stop_batch(desk, signatory, batch_id)
            elif mishap == "end":
                end_batch(desk, signatory, batch_id, reason="Bị ngắt.")

    @precondition(lambda self: self.batches)
    @rule(which=WHICH, step=st.integers(1, 50))
    def kill_it(self, which: int, step: int) -> None:
        act = partial(self._run, self._chosen(which))
        with suppress(ActionRefusedError):
            dies_at(step, self.front.desk, act)

    def _run(self, batch_id: Any, desk: Any) -> None:  # noqa: ANN401 (as above)
        run_batch(desk, self.front.signatory, batch_id, PIN)

    @precondition(lambda self: self.batches)
    @rule(which=WHICH)
    def end_what_was_cut_off(self, which: int) -> None:
        with suppress(ActionRefusedError):
            end_batch(self.front.desk, self.front.signatory, self._chosen(which), reason="Bị ngắt.")

    @rule(which=WHICH)
    def sign_one_alone(self, which: int) -> None:
        with suppress(ActionRefusedError):
            signs(self.front, self.waiting.frozen[which])

    @rule(which=WHICH)
    def return_one(self, which: int) -> None:
        with suppress(ActionRefusedError):
            return_draft(
                self.front.desk, self.front.signatory, self.waiting.frozen[which],
                reason="Sửa", revision=1,
            )  # fmt: skip

    @invariant()
    def nothing_is_signed_twice_or_unseen(self) -> None:
        if not hasattr(self, "front"):
            return
        with self.front.desk.database.reading() as session:
            made = session.scalars(
                select(Signature).where(Signature.kind == OFFICER.value, Signature.state.in_(MADE))
            ).all()
            shown = {
                (one.batch_id, one.directive_id): one.seen_sha256
                for one in session.scalars(select(BatchItem))
            }
        assert all(count == 1 for count in Counter(one.directive_id for one in made).values())
        for one in made:
            if one.batch_id is not None:
                assert shown[one.batch_id, one.directive_id] == one.source_sha256

    @invariant()
    def results_tell_what_the_key_did(self) -> None:
        for batch_id in getattr(self, "batches", ()):
            with self.front.desk.database.reading() as session:
                seen = view(session, self.front.signatory, batch_id)
                keyed = session.scalars(
                    select(Signature.directive_id).where(
                        Signature.batch_id == batch_id, Signature.state.in_(MADE)
                    )
                ).all()
            assert {line.directive_id for line in seen.signed} == set(keyed)
            over = seen.state not in (RUNNING, SUMMARISED)
            assert not (over and seen.to_sign)
            assert not (over and any(line.outcome != SIGNED and not line.problem
                                     for line in seen.lines))  # fmt: skip

    def teardown(self) -> None:
        with self.opened, self.front.desk.database.reading() as session:
            assert verify_chain(session).broken_at is None
        shutil.rmtree(self.folder)


def walk(waiting: Waiting, *, examples: int, steps: int) -> None:
    Batches.waiting = waiting
    run_state_machine_as_test(
        Batches,
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
def test_no_order_of_mishaps_signs_twice_or_unseen(waiting: Waiting) -> None:
    walk(waiting, examples=6, steps=10)
