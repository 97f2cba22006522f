"""One further archive time stamp over a stored file: the file, its rows, its judgement.

1. the stamp (network), then our own judge: nothing is recorded that does not pass
2. the bytes into the archive
3. one transaction: the document, its judgement, the marks of what it covers; before issue the
   directive's own file moves to it, so that what is sent has it; after issue what was sent stays

A kill before 3 leaves nothing but an object that nobody names; the next call begins again.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import amend, get_directive
from actions.completing import require_accepted
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotAcceptedError, UnavailableError
from actions.keepers import (
    ARCHIVED,
    DIRECTIVE,
    Keeper,
    keeper_of,
    last_judgement,
    note_judgement,
)
from actions.pages import add_document
from actions.signatures import living_signature, mark_timestamped
from actions.trying import archive_wrapped
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from models.paper import Paper
from signing.archiving import add_archive_timestamp
from signing.errors import SigningError, TimestampUnavailableError
from signing.outcome import AcceptedDocument, VerificationReport
from signing.request import SignatureKind

_WHAT = "Bản lưu trữ"


class NoTimestampError(UnavailableError):
    """No service gives a time stamp now: asking for the next document is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedFile:
    """A file with its new archive time stamp, judged; nothing is recorded yet."""

    keeper: Keeper
    pdf: bytes
    report: VerificationReport


def stamp(desk: Desk, keeper: Keeper) -> StampedFile:
    """Adds an archive time stamp to a stored file and has it judged.

    Raises:
        NoTimestampError: no service gives one.
        UnavailableError: another service, the judge or the archive is not to be had.
        NotAcceptedError: a signature is no longer good, or our judge refused the result.
    """
    with archive_wrapped():
        pdf = desk.archive.get(keeper.sha256)
    try:
        stamped = add_archive_timestamp(pdf, services=desk.services, at=desk.clock(), insist=True)
    except TimestampUnavailableError as err:
        raise NoTimestampError("Dịch vụ dấu thời gian", err.reasons or err.diagnosis()) from err
    except SigningError as err:
        if err.transient:
            raise UnavailableError("Dịch vụ chứng thực", err.diagnosis()) from err
        raise NotAcceptedError(f"{_WHAT} {keeper.name}", err.diagnosis()) from err
    accepted, report = require_accepted(desk, stamped, what=f"{_WHAT} {keeper.name}")
    _require_same(accepted, keeper)
    with archive_wrapped():
        desk.archive.put(stamped)
    return StampedFile(keeper=keeper, pdf=stamped, report=report)


def _require_same(accepted: AcceptedDocument, keeper: Keeper) -> None:
    found = {
        one.field: one.certificate_sha256_hex
        for one in accepted.signatures
        if one.kind == "signature"
    }
    # A paper may bear others' signatures beside ours; a directive never does.
    if keeper.kind != DIRECTIVE:
        found = {field: one for field, one in found.items() if field in keeper.certificates}
    if found != keeper.certificates:
        raise NotAcceptedError(
            f"{_WHAT} {keeper.name}", "Các chữ ký trong tệp không đúng với chữ ký đã ghi."
        )


def record(desk: Desk, name: str, stamped: StampedFile, *, trust: str) -> None:
    """Records a stamped file under a deed's name.

    Raises:
        AlreadyDoneError: another run was quicker, or the directive has another file by now.
        WrongStateError: it was issued in between; the next call adds it as a further document.
    """
    keeper = stamped.keeper
    with doing(desk, MACHINE, name, kind=keeper.kind, subject=keeper.id) as deed:
        add = _add_to_directive if keeper.kind == DIRECTIVE else _add_to_paper
        covered = add(deed, stamped)
        judged = note_judgement(deed, keeper, stamped.report, trust=trust, over=keeper.sha256)
        deed.detail |= {
            "over": keeper.sha256,
            "sha256": judged.sha256,
            "signatures": covered,
            "renew_by": str(judged.renew_by or ""),
        }


def _add_to_directive(deed: Deed, stamped: StampedFile) -> int:
    """Adds the file; tells how many signatures have their first time stamp by it."""
    keeper = stamped.keeper
    directive = _locked(deed, DirectiveId(keeper.id))
    now = keeper_of(deed.session, directive)
    if now is None or now.sha256 != keeper.sha256:
        raise AlreadyDoneError(f"{_WHAT} {keeper.name}")
    stage = _move(deed, directive, stamped.report.sha256_hex)
    add_document(
        deed, directive, kind=ARCHIVED, name=f"{keeper.name}.pdf", content=stamped.pdf,
        made_with={"over": keeper.sha256, "stage": stage},
    )  # fmt: skip
    return mark_timestamped(deed, directive.id)


def _add_to_paper(deed: Deed, stamped: StampedFile) -> int:
    """Adds the file; a paper's own file stays what it was when it was signed."""
    keeper = stamped.keeper
    deed.session.get(Paper, keeper.id, with_for_update=True)
    last = last_judgement(deed.session, keeper.id)
    if last is None or last.sha256 != keeper.sha256:
        raise AlreadyDoneError(f"{_WHAT} {keeper.name}")
    deed.session.add(
        Document(
            kind=ARCHIVED,
            name=f"{keeper.name.removesuffix('.pdf')}.pdf".replace("/", "-"),
            sha256=stamped.report.sha256_hex,
            size_bytes=len(stamped.pdf),
            made_with={"over": keeper.sha256, "paper": str(keeper.id)},
            created_at=deed.at,
        )
    )
    deed.session.flush()
    return 0


def _locked(deed: Deed, directive_id: DirectiveId) -> Directive:
    """The directive, which nobody else stamps until the end of the transaction."""
    deed.session.get(Directive, directive_id, with_for_update=True)
    return get_directive(deed.session, directive_id)


def _move(deed: Deed, directive: Directive, sha256_hex: str) -> str:
    """Lets the directive's own file be the new one while nothing was sent; tells its stage."""
    state = DirectiveState(directive.state)
    if directive.sealed_sha256 is None:
        if not may_stamp_unsealed(deed.session, directive):
            raise AlreadyDoneError(_WHAT)
        amend(deed, directive, expected=state, signed_sha256=sha256_hex)
        return state.value
    if state is DirectiveState.SEALED:
        amend(deed, directive, expected=state, sealed_sha256=sha256_hex)
    return DirectiveState.SEALED.value


def may_stamp_unsealed(session: Session, directive: Directive) -> bool:
    """Tells whether a file without the seal may get an archive time stamp now.

    Not while the seal is on its way, for it goes over the file as it is; not while a number is
    still to be filled in. The seal's own archive time stamp covers the officer's signature then.
    """
    return (
        directive.state == DirectiveState.SIGNED
        and directive.number is not None
        and living_signature(session, directive.id, SignatureKind.SEAL) is None
    )
