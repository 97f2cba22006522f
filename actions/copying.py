"""Copies in due form and annexes: from a file to a paper that waits for the agency's signature.

Electronic: a file whose signatures allow one more keeps every byte, and the agency's block and
signature come in a revision behind it. An extract, a file that is certified and so allows no
further field (our own directives among them), and one with scripts, layers or open inputs become a
new file of the pages as they are seen; the whole original lies in it as an attachment (not in an
extract), so that its own signatures can be judged for ever. Of paper: scans of at least 200 dpi
become a PDF.

The agency signs by `actions.paper_signing`. An electronic copy bears no number of its own: form,
agency and time are its marks. Source: NĐ 30/2020 Đ25-27; PL I II.8.b; phần II, I.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAcceptedError, Problem, WrongStateError
from actions.offices import OfficeFacts, office_facts
from actions.paper_rows import PREPARED, SUBJECT
from actions.trying import looking, trying
from documents.copies import (
    CopyForm,
    extract_pages,
    find_room,
    scan_paper,
)
from documents.errors import CopyRefusedError
from models.base import DirectiveId
from models.directive import Directive, Document
from models.officer import Role
from models.organisation import Organisation
from models.paper import Paper
from signing.errors import SigningError
from signing.fields import SignatureFieldBox
from signing.marks.appearance import TEST_WORDS
from signing.marks.blocks import block_sizes, time_words
from signing.marks.placing import ANNEX_FIELD, COPY_FIELD, add_one_field, moving_parts
from signing.outcome import VerificationReport, sentence
from signing.report import to_json
from signing.request import SignatureKind
from signing.verdict import Verdict, worst

_LONGEST_NAME: Final = 180
_ORIGINAL: Final = "ban-goc.pdf"
"""Name of an original inside its copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrder:
    """What is to be copied, and how."""

    form: CopyForm
    name: str
    """How the paper is called here: "Kế hoạch 53-KH/TU"."""
    decided_by: str = ""
    """Who decided that it be copied. Source: NĐ 30/2020 Đ27."""
    pages: tuple[int, ...] = ()
    """Of an extract, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A file that waits for its signature, before it is written down."""

    kind: str
    pdf: bytes
    sources: tuple[bytes, ...]
    field: str
    details: dict[str, Any]
    report: VerificationReport | None = None
    directive_id: DirectiveId | None = None


def copy_file(desk: Desk, actor: Actor, order: CopyOrder, pdf: bytes) -> uuid.UUID:
    """Prepares a copy of a PDF from elsewhere. Returns the paper, which waits for its signature.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        InvalidInputError: the file cannot be copied so; says why and what to do.
        NotAcceptedError: a signature of the original does not hold.
        UnavailableError: the archive does not answer.
    """
    block = _admitted(desk, actor, order)
    with trying(desk, actor, "prepare_copy", subject="", kind=SUBJECT):
        made = _electronic(desk, order, pdf, block)
    return _keep(desk, actor, order, made)


def copy_directive(
    desk: Desk, actor: Actor, order: CopyOrder, directive_id: DirectiveId
) -> uuid.UUID:
    """Prepares a copy of a directive of this office. Otherwise as `copy_file`.

    Raises:
        WrongStateError: it bears no seal yet, so that there is no original.
    """
    block = _admitted(desk, actor, order)
    with looking(desk, actor, "prepare_copy", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        if directive.sealed_sha256 is None:
            raise WrongStateError("Văn bản", expected=("sealed", "issued"), actual=directive.state)
    with trying(desk, actor, "prepare_copy", subject=directive_id):
        pdf = desk.archive.get(directive.sealed_sha256)
        made = _electronic(desk, order, pdf, block, directive_id)
    return _keep(desk, actor, order, made)


def copy_scans(desk: Desk, actor: Actor, order: CopyOrder, files: Sequence[bytes]) -> uuid.UUID:
    """Prepares an electronic copy of paper from its scans, in order: PNG, JPEG, TIFF or PDF.

    Raises:
        NotAuthorisedError, InvalidInputError, UnavailableError: as `copy_file`.
    """
    block = _admitted(desk, actor, order)
    with trying(desk, actor, "prepare_copy", subject="", kind=SUBJECT):
        _require_size(desk, files)
        made = _scanned(desk, order, files, block)
    return _keep(desk, actor, order, made)


def annex_of(
    desk: Desk, actor: Actor, directive_id: DirectiveId, document_id: uuid.UUID
) -> uuid.UUID:
    """Prepares an attachment of a signed directive for the agency's signature in its own file.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        WrongStateError: the directive is not signed, or has no number.
        InvalidInputError: no such attachment, or it is no PDF that can bear the block.
        UnavailableError: the archive does not answer.
    """
    with looking(desk, actor, "prepare_annex", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "ký phụ lục")
        # Source: NĐ 30/2020 Đ32.2: the agency signs what the authorised person has signed.
        if directive.signed_sha256 is None or directive.number_text is None:
            raise WrongStateError("Văn bản", expected=("signed", "sealed"), actual=directive.state)
        document = _attachment(deed.session, directive, document_id)
        number = _on_trial(directive.number_text, office_facts(deed.session))
    with trying(desk, actor, "prepare_annex", subject=directive_id):
        made = _annex(desk, directive, document, number)
    order = CopyOrder(form=CopyForm.SAO_Y, name=document.name)
    return _keep(desk, actor, order, made, deed_name="prepare_annex")


def _admitted(desk: Desk, actor: Actor, order: CopyOrder) -> tuple[str, ...]:
    """Rights first; then what was asked. Returns the block without its time."""
    with looking(desk, actor, "prepare_copy", kind=SUBJECT) as deed:
        office = office_facts(deed.session)
        require_role(deed, Role.REGISTRY_CLERK, office.organisation_id, "sao văn bản")
        problems = []
        if not order.name.strip() or len(order.name) > _LONGEST_NAME:
            reason = f"Ghi tên văn bản được sao, tối đa {_LONGEST_NAME} chữ."
            problems.append(Problem(place="Tên văn bản", reason=reason))
        if bool(order.pages) != (order.form is CopyForm.TRICH_SAO):
            reason = "Chọn các trang khi trích sao; sao y và sao lục lấy toàn bộ văn bản."
            problems.append(Problem(place="Trang", reason=reason))
        if problems:
            raise InvalidInputError(*problems)
        return _on_trial(order.form.words, office), office.name


def _on_trial(words: str, office: OfficeFacts) -> str:
    """What an office with trial keys signs says so."""
    return f"{words} ({TEST_WORDS})" if office.test_only else words


def _require_size(desk: Desk, files: Sequence[bytes]) -> None:
    if sum(map(len, files)) > desk.size_limit_bytes:
        limit = desk.size_limit_bytes >> 20
        reason = f"Các tệp cộng lại lớn hơn {limit} MB. Chia thành nhiều bản sao."
        raise InvalidInputError(Problem(place="Tệp", reason=reason))


# ---- Making the file ------------------------------------------------------------------------


def _electronic(
    desk: Desk,
    order: CopyOrder,
    pdf: bytes,
    block: tuple[str, ...],
    directive_id: DirectiveId | None = None,
) -> _Made:
    _require_size(desk, [pdf])
    at = desk.clock()
    report = desk.judge(pdf, order.name, at)
    if report.verdict in (Verdict.FAILED, Verdict.UNREADABLE):
        raise NotAcceptedError(f"Bản gốc “{order.name}”", sentence(report))
    warnings = [] if report.verdict is Verdict.PASSED else [_doubt(report)]
    try:
        if order.form is CopyForm.TRICH_SAO:
            base, how = extract_pages(pdf, order.pages, at=at, part=True), "extract"
            placed, field, box = _place(desk, base, block, COPY_FIELD, at)
        else:
            placed, field, box, how = _whole(desk, order, pdf, report, block=block, at=at)
    except (CopyRefusedError, SigningError) as err:
        raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err
    details = {"how": how, "box": asdict(box), "pages": list(order.pages), "warnings": warnings}
    return _Made(
        kind="copy",
        pdf=placed,
        sources=(pdf,),
        field=field,
        details=details | {"form": order.form.words, "block": list(block)},
        report=report,
        directive_id=directive_id,
    )


def _doubt(report: VerificationReport) -> str:
    if report.verdict is Verdict.UNSIGNED:
        return (
            "Bản gốc không có chữ ký số nào. "
            "Việc cần làm: chắc chắn đây là bản gốc hoặc bản chính trước khi ký sao."
        )
    return f"Chữ ký trên bản gốc chưa thể kết luận. {sentence(report)}"


def _whole(
    desk: Desk,
    order: CopyOrder,
    pdf: bytes,
    report: VerificationReport,
    *,
    block: tuple[str, ...],
    at: datetime,
) -> tuple[bytes, str, SignatureFieldBox, str]:
    """Behind the original where it is fit for that; else a new file of its pages that holds it."""
    if not (any(one.certifies for one in report.signatures) or moving_parts(pdf)):
        placed, field, box = _place(desk, pdf, block, COPY_FIELD, at)
        after = desk.judge(placed, order.name, at) if report.signatures else report
        if _unharmed(report, after):
            return placed, field, box, "behind"
    pages = extract_pages(pdf, at=at, attach_as=_ORIGINAL)
    placed, field, box = _place(desk, pages, block, COPY_FIELD, at)
    return placed, field, box, "pages"


def _unharmed(before: VerificationReport, after: VerificationReport) -> bool:
    now = {one.field: one.verdict for one in after.signatures}
    return all(
        worst((one.verdict, now.get(one.field, Verdict.FAILED))) is one.verdict
        for one in before.signatures
    )


def _scanned(desk: Desk, order: CopyOrder, files: Sequence[bytes], block: tuple[str, ...]) -> _Made:
    at = desk.clock()
    try:
        paper = scan_paper(files, at=at)
        pdf = paper.pdf
        if order.pages:
            pdf = extract_pages(pdf, order.pages, at=at, part=True)
        placed, field, box = _place(desk, pdf, block, COPY_FIELD, at)
    except (CopyRefusedError, SigningError) as err:
        raise InvalidInputError(Problem(place="Bản quét", reason=err.diagnosis())) from err
    details = {
        "how": "scan",
        "box": asdict(box),
        "pages": list(order.pages),
        "scan": [asdict(page) for page in paper.pages],
        "warnings": list(paper.warnings),
    }
    return _Made(
        kind="scan",
        pdf=placed,
        sources=tuple(files),
        field=field,
        details=details | {"form": order.form.words, "block": list(block)},
    )


def _annex(desk: Desk, directive: Directive, document: Document, number: str) -> _Made:
    pdf = desk.archive.get(document.sha256)
    at = desk.clock()
    report = desk.judge(pdf, document.name, at)
    block = (number,)
    if report.verdict in (Verdict.FAILED, Verdict.UNREADABLE):
        raise NotAcceptedError(f"Phụ lục “{document.name}”", sentence(report))
    try:
        placed, field, box = _place(desk, pdf, block, ANNEX_FIELD, at)
    except (CopyRefusedError, SigningError) as err:
        raise InvalidInputError(Problem(place=document.name, reason=err.diagnosis())) from err
    details = {"how": "behind", "box": asdict(box), "document": str(document.id), "warnings": []}
    return _Made(
        kind="annex",
        pdf=placed,
        sources=(pdf,),
        field=field,
        details=details | {"block": list(block)},
        report=report,
        directive_id=directive.id,
    )


def _attachment(session: Session, directive: Directive, document_id: uuid.UUID) -> Document:
    document = session.get(Document, document_id)
    if document is None or (document.directive_id, document.kind) != (directive.id, "attachment"):
        reason = "Không phải tệp đính kèm của văn bản này."
        raise InvalidInputError(Problem(place="Tệp đính kèm", reason=reason))
    return document


def _place(
    desk: Desk, pdf: bytes, block: tuple[str, ...], field: str, at: datetime
) -> tuple[bytes, str, SignatureFieldBox]:
    """Adds the field for the block where page 1 has room; the size is that of the final text."""
    sizes = block_sizes((*block, time_words(at)), fonts=desk.fonts)
    room = find_room(pdf, [(size.w_pt, size.h_pt) for size in sizes])
    box = SignatureFieldBox(name=field, page=1, **asdict(room))
    placed, name = add_one_field(pdf, box)
    return placed, name, box


# ---- Writing down ---------------------------------------------------------------------------


def _keep(
    desk: Desk, actor: Actor, order: CopyOrder, made: _Made, *, deed_name: str = "prepare_copy"
) -> uuid.UUID:
    kind = SignatureKind.ANNEX if made.kind == "annex" else SignatureKind.COPY
    with trying(desk, actor, deed_name, subject="", kind=SUBJECT):
        sources = [desk.archive.put(source) for source in made.sources]
        prepared = desk.archive.put(made.pdf)
    with doing(desk, actor, deed_name, kind=SUBJECT) as deed:
        organisation_id = office_facts(deed.session).organisation_id
        require_role(deed, Role.REGISTRY_CLERK, organisation_id, "sao văn bản")
        paper = Paper(
            id=uuid.uuid4(),
            organisation_id=deed.session.get_one(Organisation, organisation_id).id,
            directive_id=made.directive_id,
            kind=made.kind,
            copy_form=None if made.kind == "annex" else order.form.value,
            name=order.name.strip(),
            state=PREPARED,
            details=made.details
            | {
                "fields": {kind.value: made.field},
                "sources": sources,
                "decided_by": order.decided_by.strip(),
            },
            source_sha256=sources[0],
            prepared_sha256=prepared,
            verification=to_json(made.report) if made.report is not None else None,
            officer_id=deed.actor.id,
            created_at=deed.at,
        )
        deed.session.add(paper)
        _describe(deed, paper, made)
    return paper.id


def _describe(deed: Deed, paper: Paper, made: _Made) -> None:
    deed.session.flush()
    deed.subject_id = str(paper.id)
    deed.detail |= {
        "kind": paper.kind,
        "form": paper.copy_form,
        "name": paper.name,
        "directive": str(paper.directive_id) if paper.directive_id else None,
        "sources": paper.details["sources"],
        "prepared_sha256": paper.prepared_sha256,
        "how": made.details["how"],
        "warnings": made.details["warnings"],
    }
