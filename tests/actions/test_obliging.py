import tomllib
from datetime import date
from pathlib import Path

import pytest

from actions.desk import Desk
from actions.errors import NotFoundError
from actions.obliging import acting_units, due_of, phrase_of
from models.directive import Directive, DirectiveTask
from models.organisation import DayOff, OrganisationSuccessor
from models.session import Database
from tests.actions.back_office import (
    OWN,
    WORK,
    change_unit,
    draft_directive,
    issue,
    obligations,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import ROOT, make_desk
from tests.support.factories import small_office

ISSUED = date(2022, 9, 21)


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock)


def codes(flags: list[dict[str, str]]) -> set[str]:
    return {flag["code"] for flag in flags}


def test_every_unit_of_a_task_gets_an_obligation_with_its_sentence_and_day(desk: Desk) -> None:
    issue(desk, tasks=[task()])
    made = obligations(desk)
    assert {unit for _, unit in made} == {"huyen-a", "huyen-b", "so-tt"}
    one = made["R1", "huyen-a"]
    assert one.sentence == "báo cáo kết quả về Ban trước ngày 31/10/2022"
    assert (one.last_allowed_day, one.due) == (date(2022, 10, 30), date(2022, 10, 28))
    assert "không tính ngày 31/10/2022" in one.computed
    assert "thứ Sáu, 28/10/2022" in one.computed
    assert (one.state, one.leads, one.is_report) == ("open", True, True)
    assert "on_rest_day" in codes(one.flags)


def test_a_report_that_is_due_before_the_work_ends_is_flagged_on_both(desk: Desk) -> None:
    issue(desk, tasks=[WORK, task()])
    made = obligations(desk)
    assert made["III.3", "huyen-a"].due == date(2022, 10, 31)
    for ref in ("R1", "III.3"):
        flags = made[ref, "huyen-a"].flags
        assert "report_before_task_ends" in codes(flags)
        said = next(f["message"] for f in flags if f["code"] == "report_before_task_ends")
        assert "R1" in said
        assert "III.3" in said


def test_the_office_keeps_its_own_tasks(desk: Desk) -> None:
    issue(desk, tasks=[OWN])
    own = obligations(desk)["R2", "ban"]
    assert own.due is None
    assert codes(own.flags) == {"period_not_stated"}


def test_a_task_without_a_date_says_so(desk: Desk) -> None:
    issue(desk, tasks=[task("II.2", kind="continuous", deadline_raw=None, named_date=None)])
    one = obligations(desk)["II.2", "huyen-a"]
    assert one.due is None
    assert codes(one.flags) == {"no_date"}


def test_who_leads_and_coordinates_leads(desk: Desk) -> None:
    issue(
        desk,
        tasks=[task(groups=[], organisations=["huyen-a"], coordinating=["huyen-a", "huyen-b"])],
    )
    made = obligations(desk)
    assert {unit: one.leads for (_, unit), one in made.items()} == {
        "huyen-a": True,
        "huyen-b": False,
    }


def test_a_unit_with_a_task_that_is_not_sent_the_directive_is_flagged(desk: Desk) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),), tasks=[task()])
    made = obligations(desk)
    assert "not_a_recipient" in codes(made["R1", "huyen-b"].flags)
    assert "not_a_recipient" not in codes(made["R1", "huyen-a"].flags)


def test_an_ended_unit_without_successor_is_flagged_and_kept(desk: Desk) -> None:
    change_unit(desk, "huyen-a", valid_to=date(2022, 9, 1))
    issue(desk, tasks=[task()])
    assert "unit_not_active" in codes(obligations(desk)["R1", "huyen-a"].flags)


def test_a_successor_owes_in_its_place(desk: Desk) -> None:
    with desk.database.writing() as session:
        session.add(
            OrganisationSuccessor(
                organisation_id="huyen-a", successor_id="tinh-uy", since=date(2022, 9, 2)
            )
        )
    change_unit(desk, "huyen-a", valid_to=date(2022, 9, 1))
    issue(desk, tasks=[task()])
    made = obligations(desk)
    assert ("R1", "huyen-a") not in made
    assert "successor" in codes(made["R1", "tinh-uy"].flags)


def test_a_task_that_names_an_unknown_unit_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="ma"):
        issue(desk, tasks=[task(groups=[], organisations=["ma"])])
    assert obligations(desk) == {}


def test_the_offices_own_days_off_and_worked_saturdays_count(desk: Desk) -> None:
    with desk.database.writing() as session:
        session.add(DayOff(day=date(2022, 10, 28), working=False, label="nghỉ"))
    issue(desk, tasks=[task()])
    assert obligations(desk)["R1", "huyen-a"].due == date(2022, 10, 27)
    with desk.database.writing() as session:
        session.add(DayOff(day=date(2022, 10, 29), working=True, label="làm bù"))
    with desk.database.reading() as session:
        row = DirectiveTask(**task())
        assert due_of(session, row, issued=ISSUED).last_working_day == date(2022, 10, 29)


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ({}, date(2022, 10, 30)),
        ({"inclusive": True}, date(2022, 10, 31)),
        ({"named_date": date(2022, 11, 15)}, date(2022, 11, 14)),
        ({"deadline_raw": None}, date(2022, 10, 30)),
        ({"deadline_raw": "chu nhoe", "named_date": None}, None),
        (
            {"kind": "within_month", "deadline_raw": "xong trong thang 10 nam 2022"},
            date(2022, 10, 31),
        ),
        (
            {"kind": "within_month", "deadline_raw": "khong doc duoc", "inclusive": True},
            date(2022, 10, 31),
        ),
        ({"kind": "from_date", "deadline_raw": "từ ngày 31/10/2022"}, None),
    ],
)
def test_what_a_person_reviewed_goes_before_the_words(
    values: dict[str, object], last: date | None
) -> None:
    phrase = phrase_of(DirectiveTask(**{**task(), **values}), issued=ISSUED)
    assert phrase.last_allowed_day == last


def test_units_that_act_are_those_that_any_task_names(desk: Desk) -> None:
    tasks = [task(groups=[], organisations=["huyen-a"], coordinating=["so-tt"])]
    key = draft_directive(desk, tasks=tasks)
    with desk.database.reading() as session:
        found = acting_units(session, session.get_one(Directive, key), ISSUED)
    assert found == {"huyen-a", "so-tt"}


def test_the_days_of_the_demos_directive_are_those_of_its_text() -> None:
    path = ROOT / "demo" / "96-HD-BTGTU.reviewed.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["task"]
    names = {"ref", "what", "sentence", "is_report", "deadline_raw", "kind", "named_date"}
    for row in rows:
        kept = {key: row[key] for key in (*names, "inclusive") if key in row}
        phrase = phrase_of(DirectiveTask(**kept), issued=ISSUED)
        assert phrase.last_allowed_day == row.get("last_allowed_day"), row["ref"]
