"""The consolidated report of a directive: who answered what, from which paper, who is missing."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import roles_on
from actions.auditing import MACHINE, Actor
from actions.changing import expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import NotAuthorisedError, NotFoundError
from actions.exporting import figures
from actions.filled_figures import figure_tables
from actions.offices import office_facts
from actions.standing import missing_units, punctuality, unit_answers
from actions.trying import looking
from actions.wording import TEST_LINE
from delivery.names import ascii_file_name
from documents.consolidate import ConsolidatedInput, build_consolidated
from documents.workbook import XLSX
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from models.report import Consolidation

"""Media type of the workbook."""

_AFTER_ISSUE = (
    DirectiveState.ISSUED, DirectiveState.CORRECTED, DirectiveState.CLOSED,
    DirectiveState.RECALLED, DirectiveState.REPLACED,
)  # fmt: skip
_MAY_CONSOLIDATE = frozenset({Role.FOLLOW_UP, Role.DRAFTER, Role.SIGNATORY, Role.OPERATOR})
_SPOKEN_PARTS = {
    "Q1": "quý I", "Q2": "quý II", "Q3": "quý III", "Q4": "quý IV", "H1": "6 tháng đầu",
    "H2": "6 tháng cuối", "9M": "9 tháng đầu",
}  # fmt: skip
_SPOKEN_KINDS = {"M": "tháng", "W": "tuần"}


def consolidate(
    desk: Desk,
    directive_id: DirectiveId,
    *,
    actor: Actor = MACHINE,
    period_key: str | None = None,
) -> UUID:
    """Makes the consolidated report as of now, PDF and workbook. Returns its identifier.

    About one period where `period_key` names it (`2026-Q1`); about everything where it is None.

    Set outside any transaction; stored with its figures in one. The same state at the same instant
    gives the same files and no second record.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor neither follows up, drafts, signs nor operates at its office.
        WrongStateError: the directive was not issued.
    """
    at = desk.clock()
    with looking(desk, actor, "consolidate", subject=directive_id) as look:
        directive = get_directive(look.session, directive_id)
        _require_right(look, directive)
        expect_state(directive, *_AFTER_ISSUE)
        data = consolidated_input(look.session, directive, at, period_key=period_key)
    pdf, xlsx = build_consolidated(data, fonts=desk.fonts)
    digests = (desk.archive.put(pdf), desk.archive.put(xlsx))
    with desk.database.reading() as session:
        before = _same(session, directive_id, digests)
    if before is not None:
        return before
    with doing(desk, actor, "consolidate", subject=directive_id) as deed:
        return _store(deed, directive_id, (pdf, xlsx), at=at, period_key=period_key or "")


def _require_right(look: Deed, directive: Directive) -> None:
    if look.actor.kind != "officer":
        return
    held = roles_on(look.session, look.actor.id, directive.organisation_id, look.day)
    if not held & _MAY_CONSOLIDATE:
        who = "cán bộ theo dõi, soạn thảo, ký hoặc vận hành của cơ quan ban hành"
        raise NotAuthorisedError(look.actor.name, "tổng hợp báo cáo", who)


def consolidated_input(
    session: Session, directive: Directive, at: datetime, *, period_key: str | None = None
) -> ConsolidatedInput:
    """Returns everything that the report says, read from the database.

    Raises:
        NotFoundError: the directive has no such period.
    """
    issuer = session.get_one(Organisation, directive.organisation_id)
    parent = session.get(Organisation, issuer.parent_id) if issuer.parent_id else None
    return ConsolidatedInput(
        parent_issuer=parent.name if parent else "",
        issuer=issuer.name,
        number=directive.number_text or "",
        doc_type=directive.doc_type,
        title=directive.subject,
        issued=directive.issue_date,
        as_of=at,
        units=unit_answers(session, directive, at, period_key=period_key),
        missing=missing_units(session, directive, at, period_key=period_key),
        period=period_words(session, directive, period_key),
        punctuality=punctuality(session, directive, at, period_key=period_key),
        figures=figure_tables(session, directive, period_key=period_key),
        notice=TEST_LINE if office_facts(session).test_only else None,
    )


def periods_of(session: Session, directive_id: DirectiveId) -> tuple[str, ...]:
    """Returns the periods that a directive has obligations of, in order; empty where none."""
    found = session.scalars(
        select(Obligation.period_key)
        .where(Obligation.directive_id == directive_id, Obligation.period_key != "")
        .distinct()
    )
    return tuple(sorted(found))


def period_words(session: Session, directive: Directive, period_key: str | None) -> str:
    """Returns a period in words with its days; empty for everything.

    Raises:
        NotFoundError: the directive has no such period.
    """
    if not period_key:
        return ""
    found = session.execute(
        select(Obligation.period_from, Obligation.period_to).where(
            Obligation.directive_id == directive.id, Obligation.period_key == period_key
        )
    ).first()
    if found is None:
        raise NotFoundError("kỳ báo cáo", period_key)
    first, last = found
    days = f" ({first:%d/%m/%Y} - {last:%d/%m/%Y})" if first and last else ""
    return f"{spoken_period(period_key)}{days}"


def spoken_period(period_key: str) -> str:
    """Returns a period as people say it.

    >>> spoken_period("2026-Q1"), spoken_period("2026-M03"), spoken_period("2026-9M")
    ('quý I năm 2026', 'tháng 3 năm 2026', '9 tháng đầu năm 2026')
    """
    year, _, part = period_key.partition("-")
    if not part:
        return f"năm {year}"
    if part in _SPOKEN_PARTS:
        return f"{_SPOKEN_PARTS[part]} năm {year}"
    kind, number = part[0], part[1:]
    if kind in _SPOKEN_KINDS and number.isdigit():
        return f"{_SPOKEN_KINDS[kind]} {int(number)} năm {year}"
    return f"kỳ {period_key}"


def _same(session: Session, directive_id: DirectiveId, digests: tuple[str, str]) -> UUID | None:
    return session.scalar(
        select(Consolidation.id).where(
            Consolidation.directive_id == directive_id,
            Consolidation.pdf_sha256 == digests[0],
            Consolidation.xlsx_sha256 == digests[1],
        )
    )


def _store(
    deed: Deed,
    directive_id: DirectiveId,
    files: tuple[bytes, bytes],
    *,
    at: datetime,
    period_key: str,
) -> UUID:
    digests = tuple(hashlib.sha256(one).hexdigest() for one in files)
    directive = get_directive(deed.session, directive_id)
    stem = f"{(directive.number_text or 'van-ban').replace('/', '-')}-tong-hop"
    kinds = ((".pdf", "application/pdf"), (".xlsx", XLSX))
    for (ending, media_type), content, digest in zip(kinds, files, digests, strict=True):
        deed.session.add(
            Document(
                directive_id=directive_id, revision=directive.revision, kind="consolidated",
                name=ascii_file_name(stem + ending), media_type=media_type, sha256=digest,
                size_bytes=len(content), created_at=deed.at,
            )
        )  # fmt: skip
    made = Consolidation(
        directive_id=directive_id, at=at, pdf_sha256=digests[0], xlsx_sha256=digests[1],
        figures=dict(figures(deed.session, directive_id, at=at)), period_key=period_key,
    )  # fmt: skip
    deed.session.add(made)
    deed.session.flush()
    deed.detail |= {"consolidation": str(made.id), **made.figures}
    return made.id
