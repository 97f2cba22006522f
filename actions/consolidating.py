"""The consolidated report of a directive: who answered what, from which paper, who is missing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import MACHINE, Actor
from actions.changing import expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.exporting import figures
from actions.offices import office_facts
from actions.standing import missing_units, unit_answers
from actions.trying import looking
from actions.wording import TEST_LINE
from delivery.names import ascii_file_name
from documents.consolidate import ConsolidatedInput, build_consolidated
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from models.organisation import Organisation
from models.report import Consolidation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of the workbook."""

_AFTER_ISSUE = (DirectiveState.ISSUED, DirectiveState.CORRECTED, DirectiveState.CLOSED)


def consolidate(desk: Desk, directive_id: DirectiveId, *, actor: Actor = MACHINE) -> UUID:
    """Makes the consolidated report as of now, PDF and workbook. Returns its identifier.

    Set outside any transaction; stored with its figures in one. The same state at the same instant
    gives the same files and no second record.

    Raises:
        NotFoundError: no such directive.
        WrongStateError: the directive was not issued.
    """
    at = desk.clock()
    with looking(desk, actor, "consolidate", subject=directive_id) as look:
        directive = get_directive(look.session, directive_id)
        expect_state(directive, *_AFTER_ISSUE)
        data = consolidated_input(look.session, directive, at)
    pdf, xlsx = build_consolidated(data, fonts=desk.fonts)
    digests = (desk.archive.put(pdf), desk.archive.put(xlsx))
    with desk.database.reading() as session:
        before = _same(session, directive_id, digests)
    if before is not None:
        return before
    with doing(desk, actor, "consolidate", subject=directive_id) as deed:
        return _store(deed, directive_id, (pdf, xlsx), digests, at)


def consolidated_input(session: Session, directive: Directive, at: datetime) -> ConsolidatedInput:
    """Returns everything that the report says, read from the database."""
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
        units=unit_answers(session, directive, at),
        missing=missing_units(session, directive, at),
        notice=TEST_LINE if office_facts(session).test_only else None,
    )


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
    digests: tuple[str, str],
    at: datetime,
) -> UUID:
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
        figures=dict(figures(deed.session, directive_id, at=at)),
    )  # fmt: skip
    deed.session.add(made)
    deed.session.flush()
    deed.detail |= {"consolidation": str(made.id), **made.figures}
    return made.id
