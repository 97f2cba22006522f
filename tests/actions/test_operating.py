"""Starting flows by hand: who may, on what, and what the office's own list of runs says."""

import uuid

import pytest

from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.operating.operations import OPERATIONS
from actions.operating.runs import (
    Begun,
    ask_for_run,
    get_run,
    note_ended,
    note_running,
    note_started,
    recent_runs,
    unended,
)
from models.directive import Directive
from models.officer import Role
from models.operation import RunRecord
from tests.support.clock import START
from tests.support.factories import NAMES
from tests.support.front import Front
from wiring.running import Starter
from wiring.runs import Phase, RunView


class Engine:
    """What Prefect would say: runs by key, ended on request."""

    def __init__(self, state: str = "Running") -> None:
        self.started: dict[str, str] = {}
        self.state = state

    def start(
        self, deployment: str, _about: object = None, *, key: str | None = None, **_more: object
    ) -> RunView:
        run_id = self.started.setdefault(f"{deployment}|{key}", str(uuid.uuid4()))
        return self.view(run_id)

    def run(self, run_id: str) -> RunView | None:
        return self.view(run_id) if run_id in self.started.values() else None

    def view(self, run_id: str) -> RunView:
        phase = Phase.MOVING if self.state == "Running" else Phase.ENDED
        return RunView(
            id=run_id, name="x", phase=phase, state=self.state, since=START, tags=(), worker=None
        )  # fmt: skip


def row(front: Front, key: uuid.UUID) -> RunRecord:
    with front.desk.database.reading() as session:
        return get_run(session, key)


@pytest.mark.parametrize("flow", sorted(OPERATIONS))
@pytest.mark.parametrize("role", sorted(NAMES))
def test_each_flow_is_started_by_its_own_roles_and_by_nobody_else(
    lone_front: Front, flow: str, role: Role
) -> None:
    actor, wanted = lone_front.office.actor(role), OPERATIONS[flow]
    about = lone_front.start() if flow == "route-directive" else None
    if flow == "consolidate-reports":
        about = lone_front.start()
        with lone_front.desk.database.writing() as session:
            session.get_one(Directive, about).state = "issued"
    if role in wanted.roles:
        key = ask_for_run(lone_front.desk, actor, flow, directive_id=about)
        found = row(lone_front, key)
        assert (found.flow, found.state, found.started_by) == (flow, "asked", actor.id)
        assert lone_front.last_event().deed == "ask_for_run"
    else:
        with pytest.raises(NotAuthorisedError, match="chạy"):
            ask_for_run(lone_front.desk, actor, flow, directive_id=about)
        with lone_front.desk.database.reading() as session:
            assert recent_runs(session) == []


def test_a_flow_that_does_not_exist_is_not_asked_for(lone_front: Front) -> None:
    operator = lone_front.office.actor(Role.OPERATOR)
    with pytest.raises(NotFoundError, match="luồng"):
        ask_for_run(lone_front.desk, operator, "make-coffee")


def test_a_flow_about_a_directive_wants_one_and_the_others_want_none(lone_front: Front) -> None:
    operator, key = lone_front.office.actor(Role.OPERATOR), lone_front.start()
    with pytest.raises(InvalidInputError, match="Chưa chọn văn bản"):
        ask_for_run(lone_front.desk, operator, "consolidate-reports")
    with pytest.raises(InvalidInputError, match="không chạy cho riêng"):
        ask_for_run(lone_front.desk, operator, "deliver-pending", directive_id=key)
    with pytest.raises(NotFoundError, match="văn bản"):
        ask_for_run(lone_front.desk, operator, "route-directive", directive_id=uuid.uuid4())


def test_reports_are_not_consolidated_before_the_issue(lone_front: Front) -> None:
    key = lone_front.start()
    with pytest.raises(WrongStateError):
        ask_for_run(
            lone_front.desk, lone_front.office.actor(Role.FOLLOW_UP), "consolidate-reports",
            directive_id=key,
        )  # fmt: skip


def test_a_run_says_in_the_end_what_it_did(front: Front) -> None:
    operator = front.office.actor(Role.OPERATOR)
    key = ask_for_run(front.desk, operator, "deliver-pending")
    note_started(front.desk, key, "run-1")
    begun = Begun(flow="deliver-pending", flow_run_id="run-1", started_by="prefect", record_id=key)
    note_running(front.desk, begun)
    assert row(front, key).state == "running"
    note_ended(front.desk, begun, failed=False, summary="Đã gửi 3 thư.")
    found = row(front, key)
    assert (found.state, found.summary, found.started_by) == (
        "done", "Đã gửi 3 thư.", operator.id,
    )  # fmt: skip


def test_a_run_of_prefects_own_pages_gets_a_row_of_its_own_once(front: Front) -> None:
    begun = Begun(flow="chase-reports", flow_run_id="run-2", started_by="prefect")
    note_running(front.desk, begun)
    note_running(front.desk, begun)
    note_ended(front.desk, begun, failed=True, summary="Hỏng.", advice="Chạy lại.")
    with front.desk.database.reading() as session:
        (found,) = recent_runs(session, state="failed")
    assert (found.started_by, found.advice) == ("prefect", "Chạy lại.")


def test_a_run_that_prefect_never_heard_of_is_started_by_the_next_look_and_only_once(
    front: Front,
) -> None:
    key = ask_for_run(front.desk, front.office.actor(Role.OPERATOR), "deliver-pending")
    engine = Engine()
    starter = Starter(desk=front.desk, clock=front.clock, runs=engine)  # type: ignore[arg-type]  # stand-ins with what is used
    assert starter.settle() == 0, "it may still be on its way"
    front.clock.advance(minutes=5)
    assert starter.settle() == 1
    assert starter.settle() == 0, "it runs"
    assert len(engine.started) == 1
    assert row(front, key).flow_run_id in engine.started.values()


@pytest.mark.parametrize(
    ("ended", "state"), [("Completed", "done"), ("Cancelled", "done"), ("Crashed", "failed")]
)
def test_a_run_that_died_without_a_word_is_ended_with_advice(
    front: Front, ended: str, state: str
) -> None:
    key = ask_for_run(front.desk, front.office.actor(Role.OPERATOR), "deliver-pending")
    engine = Engine()
    starter = Starter(desk=front.desk, clock=front.clock, runs=engine)  # type: ignore[arg-type]  # stand-ins with what is used
    starter.start(key)
    engine.state = ended
    front.clock.advance(minutes=5)
    starter.settle()
    found = row(front, key)
    assert found.state == state
    assert bool(found.advice) == (state == "failed")
    with front.desk.database.reading() as session:
        assert unended(session, before=front.clock()) == []
