import os
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from actions import receiving
from actions.errors import UnavailableError, WrongStateError
from actions.operating import summaries
from actions.progress import NextStep
from flows import _retries, route_directive
from flows._office import this_office
from flows.deliver_pending import deliver_batch
from flows.receive_messages import receive_all
from flows.verify_archive import (
    add_missing,
    check_archive,
    check_audit,
    conclude,
    judge_documents,
)
from models.base import DirectiveId
from models.dispatch import IncomingMessage
from signing.errors import KeyRefusedError, KeyUnavailableError
from tests.support.clock import START
from tests.support.factories import small_office
from wiring.bootstrap import Office
from wiring.clock import SimulatedClock
from wiring.deployments import DeploymentPlan, Every, read_plans
from wiring.errors import ArchiveUnsoundError, LeaseLostError, StuckStepError
from wiring.orchestrator import schedules_of

ROOT = Path(__file__).resolve().parents[2]
PLANS = read_plans(ROOT / "prefect.yaml")
MIDNIGHT = datetime.fromisoformat("2022-01-01T00:00:00+07:00")
KEY = DirectiveId(uuid.uuid4())
PERIODIC = {
    "deliver-pending",
    "tell-events",
    "receive-messages",
    "chase-reports",
    "verify-archive",
    "add-timestamps",
    "warn-of-expiry",
    "reconcile",
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office of this test, as a worker would find it in its environment."""
    monkeypatch.setenv("TRINHKY_FOLDER", str(tmp_path / "office"))
    monkeypatch.setenv("TRINHKY_CLOCK", "simulated")
    this_office.cache_clear()
    with this_office() as opened:
        assert isinstance(opened.clock, SimulatedClock)
        opened.clock.set(START)
        small_office(opened.database)
        yield opened
    this_office.cache_clear()


def loaded(plan: DeploymentPlan) -> Flow[..., object]:
    return load_flow_from_entrypoint(plan.entrypoint, use_placeholder_flow=False)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_every_entrypoint_loads_and_bears_its_deployments_name(plan: DeploymentPlan) -> None:
    assert loaded(plan).name == plan.name
    assert plan.entrypoint == f"flows.{plan.name.replace('-', '_')}.{plan.name.replace('-', '_')}"


def test_every_flow_file_has_a_deployment() -> None:
    files = {path.stem for path in (ROOT / "flows").glob("[a-z]*.py")}
    assert files == {plan.name.replace("-", "_") for plan in PLANS}


def test_the_periodic_flows_run_alone_and_by_vietnamese_time() -> None:
    assert {plan.name for plan in PLANS if plan.schedules} == PERIODIC
    assert {plan.name for plan in PLANS if plan.alone} == PERIODIC
    zones = {schedule.timezone for plan in PLANS for schedule in plan.schedules}
    assert zones == {"Asia/Ho_Chi_Minh"}


def test_no_two_frequent_flows_ever_begin_within_ten_seconds_of_each_other() -> None:
    """Together on the full minute they locked Prefect's SQLite against people's decisions."""
    day = timedelta(days=1)
    frequent = [one.when for plan in PLANS for one in plan.schedules if isinstance(one.when, Every)]
    assert len(frequent) == 5
    begun = sorted(
        (one.anchor - MIDNIGHT) % one.interval + turn * one.interval
        for one in frequent
        for turn in range(day // one.interval)
    )
    assert all(later - earlier >= timedelta(seconds=10) for earlier, later in pairwise(begun))


def test_prefect_is_given_the_anchors_of_intervals_and_the_fields_of_crons() -> None:
    plans = {plan.name: plan for plan in PLANS}
    (told,), (chased,) = map(schedules_of, (plans["tell-events"], plans["chase-reports"]))
    assert isinstance(told.schedule, IntervalSchedule)
    assert told.schedule.anchor_date == MIDNIGHT + timedelta(seconds=20)
    assert told.schedule.interval == timedelta(minutes=1)
    assert isinstance(chased.schedule, CronSchedule)
    assert (chased.schedule.cron, chased.schedule.timezone) == ("0 7 * * *", "Asia/Ho_Chi_Minh")


def test_what_prefects_own_command_reads_says_the_same() -> None:
    entries = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for entry in entries:
        assert entry["work_pool"] == {"name": "trinhky"}
        limit = entry.get("concurrency_limit", {"limit": 1, "collision_strategy": "CANCEL_NEW"})
        assert limit == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert all(schedule["active"] for schedule in entry.get("schedules", ()))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_operators_find_a_description_of_every_flow_and_parameter(plan: DeploymentPlan) -> None:
    flow = loaded(plan)
    assert flow.description
    for name, parameter in parameter_schema(flow).properties.items():
        assert len(str(parameter.get("description", ""))) > 10, name


def test_numbers_in_forms_have_bounds_and_directives_are_named_by_uuid() -> None:
    schemas = {plan.name: parameter_schema(loaded(plan)).properties for plan in PLANS}
    assert schemas["route-directive"]["directive_id"]["format"] == "uuid"
    assert schemas["deliver-pending"]["batch"]["maximum"] == 1000
    assert schemas["reconcile"]["pending_s"]["minimum"] == 0


def test_flow_files_are_thin_and_named_like_no_other_module() -> None:
    others = set(sys.stdlib_module_names) | {path.name for path in ROOT.iterdir() if path.is_dir()}
    for path in (ROOT / "flows").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 120
        assert path.stem not in others


def test_every_step_of_the_machine_has_its_task() -> None:
    told = (ROOT / "actions" / "progress.py").read_text(encoding="utf-8")
    deeds = set(re.findall(r'_machine\("(\w+)"', told))
    assert deeds == set(route_directive.MACHINE_STEPS)


class Steps:
    """What the database answers, one answer for each look."""

    def __init__(self, *deeds: str) -> None:
        self._left = list(deeds)

    def __call__(self, _key: DirectiveId) -> NextStep:
        deed = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        kind = "machine" if deed in route_directive.MACHINE_STEPS else "person"
        return NextStep(kind=kind, deed=deed, words=f"Chờ {deed}.")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The machine's steps that were taken; each is replaced by a note."""
    taken: list[str] = []
    steps = {name: lambda _key, name=name: taken.append(name) for name in _deeds()}
    monkeypatch.setattr(route_directive, "MACHINE_STEPS", steps)
    return taken


def _deeds() -> list[str]:
    return list(route_directive.MACHINE_STEPS)


def nothing() -> None:
    return


def test_the_machine_goes_on_until_a_person_must_act(done: list[str]) -> None:
    step = route_directive.go_on(KEY, Steps("freeze", "complete_signature", "seal"), nothing)
    assert done == ["freeze", "complete_signature"]
    assert step.deed == "seal"


def test_before_a_persons_step_the_machine_does_nothing(done: list[str]) -> None:
    assert route_directive.go_on(KEY, Steps("approve"), nothing).deed == "approve"
    assert done == []


def test_a_step_without_effect_is_not_repeated_for_ever(done: list[str]) -> None:
    with pytest.raises(StuckStepError):
        route_directive.go_on(KEY, Steps("freeze"), nothing)
    assert done == ["freeze"] * route_directive.SAME_STEP


def test_a_run_that_lost_its_lease_takes_no_further_step(done: list[str]) -> None:
    def lost() -> None:
        raise LeaseLostError(KEY)

    with pytest.raises(LeaseLostError):
        route_directive.go_on(KEY, Steps("freeze", "sign"), lost)
    assert done == []


def test_a_step_that_somebody_else_took_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def quicker(_key: DirectiveId) -> None:
        raise WrongStateError("Văn bản", expected=("numbered",), actual="signed")

    monkeypatch.setattr(route_directive, "MACHINE_STEPS", {"complete_signature": quicker})
    step = route_directive.go_on(KEY, Steps("complete_signature", "seal"), nothing)
    assert step.deed == "seal"


@pytest.mark.parametrize(
    ("kind", "deed", "sleeps"),
    [("person", "sign", True), ("done", "follow_up", False), ("done", "", False)],
)
def test_a_run_sleeps_for_people_and_ends_after_the_issue(
    kind: str, deed: str, *, sleeps: bool
) -> None:
    step = NextStep(kind=kind, deed=deed, words="…")
    assert route_directive.is_for_person(step) is sleeps


@pytest.mark.parametrize(
    ("err", "again"),
    [
        (UnavailableError("TSA", "timeout"), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (WrongStateError("Văn bản", expected=(), actual="signed"), False),
        (StuckStepError("freeze"), False),
        (ValueError(), False),
    ],
)
def test_only_what_another_try_may_heal_is_tried_again(err: Exception, *, again: bool) -> None:
    assert _retries.is_transient(err) is again


def test_an_error_may_say_itself_that_it_passes() -> None:
    assert _retries.is_transient(KeyUnavailableError("thẻ"))
    assert not _retries.is_transient(KeyRefusedError("wrong_pin", "Mã PIN không đúng."))


def test_sending_with_nothing_due_claims_nothing(office: Office) -> None:
    assert deliver_batch.fn(10).claimed == 0
    assert office.desk.database is this_office().desk.database


def test_an_empty_mailbox_is_no_error(office: Office) -> None:
    assert receive_all.fn() == {}
    assert office.settings.inbox_folder.parent.exists()


def drop(office: Office, *subjects: str) -> Path:
    """Mails in the office's mailbox, in this order."""
    folder = office.settings.inbox_folder / "new"
    folder.mkdir(parents=True)
    for at, subject in enumerate(subjects):
        path = folder / f"{at}.mail"
        path.write_text(
            f"From: la@noi-khac.example\nSubject: {subject}\nMessage-ID: <{at}@x.example>\n\nx\n",
            encoding="utf-8",
        )
        os.utime(path, (at, at))
    return folder


def waiting_mail(office: Office) -> dict[str, str]:
    with office.database.reading() as session:
        rows = session.scalars(select(IncomingMessage))
        return {row.subject: f"{row.state}: {row.detail}" for row in rows}


def failing(monkeypatch: pytest.MonkeyPatch, errors: dict[str, Exception]) -> None:
    """Reading the notices of some mails fails, as a fault of ours in the middle would."""
    true = receiving.read_notices

    def read(raw: bytes) -> Any:  # noqa: ANN401 (as the true one)
        for word, err in errors.items():
            if word.encode() in raw:
                raise err
        return true(raw)

    monkeypatch.setattr(receiving, "read_notices", read)


def test_a_mail_that_cannot_be_taken_in_waits_for_a_person_and_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = drop(office, "one", "poison", "three")
    failing(monkeypatch, {"poison": ValueError("a fault of ours")})
    assert receive_all.fn() == {"unmatched": 3}
    found = waiting_mail(office)
    assert set(found) == {"one", "poison", "three"}
    assert re.match(
        r"unmatched: Hệ thống không tự xử lý .* mã tra cứu [0-9A-F]{8}", found["poison"]
    )
    assert "a fault of ours" not in found["poison"]
    assert list(new.iterdir()) == []
    assert receive_all.fn() == {}


def test_a_mail_that_another_try_may_help_stays_in_the_mailbox_and_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = drop(office, "one", "later", "three")
    with monkeypatch.context() as patched:
        failing(patched, {"later": UnavailableError("TSA", "timeout")})
        with pytest.raises(UnavailableError):
            receive_all.fn()
    assert [path.name for path in new.iterdir()] == ["1.mail"]
    assert set(waiting_mail(office)) == {"one", "later", "three"}
    assert receive_all.fn() == {"unmatched": 1}
    assert list(new.iterdir()) == []


def test_where_nothing_can_be_taken_in_the_round_ends_soon_and_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = drop(office, *(f"later {n}" for n in range(9)))
    failing(monkeypatch, {"later": TimeoutError()})
    with pytest.raises(TimeoutError):
        receive_all.fn()
    assert len(list(new.iterdir())) == 9
    assert len(waiting_mail(office)) == 3


def test_a_whole_archive_and_trail_are_reported_as_such(office: Office) -> None:
    office.desk.archive.put("Hướng dẫn".encode())
    assert check_archive.fn() == ()
    assert check_audit.fn() == ()


def test_with_nothing_signed_there_is_nothing_to_judge_or_to_stamp(office: Office) -> None:
    del office
    assert add_missing.fn() == ((), ())
    said, problems = judge_documents.fn()
    assert (problems, len(said)) == ((), 1)
    assert "Đã kiểm tra lại 0 văn bản" in said[0]


def test_a_night_with_something_to_see_to_fails_with_all_of_it() -> None:
    assert conclude((), ("Đã kiểm tra lại 2 văn bản.",)).endswith("Đã kiểm tra lại 2 văn bản.")
    with pytest.raises(ArchiveUnsoundError) as failed:
        conclude(("Tệp bị hỏng.", "Văn bản 96: chưa gia hạn được."), ("Đã kiểm tra.",))
    said = failed.value.diagnosis()
    assert said.startswith("Kho lưu trữ và nhật ký: 2 việc phải xử lý")
    assert said.endswith("\n- Tệp bị hỏng.\n- Văn bản 96: chưa gia hạn được.")
    many = ArchiveUnsoundError(tuple(map(str, range(25)))).diagnosis()
    assert many.endswith("\n- 19\n- và 5 việc nữa; xem nhật ký của lượt chạy.")


def test_a_damaged_object_is_named(office: Office) -> None:
    digest = office.desk.archive.put("Hướng dẫn".encode())
    (stored,) = [
        path for path in office.settings.archive_folder.rglob("*") if path.name == digest[2:]
    ]
    stored.chmod(0o644)
    stored.write_bytes(b"changed")
    (problem,) = check_archive.fn()
    assert digest in problem


def test_the_office_of_a_process_is_opened_once(office: Office) -> None:
    assert this_office() is office


def test_a_run_whose_database_was_cut_off_is_worth_another_try_and_says_so() -> None:
    cut = OperationalError("SELECT 1", {}, psycopg.OperationalError("terminating connection"))
    assert _retries.is_transient(cut)
    assert summaries.failure_of(cut) == summaries.CUT_OFF
    assert "KeyError" in summaries.failure_of(KeyError("x"))
