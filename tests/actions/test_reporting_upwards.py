"""The report upwards: an ordinary draft, every line with its source, made once from one state."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.consolidating import consolidate, periods_of, spoken_period
from actions.desk import Desk
from actions.draft_rows import draft_of
from actions.errors import AlreadyDoneError, NotAuthorisedError, NotFoundError, WrongStateError
from actions.issuing import issue
from actions.receiving import receive
from actions.reporting import accept
from actions.reporting_upwards import draft_upwards
from documents.content import Paragraph, RecipientRole, Table
from models.base import DirectiveId
from models.directive import Directive
from models.obligation import Obligation
from models.officer import Role
from models.report import Consolidation, Report, ReportForm
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    consignments,
    mark_judge,
    send_all,
    signed_pdf,
)
from tests.actions.test_receiving import mail
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office
from tests.support.front import Front


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    channel = ScriptedChannel()
    return make_desk(database, tmp_path, clock, judge=mark_judge, channels={"smtp": channel})


@pytest.fixture
def key(desk: Desk, clock: StoryClock, office: SmallOffice) -> DirectiveId:
    """One unit has answered and was accepted; the others owe."""
    front = Front(desk, clock)
    made = front.numbered()
    with desk.database.writing() as session:
        directive = session.get_one(Directive, made)
        directive.state, directive.sealed_sha256 = "sealed", desk.archive.put(signed_pdf("d"))
    issue(desk, front.clerk, made)
    send_all(desk)
    clock.set_day(date(2022, 10, 20))
    receive(desk, mail(reply_to=consignments(desk)["huyen-a"].message_id))
    with desk.database.reading() as session:
        report = session.scalars(select(Report.id)).one()
    accept(desk, office.actor(Role.FOLLOW_UP), report)
    return made


def texts(desk: Desk, report_id: DirectiveId) -> list[str]:
    with desk.database.reading() as session:
        content = draft_of(session, session.get_one(Directive, report_id)).content
    blocks = [block for section in content.sections for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_the_draft_names_every_answer_with_its_source_and_who_is_missing(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    made = draft_upwards(desk, office.actor(Role.DRAFTER), key)
    said = texts(desk, made)
    assert (
        "Huyện ủy A: Hội nghị quán triệt: 24 hội nghị [1]; Đảng viên: 3.120 đảng viên [1]." in said
    )
    assert any(line.startswith("Chưa báo cáo (2 đơn vị): Huyện ủy B;") for line in said)
    with desk.database.reading() as session:
        directive = session.get_one(Directive, made)
        draft = draft_of(session, directive)
        report = session.scalars(select(Report)).one()
    assert (directive.doc_type, directive.state, directive.number) == ("Báo cáo", "drafting", None)
    assert directive.symbol.startswith("BC")
    (annex,) = draft.content.annexes
    assert annex.blocks == (
        Table(
            header=("Số", "Tệp hoặc thư", "SHA-256"),
            rows=(("1", "bao-cao.pdf", report.document_sha256),),
        ),
    )
    assert [line.role for line in draft.lines][-1] is RecipientRole.ARCHIVE
    assert draft.tasks == ()


def test_the_draft_stays_linked_with_what_it_was_drafted_from_and_is_made_once(
    desk: Desk, key: DirectiveId, office: SmallOffice, clock: StoryClock
) -> None:
    made = draft_upwards(desk, office.actor(Role.DRAFTER), key)
    with desk.database.reading() as session:
        assert session.scalars(select(Consolidation.draft_id)).all() == [made]
    with pytest.raises(AlreadyDoneError):
        draft_upwards(desk, office.actor(Role.DRAFTER), key)
    clock.advance(days=1)
    assert draft_upwards(desk, office.actor(Role.DRAFTER), key) != made


@pytest.mark.parametrize("role", [Role.FOLLOW_UP, Role.REGISTRY_CLERK, Role.SIGNATORY])
def test_only_a_drafter_drafts_it(
    desk: Desk, key: DirectiveId, office: SmallOffice, role: Role
) -> None:
    with pytest.raises(NotAuthorisedError):
        draft_upwards(desk, office.actor(role), key)
    with desk.database.reading() as session:
        assert session.scalars(select(Directive.id)).all() == [key]


def test_nothing_is_drafted_about_a_directive_that_was_not_issued(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "sealed"
    with pytest.raises(WrongStateError):
        draft_upwards(desk, office.actor(Role.DRAFTER), key)


def test_one_period_is_consolidated_alone(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        for one in session.scalars(select(Obligation).where(Obligation.task_ref == "R1")):
            one.period_key, one.period_from = "2022-Q3", date(2022, 6, 15)
            one.period_to = date(2022, 9, 14)
    with desk.database.reading() as session:
        assert periods_of(session, key) == ("2022-Q3",)
    made = consolidate(desk, key, period_key="2022-Q3")
    with desk.database.reading() as session:
        assert session.get_one(Consolidation, made).period_key == "2022-Q3"
    with pytest.raises(NotFoundError, match="kỳ báo cáo"):
        consolidate(desk, key, period_key="2022-Q4")


@pytest.mark.parametrize(
    ("key_", "words"),
    [
        ("2026", "năm 2026"), ("2026-M03", "tháng 3 năm 2026"), ("2026-Q2", "quý II năm 2026"),
        ("2026-H1", "6 tháng đầu năm 2026"), ("2026-9M", "9 tháng đầu năm 2026"),
        ("2026-x", "kỳ 2026-x"),
    ],
)  # fmt: skip
def test_a_period_is_called_as_people_call_it(key_: str, words: str) -> None:
    assert spoken_period(key_) == words


def test_figures_of_a_form_are_summed_in_the_draft(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with desk.database.writing() as session:
        form = ReportForm(
            directive_id=key, task_ref="R1", title="Số hội nghị",
            columns=[{"key": "so", "title": "Số lượng", "kind": "integer", "sum": True}],
            created_by=office.actor(Role.FOLLOW_UP).id, created_at=desk.clock(),
        )  # fmt: skip
        session.add(form)
        session.flush()
        report = session.scalars(select(Report)).one()
        report.figures = {"forms": [{"form": str(form.id), "rows": [{"so": 5}, {"so": 7}]}]}
    made = draft_upwards(desk, office.actor(Role.DRAFTER), key)
    with desk.database.reading() as session:
        content = draft_of(session, session.get_one(Directive, made)).content
    (table,) = (b for s in content.sections for b in s.blocks if isinstance(b, Table))
    assert table.header == ("Đơn vị", "Số lượng")
    assert table.rows == (("Huyện ủy A", "5"), ("Huyện ủy A", "7"), ("Tổng cộng", "12"))
