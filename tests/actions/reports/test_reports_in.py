"""Ways in of a report: files, figures, versions, periods; what comes twice counts once."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from actions.desk import Desk
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.reporting import accept, return_report, submit_report
from actions.reports.attachments import NewAttachment
from actions.reports.figures import GivenFigures
from actions.reports.forms import define_form, drop_form, forms_of, template_for
from documents.report_forms import ColumnKind, FormColumn
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Obligation, ObligationChange
from models.officer import Role
from models.organisation import Organisation
from models.report import Report
from models.session import Database
from tests.actions.back_office import (
    WORK,
    issue,
    mark_judge,
    obligations,
    signed_pdf,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

COLUMNS = (
    FormColumn(key="lop", title="Tên lớp"),
    FormColumn(key="so", title="Số lớp", kind=ColumnKind.INTEGER, required=True, sum=True),
)
GOOD = signed_pdf("f" * 64)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge, size_limit_bytes=200_000)


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    return issue(desk, tasks=[WORK, task()])


def submit(desk: Desk, key: DirectiveId, content: bytes = GOOD, **options: Any) -> Report:  # noqa: ANN401 (arguments of every type)
    made = submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, content=content,
        **{"file_name": "bc.pdf", "via": "upload", **options},
    )  # fmt: skip
    with desk.database.reading() as session:
        return session.get_one(Report, made)


def define(desk: Desk, office: SmallOffice, key: DirectiveId, **options: Any) -> None:  # noqa: ANN401 (arguments of every type)
    define_form(
        desk, options.pop("actor", office.actor(Role.FOLLOW_UP)), key, options.pop("ref", "R1"),
        **{"title": "Biểu 1", "columns": COLUMNS, **options},
    )  # fmt: skip


def filled_template(desk: Desk, key: DirectiveId, **cells: object) -> NewAttachment:
    with desk.database.reading() as session:
        (form,) = forms_of(session, key)
        raw = template_for(
            session, session.get_one(Directive, key), form,
            session.get_one(Organisation, "huyen-a"), desk.clock(),
        )  # fmt: skip
    book = load_workbook(io.BytesIO(raw))
    for address, value in cells.items():
        book["Bieu"][address] = value  # type: ignore[assignment]
    out = io.BytesIO()
    book.save(out)
    return NewAttachment(name="so lieu.xlsx", content=out.getvalue())


def reports(desk: Desk) -> list[Report]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Report).order_by(Report.received_at, Report.version)))


def states(desk: Desk) -> set[str]:
    return {one.state for (_, who), one in obligations(desk).items() if who == "huyen-a"}


def test_files_beside_the_report_are_kept_under_safe_and_different_names(
    desk: Desk, key: DirectiveId
) -> None:
    files = [
        NewAttachment(name="../../../etc/passwd", content=b"a"),
        NewAttachment(name="C:\\temp\\anh.png", content=b"b"),
        NewAttachment(name="anh.png", content=b"c"),
        NewAttachment(name="\u202egnp.exe", content=b"d"),
    ]
    report = submit(desk, key, attachments=files, number_symbol=" 12-BC/HU\n")
    names = [one["name"] for one in report.attachments]
    assert names == ["passwd", "anh.png", "anh (2).png", "gnp.exe"]
    assert [desk.archive.get(one["sha256"]) for one in report.attachments] == [
        b"a", b"b", b"c", b"d",
    ]  # fmt: skip
    assert report.number_symbol == "12-BC/HU"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([NewAttachment(name="x", content=b"")], "rỗng"),
        ([NewAttachment(name="x", content=b"x" * 200_000)], "lớn hơn giới hạn"),
        ([NewAttachment(name="x", content=b"x")] * 21, "không quá 20 tệp"),
    ],
)
def test_files_beyond_the_limits_are_refused_and_nothing_is_kept(
    desk: Desk, key: DirectiveId, files: list[NewAttachment], words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        submit(desk, key, attachments=files)
    assert reports(desk) == []
    assert states(desk) == {"open"}


def test_the_same_files_sent_twice_wait_once_and_others_are_the_next_version(
    desk: Desk, key: DirectiveId
) -> None:
    first = submit(desk, key)
    assert submit(desk, key).id == first.id
    other = submit(desk, key, attachments=[NewAttachment(name="x", content=b"x")])
    assert (first.version, other.version) == (1, 2)
    assert len(reports(desk)) == 2


def test_the_same_files_sent_at_the_same_moment_wait_once(desk: Desk, key: DirectiveId) -> None:
    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(lambda _: submit(desk, key).id, range(2)))
    assert made[0] == made[1]
    assert len(reports(desk)) == 1


def test_of_two_officers_who_decide_at_once_one_is_refused(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    report = submit(desk, key)
    actor = office.actor(Role.FOLLOW_UP)

    def decide(first: bool) -> bool:  # noqa: FBT001 (mapped)
        try:
            if first:
                accept(desk, actor, report.id)
            else:
                return_report(desk, actor, report.id, reason="Thiếu.")
        except WrongStateError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(decide, (True, False))) == [False, True]
    assert states(desk) in ({"accepted"}, {"returned"})


def test_a_report_without_the_figures_asked_for_is_kept_returned_and_told(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    define(desk, office, key)
    report = submit(desk, key)
    assert report.state == "returned"
    assert "thiếu số liệu “Biểu 1”" in str(report.reason)
    assert desk.archive.get(report.document_sha256) == GOOD
    assert states(desk) == {"open"}
    with desk.database.reading() as session:
        told = session.scalars(select(Notice).where(Notice.kind == "returned")).one()
    assert "thiếu số liệu" in told.text


def test_a_filled_template_among_the_files_gives_the_figures(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    define(desk, office, key)
    sheet = filled_template(desk, key, A6="Lớp 1", B6=12)
    report = submit(desk, key, attachments=[sheet])
    assert report.state == "received"
    (filled,) = report.figures["forms"]
    assert filled["rows"] == [{"lop": "Lớp 1", "so": 12}]
    assert [one["name"] for one in report.attachments] == ["so lieu.xlsx"]


def test_faults_of_a_workbook_are_named_by_cell_and_the_report_goes_back(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    define(desk, office, key)
    bad = submit(desk, key, attachments=[filled_template(desk, key, A6="Lớp 1", B6="nhiều")])
    assert bad.state == "returned"
    assert "Ô B6: phải là số nguyên" in str(bad.reason)
    broken = submit(desk, key, attachments=[NewAttachment(name="a.xlsx", content=b"PK\x03\x04x")])
    assert "không phải bảng tính XLSX" in str(broken.reason)
    assert (bad.version, broken.version) == (1, 2)


def test_a_form_is_defined_anew_until_the_first_answer_and_old_templates_are_refused(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    define(desk, office, key)
    old = filled_template(desk, key, B6=1)
    define(desk, office, key, title="Biểu 1 (sửa)")
    assert "mẫu cũ" in str(submit(desk, key, attachments=[old]).reason)
    with desk.database.reading() as session:
        (form,) = forms_of(session, key)
    assert (form.version, form.title) == (2, "Biểu 1 (sửa)")
    typed = GivenFigures(form_id=form.id, version=2, rows=({"so": 3},))
    assert submit(desk, key, figures=[typed]).state == "received"
    with pytest.raises(WrongStateError):
        define(desk, office, key)
    with pytest.raises(WrongStateError):
        drop_form(desk, office.actor(Role.FOLLOW_UP), key, "R1")


def test_a_form_is_asked_for_by_who_may_for_a_task_that_is_there(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with pytest.raises(NotAuthorisedError):
        define(desk, office, key, actor=office.actor(Role.REGISTRY_CLERK))
    with pytest.raises(NotFoundError):
        define(desk, office, key, ref="X9")
    with pytest.raises(InvalidInputError, match="Các cột"):
        define(desk, office, key, columns=())
    define(desk, office, key, actor=office.actor(Role.DRAFTER))
    drop_form(desk, office.actor(Role.DRAFTER), key, "R1")
    assert submit(desk, key).state == "received"


def test_a_returned_report_brings_a_new_day_with_a_record(
    desk: Desk, key: DirectiveId, office: SmallOffice, clock: StoryClock
) -> None:
    report = submit(desk, key)
    actor = office.actor(Role.FOLLOW_UP)
    with pytest.raises(InvalidInputError, match="Hạn gửi lại"):
        return_report(desk, actor, report.id, reason="Thiếu.", new_due=clock.at.date())
    # A Sunday: the last working day is the Friday before.
    return_report(desk, actor, report.id, reason="Thiếu.", new_due=date(2022, 11, 20))
    assert {
        (one.state, one.due, one.last_allowed_day)
        for (_, who), one in obligations(desk).items()
        if who == "huyen-a"
    } == {("returned", date(2022, 11, 18), date(2022, 11, 20))}
    with desk.database.reading() as session:
        changes = session.scalars(select(ObligationChange).where(ObligationChange.field == "due"))
        assert {(one.after, one.officer_id) for one in changes} == {("2022-11-18", actor.id)}
        told = session.scalars(select(Notice).where(Notice.kind == "returned")).one()
        assert session.get_one(Report, report.id).new_due == date(2022, 11, 20)
    assert "18/11/2022" in told.text or "20/11/2022" in told.text
    again = submit(desk, key)
    assert (again.version, again.state, states(desk)) == (2, "received", {"reported"})


def periods(desk: Desk, key: DirectiveId) -> None:
    """Makes the report of huyen-a a monthly one with two months open."""
    with desk.database.writing() as session:
        one = session.scalars(
            select(Obligation).where(
                Obligation.directive_id == key, Obligation.organisation_id == "huyen-a",
                Obligation.task_ref == "R1",
            )
        ).one()  # fmt: skip
        one.period_key = "2022-M09"
        session.flush()
        columns = {
            column.key: getattr(one, column.key)
            for column in Obligation.__table__.columns
            if column.key not in ("id", "period_key", "due")
        }
        session.add(Obligation(**columns, period_key="2022-M10", due=one.due + timedelta(days=31)))  # type: ignore[operator]


def test_a_report_answers_the_oldest_period_owed_or_the_one_that_is_chosen(
    desk: Desk, office: SmallOffice
) -> None:
    key = issue(desk, tasks=[task()])
    periods(desk, key)
    one, two = submit(desk, key), submit(desk, key)
    assert [one.period_key, two.period_key] == ["2022-M09", "2022-M10"]
    late = submit(desk, key, period_key="2022-M09", content=signed_pdf("e" * 64))
    assert [one.version, two.version, late.version] == [1, 1, 2]
    with pytest.raises(NotFoundError):
        submit(desk, key, period_key="2022-M12")
    accept(desk, office.actor(Role.FOLLOW_UP), two.id)
    with desk.database.reading() as session:
        found = session.execute(
            select(Obligation.period_key, Obligation.state).where(
                Obligation.organisation_id == "huyen-a"
            )
        ).all()
    assert dict(found) == {"2022-M09": "reported", "2022-M10": "accepted"}  # type: ignore[arg-type]


def test_a_unit_hands_in_for_those_that_report_through_it(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with desk.database.writing() as session:
        for one in session.scalars(select(Obligation).where(Obligation.task_ref == "R1")):
            if one.organisation_id == "huyen-b":
                one.reports_through_id = "huyen-a"
    report = submit(desk, key)
    assert obligations(desk)["R1", "huyen-b"].state == "reported"
    accept(desk, office.actor(Role.FOLLOW_UP), report.id)
    assert obligations(desk)["R1", "huyen-b"].state == "accepted"
    with pytest.raises(ActionRefusedError):
        submit_report(
            desk, unit("huyen-b"), organisation_id="huyen-b", directive_id=key, content=GOOD,
            file_name="x.pdf", via="upload",
            obligation_ids=[obligations(desk)["R1", "huyen-b"].id],
        )  # fmt: skip
