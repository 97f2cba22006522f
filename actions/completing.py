"""Finishing a signature without a person: time stamp, evidence, judgement, record.

Works from the stored plan and the raw signature alone, so it can be repeated after a kill between
any two steps; the signature stays the same one, only its time stamp is new. What is recorded is
recorded in one transaction, guarded by the state of the signature.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import get_directive
from actions.completing_ways import Way, way_of
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotAcceptedError, UnavailableError
from actions.pages import add_document
from actions.signatures import ABANDONED, COMPLETED, KEYED, living_signature, mark_timestamped
from actions.trying import archive_wrapped
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.organisation import Office
from models.signature import Signature
from signing.archiving import add_archive_timestamp
from signing.errors import NotAcceptedError as JudgedUnfitError
from signing.errors import SigningError, TimestampUnavailableError
from signing.outcome import AcceptedDocument, VerificationReport
from signing.policy import OFFICIAL
from signing.report import to_json
from signing.request import SignatureKind
from signing.words import JUDGE_FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletingAct:
    """What differs between finishing the officer's signature and finishing the seal."""

    deed: str
    """Name in the audit trail: `complete_signature`, `complete_seal`."""
    what: str
    """In Vietnamese, for refusals."""
    kind: SignatureKind
    document: str
    """Kind of the document that comes out: `signed`, `sealed`."""
    archive_stamp: bool
    """Whether the document gets its archive time stamp (B-LTA)."""
    fields: tuple[str, ...]
    """Fields that must hold accepted signatures afterwards, and no others."""
    advance: Callable[[Deed, Directive, str], None]
    """Moves the directive on, given the digest of the finished document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed:
    """A signature that a key has made, as it is stored."""

    id: uuid.UUID
    prepared_sha256: str
    plan: str
    raw: bytes
    name: str
    certificates: dict[str, str]
    """Field to fingerprint, of every signature that this directive has now."""
    may_go_on: bool
    """Whether the office goes on where no time stamp is to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Completed:
    """The document with its signature, as far as the services allowed."""

    pdf: bytes
    missing: str = ""
    """Why there is no time stamp, each service with its reason; empty where there is one."""
    evidenced: bool = True
    """Whether all evidence is in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """The same, and what was found when it was judged."""

    pdf: bytes
    report: VerificationReport
    missing: str


def complete_signing(desk: Desk, directive_id: DirectiveId, act: CompletingAct) -> None:
    """Finishes the keyed signature of a directive, if there is one. Idempotent.

    Raises:
        UnavailableError: a service is not to be had now; nothing was changed.
        NotAcceptedError: the signature cannot be finished or our judgement refused it; it is
            abandoned, the directive stays where it is.
    """
    keyed = _keyed(desk, directive_id, act.kind)
    if keyed is None:
        return
    try:
        with archive_wrapped():
            finished = _finish(desk, keyed, act)
            desk.archive.put(finished.pdf)
    except NotAcceptedError as refusal:
        _abandon(desk, directive_id, act, keyed.id, refusal)
        raise
    with suppress(AlreadyDoneError):  # another run was quicker; its document counts
        _settle(desk, directive_id, act, keyed, finished)


def _keyed(desk: Desk, directive_id: DirectiveId, kind: SignatureKind) -> _Keyed | None:
    with desk.database.reading() as session:
        directive = get_directive(session, directive_id)
        row = living_signature(session, directive_id, kind)
        if row is None or row.state != KEYED or row.raw_signature is None:
            return None
        return _Keyed(
            id=row.id,
            prepared_sha256=row.prepared_sha256,
            plan=json.dumps(row.plan),
            raw=row.raw_signature,
            name=directive.number_text or "Chưa cấp số",
            certificates=_planned_certificates(session, directive_id),
            may_go_on=bool(session.scalar(select(Office.go_on_without_timestamp))),
        )


def _planned_certificates(session: Session, directive_id: DirectiveId) -> dict[str, str]:
    rows = session.scalars(
        select(Signature).where(
            Signature.directive_id == directive_id, Signature.state != ABANDONED
        )
    )
    return {row.plan["field"]: row.certificate for row in rows}


def _finish(desk: Desk, keyed: _Keyed, act: CompletingAct) -> _Finished:
    way = way_of(keyed.plan, keyed.raw, pdf=desk.archive.get(keyed.prepared_sha256))
    try:
        made = _complete(desk, way, keyed, act)
    except SigningError as err:
        if err.transient:
            raise UnavailableError("Dịch vụ chứng thực", err.diagnosis()) from err
        raise NotAcceptedError(act.what, err.diagnosis()) from err
    try:
        accepted, report = require_accepted(desk, made.pdf, what=act.what)
    except NotAcceptedError as refusal:
        if made.evidenced:
            raise
        # The signature is not at fault: what it lacks can be had later.
        raise UnavailableError("Dịch vụ chứng thực", refusal.diagnosis()) from refusal
    _require_fields(accepted, act, keyed.certificates)
    return _Finished(pdf=made.pdf, report=report, missing=made.missing)


def _complete(desk: Desk, way: Way, keyed: _Keyed, act: CompletingAct) -> _Completed:
    """Completes up to B-LT, the seal up to B-LTA.

    Where no service gives a time stamp and the office goes on without, it stays as far as it is.
    """
    services = desk.services
    try:
        pdf = way.complete(services, desk.clock())
    except TimestampUnavailableError as err:
        if not keyed.may_go_on:
            raise
        bare = way.without_timestamp(services, desk.clock())
        return _Completed(pdf=bare.pdf, missing=_why(err), evidenced=bare.evidenced)
    if not act.archive_stamp:
        return _Completed(pdf=pdf)
    try:
        return _Completed(
            pdf=add_archive_timestamp(pdf, services=services, at=desk.clock(), insist=True)
        )
    except TimestampUnavailableError as err:
        if not keyed.may_go_on:
            raise
        return _Completed(pdf=pdf, missing=_why(err))


def _why(err: TimestampUnavailableError) -> str:
    return err.reasons or "chưa khai máy chủ cấp dấu thời gian"


def require_accepted(
    desk: Desk, pdf: bytes, *, what: str
) -> tuple[AcceptedDocument, VerificationReport]:
    """Judges a document under the official profile and insists that it passes.

    Args:
        desk: the tools.
        pdf: the document.
        what: whose signature, in Vietnamese, for the refusal.

    Raises:
        NotAcceptedError: the judgement does not permit the way on.
        UnavailableError: the judge itself failed; it says nothing of the document.
    """
    report = desk.judge(pdf, what, desk.clock())
    faults = [one.message for one in report.findings if one.code in JUDGE_FAULTS]
    if faults:
        raise UnavailableError("Bộ kiểm tra chữ ký", faults[0])
    try:
        return report.require(OFFICIAL), report
    except JudgedUnfitError as err:
        raise NotAcceptedError(what, err.diagnosis()) from err


def _require_fields(
    accepted: AcceptedDocument, act: CompletingAct, certificates: Mapping[str, str]
) -> None:
    """Exactly the signatures that were planned, each by the certificate that was planned."""
    found = {
        one.field: one.certificate_sha256_hex
        for one in accepted.signatures
        if one.kind == "signature"
    }
    if found != {field: certificates[field] for field in act.fields}:
        fields = ", ".join(sorted(found))
        raise NotAcceptedError(act.what, f"Các ô đã ký ({fields}) không đúng với kế hoạch ký.")


def _abandon(
    desk: Desk,
    directive_id: DirectiveId,
    act: CompletingAct,
    signature_id: uuid.UUID,
    refusal: NotAcceptedError,
) -> None:
    """The signatory has to sign anew; what was wrong stays on record."""
    with doing(desk, MACHINE, f"abandon_{act.kind.value}", subject=directive_id) as deed:
        deed.session.execute(
            update(Signature)
            .where(Signature.id == signature_id, Signature.state == KEYED)
            .values(state=ABANDONED, problem=refusal.diagnosis())
        )
        deed.detail |= {"signature": str(signature_id), "code": refusal.code, **refusal.facts()}
        ask_to_wake(deed, directive_id)


def _settle(
    desk: Desk,
    directive_id: DirectiveId,
    act: CompletingAct,
    keyed: _Keyed,
    finished: _Finished,
) -> None:
    with doing(desk, MACHINE, act.deed, subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        document = add_document(
            deed,
            directive,
            kind=act.document,
            name=f"{keyed.name}.pdf",
            content=finished.pdf,
            made_with={},
        )
        settled = deed.session.execute(
            update(Signature)
            .where(Signature.id == keyed.id, Signature.state == KEYED)
            .values(
                state=COMPLETED,
                document_sha256=document.sha256,
                without_timestamp=bool(finished.missing),
                verification=to_json(finished.report),
                completed_at=deed.at,
            )
        )
        if settled.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise AlreadyDoneError(act.what)
        if finished.missing:
            deed.detail |= {"without_timestamp": finished.missing}
        elif act.archive_stamp:
            # It covers the officer's signature, whatever that one lacked.
            mark_timestamped(deed, directive_id)
        act.advance(deed, directive, document.sha256)
        deed.detail |= {"signature": str(keyed.id), "sha256": document.sha256}
        ask_to_wake(deed, directive_id)
