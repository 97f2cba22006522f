import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from actions.chasing import chase
from actions.consolidating import consolidate
from actions.desk import Desk
from actions.errors import NotAuthorisedError, NotFoundError, WrongStateError
from actions.exporting import (
    DELIVERY_COLUMNS,
    OBLIGATION_COLUMNS,
    deliveries_csv,
    figures,
    obligations_csv,
)
from actions.extending import request_extension
from actions.receiving import receive
from actions.reporting import accept, return_report, submit_report
from actions.standing import missing_units, state_words, unit_answers
from documents.workbook import XLSX
from models.base import DirectiveId
from models.directive import Directive, Document
from models.officer import Role
from models.report import Consolidation, Report
from models.session import Database
from tests.actions.back_office import (
    OWN,
    WORK,
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    mark_judge,
    obligations,
    send_all,
    signed_pdf,
    task,
    unit,
)
from tests.actions.test_receiving import mail
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def desk(
    database: Database,
    tmp_path: Path,
    clock: StoryClock,
    office: SmallOffice,
    channel: ScriptedChannel,
) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge, channels={"smtp": channel})


@pytest.fixture
def key(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel, office: SmallOffice
) -> DirectiveId:
    """One unit answered by mail, one late and returned, one never; one message bounced."""
    channel.plan["so-tt@donvi.example"] = ["bounce"]
    made = issue(desk, tasks=[WORK, task(), OWN])
    send_all(desk)
    clock.set_day(date(2022, 10, 20))
    receive(desk, mail(reply_to=consignments(desk)["huyen-a"].message_id))
    clock.set_day(date(2022, 11, 1))
    chase(desk)
    send_all(desk)
    late = submit_report(
        desk, unit("huyen-b"), organisation_id="huyen-b", directive_id=made, file_name="b.pdf",
        content=signed_pdf("y"), via="upload",
    )  # fmt: skip
    return_report(desk, office.actor(Role.FOLLOW_UP), late, reason="Thiếu số liệu.")
    return made


def test_every_line_has_its_source_and_is_counted_once(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    with desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        answers = unit_answers(session, directive, clock.at)
        report = session.scalars(select(Report).where(Report.via == "mail")).one()
    by_unit = {(one.unit, one.obligation): one for one in answers}
    told = by_unit["Huyện ủy A", "R1"]
    assert [(line.label, line.value) for line in told.answers] == [
        ("Hội nghị quán triệt", "24 hội nghị"), ("Đảng viên", "3.120 đảng viên"),
    ]  # fmt: skip
    assert told.answers[0].source.sha256_hex == report.document_sha256
    assert told.answers[0].source.name == "bao-cao.pdf"
    assert told.answers[0].source.place == "thư <r1@huyen-a.example>"
    assert by_unit["Huyện ủy A", "III.3"].answers == ()
    assert told.state == "đã báo cáo, chờ xem xét"
    assert by_unit["Huyện ủy B", "R1"].state == "báo cáo bị trả lại, quá hạn"
    assert "Ban Thử nghiệm Tỉnh ủy" not in {one.unit for one in answers}


def test_who_is_missing_is_named_with_what_was_done(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    owed = obligations(desk)["R1", "so-tt"].id
    now, _ = clock.at, clock.set_day(date(2022, 10, 28))  # asked before the last day was over
    request_extension(desk, unit("so-tt"), owed, asked_until=date(2022, 12, 1), reason="x")
    clock.set(now)
    with desk.database.reading() as session:
        missing = missing_units(session, session.get_one(Directive, key), clock.at)
    notes = {(one.unit, one.obligation): one.note for one in missing}
    assert set(notes) == {
        (name, ref)
        for name in ("Huyện ủy B", "Sở Thông tin và Truyền thông")
        for ref in ("R1", "III.3")
    }
    returned = notes["Huyện ủy B", "R1"]
    assert returned.startswith("báo cáo bị trả lại, quá hạn; đã nhắc 1 lần")
    assert returned.endswith("đã gửi báo cáo nhưng bị trả lại")
    asked = notes["Sở Thông tin và Truyền thông", "R1"]
    assert asked == "đang xin gia hạn, quá hạn; đã nhắc 1 lần; xin gia hạn đến 01/12/2022"


def test_the_report_is_stored_as_pdf_and_workbook(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    made = consolidate(desk, key)
    with desk.database.reading() as session:
        row = session.get_one(Consolidation, made)
        kept = session.scalars(select(Document).where(Document.kind == "consolidated")).all()
        assert row.figures == figures(session, key, at=clock.at)
    assert {(one.name, one.media_type) for one in kept} == {
        ("96-HD-BTNTU-tong-hop.pdf", "application/pdf"), ("96-HD-BTNTU-tong-hop.xlsx", XLSX),
    }  # fmt: skip
    assert desk.archive.get(row.pdf_sha256).startswith(b"%PDF-")
    book = openpyxl.load_workbook(io.BytesIO(desk.archive.get(row.xlsx_sha256)))
    lines = [cell.value for sheet in book for line in sheet.iter_rows() for cell in line]
    assert "Huyện ủy A" in lines
    assert "Sở Thông tin và Truyền thông" in lines
    assert "bao-cao.pdf" in lines


def test_the_same_state_at_the_same_instant_is_stored_once(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    first = consolidate(desk, key)
    assert consolidate(desk, key) == first
    clock.advance(hours=1)
    assert consolidate(desk, key) != first
    with desk.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Consolidation)).one() == 2


def test_only_an_issued_directive_is_consolidated(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "sealed"
    with pytest.raises(WrongStateError):
        consolidate(desk, key)
    with pytest.raises(NotFoundError):
        consolidate(desk, DirectiveId(consignments(desk)["huyen-a"].id))


def test_who_neither_follows_up_nor_drafts_signs_or_operates_consolidates_nothing(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with pytest.raises(NotAuthorisedError):
        consolidate(desk, key, actor=office.actor(Role.REGISTRY_CLERK))
    with desk.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Consolidation)).one() == 0
    assert consolidate(desk, key, actor=office.actor(Role.FOLLOW_UP))


def test_figures_say_how_it_stands(desk: Desk, key: DirectiveId, clock: StoryClock) -> None:
    with desk.database.reading() as session:
        assert figures(session, key, at=clock.at) == {
            "recipients": 4, "delivered": 3, "obligations": 7, "reported": 2, "overdue": 4,
            "reminders": 2,
        }  # fmt: skip


def read_csv(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_deliveries_are_one_row_a_unit(desk: Desk, key: DirectiveId) -> None:
    with desk.database.reading() as session:
        rows = read_csv(deliveries_csv(session, key))
    assert tuple(rows[0]) == DELIVERY_COLUMNS
    by_unit = {row["organisation"]: row for row in rows}
    assert set(by_unit) == {"huyen-a", "huyen-b", "so-tt", "tinh-uy"}
    bounced = by_unit["so-tt"]
    assert (bounced["state"], bounced["attempts"], bounced["sent_at"]) == ("bounced", "1", "")
    assert bounced["detail"] == "550 5.1.1 no such user"
    assert (bounced["lines"], bounced["role"]) == ("1 2", "action")
    assert by_unit["huyen-a"]["sent_at"] == "2022-09-20T08:00:00+07:00"


def test_obligations_are_one_row_a_task_and_unit(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    with desk.database.reading() as session:
        rows = read_csv(obligations_csv(session, key, at=clock.at))
    assert tuple(rows[0]) == OBLIGATION_COLUMNS
    assert len(rows) == 7
    one = next(r for r in rows if (r["task"], r["organisation"]) == ("R1", "huyen-b"))
    assert (one["due"], one["last_allowed_day"], one["named_date"]) == (
        "2022-10-28", "2022-10-30", "2022-10-31",
    )  # fmt: skip
    assert (one["state"], one["overdue"], one["reminders"]) == ("returned", "yes", "1")
    assert "on_rest_day" in one["flags"]
    own = next(r for r in rows if r["organisation"] == "ban")
    assert (own["due"], own["overdue"], own["reminders"]) == ("", "no", "0")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝"])
def test_strangers_words_are_no_formula(desk: Desk, key: DirectiveId, start: str) -> None:
    words = f'{start}HYPERLINK("http://x")'
    with desk.database.writing() as session:
        session.merge(consignments(desk)["so-tt"]).detail = words
        session.merge(obligations(desk)["R1", "huyen-b"]).what = words
    with desk.database.reading() as session:
        sent = read_csv(deliveries_csv(session, key))
        owed = read_csv(obligations_csv(session, key, at=desk.clock()))
    cells = [r["detail"] for r in sent] + [r["what"] for r in owed]
    assert cells.count(f"'{words}") == 2
    assert words not in cells


def test_late_answers_and_cancelled_ones_say_so(
    desk: Desk, office: SmallOffice, clock: StoryClock
) -> None:
    key = issue(desk, tasks=[task(groups=[], organisations=["huyen-a"]), OWN])
    clock.set_day(date(2022, 11, 7))
    made = submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, file_name="muon.pdf",
        content=signed_pdf("x"), via="upload",
    )  # fmt: skip
    accept(desk, office.actor(Role.FOLLOW_UP), made)
    late = obligations(desk)["R1", "huyen-a"]
    assert state_words(late, clock.at) == "đã nhận báo cáo, báo cáo muộn"
    late.state = "cancelled"
    assert state_words(late, clock.at).startswith("đã huỷ")
    with desk.database.reading() as session:
        (answer,) = (
            one
            for one in unit_answers(session, session.get_one(Directive, key), clock.at)
            if one.obligation == "R1"
        )
    assert (answer.answers[0].value, answer.answers[0].source.place) == (
        "Xem tệp báo cáo", "nộp tại trang của đơn vị",
    )  # fmt: skip


def test_who_was_never_reminded_is_missing_all_the_same(desk: Desk, clock: StoryClock) -> None:
    undated = task(
        groups=[], organisations=["huyen-a"], kind="continuous", deadline_raw=None,
        named_date=None, is_report=False,
    )  # fmt: skip
    key = issue(desk, tasks=[undated, OWN])
    with desk.database.reading() as session:
        (one,) = missing_units(session, session.get_one(Directive, key), clock.at)
    assert (one.note, one.deadline) == ("chưa báo cáo", "không nêu ngày")


def test_an_office_without_superior_heads_its_own_report(desk: Desk, key: DirectiveId) -> None:
    change_unit(desk, "ban", parent_id=None)
    assert consolidate(desk, key)
