"""The report upwards, drafted from what the units answered; every line names where it is from.

It is an ordinary draft of the office (type Báo cáo): its drafter reads and mends it, then it goes
its own way through review, signature, number and seal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive
from actions.consolidating import consolidate, consolidated_input
from actions.desk import Desk, doing
from actions.draft import Draft, LineReading
from actions.draft_rows import draft_of
from actions.drafting import start_directive
from actions.errors import AlreadyDoneError
from actions.trying import looking
from documents.consolidate import ConsolidatedInput, UnitAnswer, sources
from documents.content import (
    Annex,
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    Table,
)
from documents.wording import day_text, time_text
from models.base import DirectiveId
from models.directive import Directive
from models.officer import Role
from models.organisation import Organisation
from models.report import Consolidation

DOC_TYPE: Final = "Báo cáo"
CODE: Final = "BC"
TO_COMPLETE: Final = "(Người soạn thảo bổ sung đánh giá, kiến nghị.)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Superior:
    id: str
    name: str


def draft_upwards(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, period_key: str | None = None
) -> DirectiveId:
    """Drafts the report upwards on a directive. Returns the draft's identifier.

    The consolidated report of this instant is made first and stays linked with the draft.

    Args:
        desk: the tools.
        actor: a drafter of the office.
        directive_id: the directive that was answered.
        period_key: about one period; about everything where None.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor is no drafter.
        WrongStateError: the directive was not issued.
        AlreadyDoneError: a report was drafted from the very same state of things.
        InvalidInputError, SeparationError, NotEntitledError: as in `start_directive`.
    """
    with looking(desk, actor, "draft_upwards", subject=directive_id) as look:
        directive = get_directive(look.session, directive_id)
        require_role(look, Role.DRAFTER, directive.organisation_id, "soạn báo cáo lên cấp trên")
    made = consolidate(desk, directive_id, actor=actor, period_key=period_key)
    at = desk.clock()
    with desk.database.reading() as session:
        if session.get_one(Consolidation, made).draft_id is not None:
            raise AlreadyDoneError("Dự thảo báo cáo từ bản tổng hợp này")
        directive = get_directive(session, directive_id)
        draft = _draft(session, directive, at, period_key)
    report_id = start_directive(desk, actor, draft=draft)
    with doing(desk, actor, "draft_upwards", subject=directive_id) as deed:
        deed.session.execute(
            update(Consolidation)
            .where(Consolidation.id == made, Consolidation.draft_id.is_(None))
            .values(draft_id=report_id)
            .execution_options(synchronize_session=False)
        )
        deed.detail |= {"consolidation": str(made), "draft": str(report_id)}
    return report_id


def report_symbol(symbol: str, regime: Regime) -> str:
    """Returns the symbol of a report of the same office.

    >>> report_symbol("HD/BTGTU", Regime.PARTY)
    'BC/BTGTU'
    >>> report_symbol("QĐ-BNV", Regime.STATE)
    'BC-BNV'
    """
    if regime is Regime.PARTY:
        return f"{CODE}/{symbol.rpartition('/')[2]}"
    _, hyphen, agency = symbol.partition("-")
    return f"{CODE}-{agency}" if hyphen else f"{CODE}-{symbol}"


def _draft(session: Session, directive: Directive, at: datetime, period_key: str | None) -> Draft:
    """Returns the draft: people and signature of the directive, content from the answers."""
    before = draft_of(session, directive)
    report = consolidated_input(session, directive, at, period_key=period_key)
    superior = _superior(session, directive)
    archive = next((one for one in before.lines if one.role is RecipientRole.ARCHIVE), None)
    lines = (*((_to(superior),) if superior else ()), *((archive,) if archive else ()))
    content = _content(before.content, report, lines)
    return replace(before, content=content, lines=lines, tasks=(), attachments=())


def _superior(session: Session, directive: Directive) -> _Superior | None:
    own = session.get_one(Organisation, directive.organisation_id)
    above = session.scalar(select(Organisation).where(Organisation.id == own.parent_id))
    return _Superior(id=above.id, name=above.name) if above is not None else None


def _to(superior: _Superior) -> LineReading:
    return LineReading(
        raw=f"{superior.name} (để báo cáo)", role=RecipientRole.REPORT,
        organisations=(superior.id,),
    )  # fmt: skip


def _content(
    before: DirectiveContent, report: ConsolidatedInput, lines: Sequence[LineReading]
) -> DirectiveContent:
    period = f", {report.period}" if report.period else ""
    issued = f" ngày {day_text(report.issued)}" if report.issued else ""
    return replace(
        before,
        doc_type=DOC_TYPE,
        symbol=report_symbol(before.symbol, before.regime),
        number=None,
        issue_date=None,
        title=f"Kết quả thực hiện {report.doc_type} số {report.number}{period}",
        addressees=(),
        opening=(
            Paragraph(
                text=f"Thực hiện {report.doc_type} số {report.number}{issued} “{report.title}”, "
                f"{report.issuer} báo cáo kết quả{period} như sau (số liệu đến "
                f"{time_text(report.as_of)}):"
            ),
        ),
        sections=tuple(_sections(report)),
        closing=(),
        recipients=tuple(
            RecipientLine(raw=line.raw, role=line.role, group=bool(line.groups)) for line in lines
        ),
        annexes=tuple(_annexes(report)),
        urgency=None,
    )


def _sections(report: ConsolidatedInput) -> Iterator[Section]:
    yield Section(label="I.", title="Tình hình báo cáo", blocks=tuple(_standing(report)))
    yield Section(label="II.", title="Kết quả thực hiện", blocks=tuple(_results(report)))
    if report.figures:
        yield Section(label="III.", title="Số liệu", blocks=tuple(_figures(report)))
    last = "IV." if report.figures else "III."
    yield Section(label=last, title="Đánh giá, kiến nghị", blocks=(Paragraph(text=TO_COMPLETE),))


def _standing(report: ConsolidatedInput) -> Iterator[Paragraph]:
    counted = [f"{words.lower()} {count}" for words, count in report.punctuality.bars()]
    if counted:
        yield Paragraph(text=f"Tính theo từng nhiệm vụ của từng đơn vị: {', '.join(counted)}.")
    missing = sorted({one.unit for one in report.missing})
    if missing:
        yield Paragraph(text=f"Chưa báo cáo ({len(missing)} đơn vị): {'; '.join(missing)}.")
    else:
        yield Paragraph(text="Không còn đơn vị nào chưa báo cáo.")


def _results(report: ConsolidatedInput) -> Iterator[Paragraph]:
    """Task by task, unit by unit; the number in brackets leads to the annex with the sources."""
    numbered = sources(report)
    by_task: dict[str, list[UnitAnswer]] = {}
    for answer in report.units:
        by_task.setdefault(answer.obligation, []).append(answer)
    for label, answers in sorted(by_task.items()):
        answered = [one for one in answers if one.answers]
        if not answered:
            continue
        yield Paragraph(text=f"Nhiệm vụ {label}: {answered[0].sentence}")
        for one in answered:
            said = "; ".join(
                f"{line.label}: {line.value} [{numbered[line.source.name, line.source.sha256_hex]}]"
                for line in one.answers
            )
            yield Paragraph(text=f"{one.unit}: {said}.", mark="-")


def _figures(report: ConsolidatedInput) -> Iterator[Table]:
    for table in report.figures:
        yield Table(
            header=table.headings(), rows=tuple(tuple(row) for row in table.page_rows()),
            caption=f"{table.title} (nhiệm vụ {table.obligation})",
        )  # fmt: skip


def _annexes(report: ConsolidatedInput) -> Iterator[Annex]:
    numbered = sources(report)
    if numbered:
        rows = tuple((str(at), name, digest) for (name, digest), at in numbered.items())
        yield Annex(
            label="Phụ lục", title="Nguồn số liệu",
            blocks=(Table(header=("Số", "Tệp hoặc thư", "SHA-256"), rows=rows),),
        )  # fmt: skip
