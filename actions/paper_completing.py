"""Finishing the signature of a paper without a person: time stamp, evidence, judgement, record.

Works from the stored plan and the raw signature alone, as for a directive (`actions.completing`).
"""

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotAcceptedError, UnavailableError
from actions.paper_rows import (
    PREPARED,
    SIGNED,
    SUBJECT,
    get_paper,
    keyed_paper_signature,
    next_kind,
    unfinished_papers,
)
from actions.signatures import ABANDONED, COMPLETED, KEYED
from actions.trying import archive_wrapped
from models.directive import Document
from models.paper import Paper
from models.signature import Signature
from signing.archiving import add_archive_timestamp
from signing.completing import complete_signature
from signing.errors import SigningError
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.report import to_json
from signing.request import PreparedSignature
from signing.verdict import Finding, Verdict, worst
from signing.words import JUDGE_FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed:
    """A signature that a key has made, as it is stored."""

    id: uuid.UUID
    name: str
    field: str
    certificate: str
    source_sha256: str
    prepared_sha256: str
    plan: str
    raw: bytes
    last: bool
    """Whether the paper waits for no other signature: then it gets its archive time stamp."""


def complete_paper(desk: Desk, paper_id: uuid.UUID) -> None:
    """Finishes the keyed signature of a paper, if there is one. Idempotent.

    Raises:
        NotFoundError: there is no such paper.
        UnavailableError: a service is not to be had now; nothing was changed, try again.
        NotAcceptedError: the signature cannot be finished or our judgement refused it; it is
            abandoned and the paper stays prepared.
    """
    keyed = _keyed(desk, paper_id)
    if keyed is None:
        return
    try:
        with archive_wrapped():
            pdf, report = _finish(desk, keyed)
            stored = desk.archive.put(pdf)
    except NotAcceptedError as refusal:
        _abandon(desk, paper_id, keyed, refusal)
        raise
    with suppress(AlreadyDoneError):  # another run was quicker; its file counts
        _settle(desk, paper_id, keyed, stored, report)


def finish_papers(desk: Desk) -> int:
    """Finishes what a kill or a silent service left; returns how many are done now.

    What cannot be finished yet is tried again the next time; what is refused stands in the audit
    trail, and its paper waits for the clerk.
    """
    with desk.database.reading() as session:
        waiting = unfinished_papers(session)
    done = 0
    for paper_id in waiting:
        with suppress(UnavailableError, NotAcceptedError):
            complete_paper(desk, paper_id)
            done += 1
    return done


def _keyed(desk: Desk, paper_id: uuid.UUID) -> _Keyed | None:
    with desk.database.reading() as session:
        paper = get_paper(session, paper_id)
        row = keyed_paper_signature(session, paper_id)
        if row is None or row.raw_signature is None:
            return None
        return _Keyed(
            id=row.id,
            name=paper.name,
            field=row.plan["field"],
            certificate=row.certificate,
            source_sha256=row.source_sha256,
            prepared_sha256=row.prepared_sha256,
            plan=json.dumps(row.plan),
            raw=row.raw_signature,
            last=list(paper.details["fields"])[-1] == row.kind,
        )


def _finish(desk: Desk, keyed: _Keyed) -> tuple[bytes, VerificationReport]:
    prepared = PreparedSignature.from_json(keyed.plan, pdf=desk.archive.get(keyed.prepared_sha256))
    at = desk.clock()
    try:
        pdf = complete_signature(prepared, keyed.raw, services=desk.services, at=at)
        if keyed.last:
            pdf = add_archive_timestamp(pdf, services=desk.services, at=at)
    except SigningError as err:
        if err.transient:
            raise UnavailableError("Dịch vụ chứng thực", err.diagnosis()) from err
        raise NotAcceptedError(f"Chữ ký trên “{keyed.name}”", err.diagnosis()) from err
    before = _judged(desk, desk.archive.get(keyed.source_sha256), keyed.name, at)
    after = _judged(desk, pdf, keyed.name, at)
    _require_good(keyed, before, after)
    return pdf, after


def _judged(desk: Desk, pdf: bytes, name: str, at: datetime) -> VerificationReport:
    report = desk.judge(pdf, name, at)
    faults = [one.message for one in report.findings if one.code in JUDGE_FAULTS]
    if faults:
        raise UnavailableError("Bộ kiểm tra chữ ký", faults[0])
    return report


def _require_good(keyed: _Keyed, before: VerificationReport, after: VerificationReport) -> None:
    """Our signature passes; what was there before is there still, and nothing of it is worse.

    A paper from outside may bear signatures of authorities that this office does not know; they are
    no reason not to sign it, so the file as a whole need not pass.

    Raises:
        NotAcceptedError: one of these does not hold.
    """
    what = f"Chữ ký trên “{keyed.name}”"
    ours = [one for one in after.signatures if one.field == keyed.field]
    if [one.certificate_sha256_hex for one in ours] != [keyed.certificate]:
        raise NotAcceptedError(what, "Ô đã ký hoặc chứng thư không đúng với kế hoạch ký.")
    if ours[0].verdict is not Verdict.PASSED:
        raise NotAcceptedError(what, sentence(after))
    earlier = {one.field: one for one in after.signatures}
    for one in before.signatures:
        if one.field not in earlier or _worse(earlier[one.field], one):
            raise NotAcceptedError(
                what, f"Chữ ký có sẵn trong ô “{one.field}” không còn như trước khi ký."
            )
    added = {one.field for one in after.signatures if one.kind == "signature"} - {
        one.field for one in before.signatures
    }
    about_file = worst(one.effect for one in _about_file(after))
    if added != {keyed.field} or about_file != worst(one.effect for one in _about_file(before)):
        raise NotAcceptedError(what, sentence(after))
    if not before.signatures and after.verdict is not Verdict.PASSED:
        raise NotAcceptedError(what, sentence(after))


def _worse(now: SignatureReport, before: SignatureReport) -> bool:
    return worst((now.verdict, before.verdict)) is not before.verdict


def _about_file(report: VerificationReport) -> list[Finding]:
    """Findings about the file; that it bore no signature before is none against it."""
    return [one for one in report.findings if one.effect in (Verdict.INDETERMINATE, Verdict.FAILED)]


def _abandon(desk: Desk, paper_id: uuid.UUID, keyed: _Keyed, refusal: NotAcceptedError) -> None:
    with doing(desk, MACHINE, "abandon_paper_signature", kind=SUBJECT, subject=paper_id) as deed:
        deed.session.execute(
            update(Signature)
            .where(Signature.id == keyed.id, Signature.state == KEYED)
            .values(state=ABANDONED, problem=refusal.diagnosis())
        )
        deed.detail |= {"signature": str(keyed.id), "code": refusal.code, **refusal.facts()}


def _settle(
    desk: Desk, paper_id: uuid.UUID, keyed: _Keyed, sha256: str, report: VerificationReport
) -> None:
    with doing(desk, MACHINE, "complete_paper", kind=SUBJECT, subject=paper_id) as deed:
        settled = deed.session.execute(
            update(Signature)
            .where(Signature.id == keyed.id, Signature.state == KEYED)
            .values(
                state=COMPLETED,
                document_sha256=sha256,
                verification=to_json(report),
                completed_at=deed.at,
            )
        )
        if settled.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise AlreadyDoneError(f"Ký “{keyed.name}”")
        _move_on(deed, paper_id, sha256, report.size_bytes)
        deed.detail |= {"signature": str(keyed.id), "sha256": sha256}


def _move_on(deed: Deed, paper_id: uuid.UUID, sha256: str, size_bytes: int) -> None:
    paper = get_paper(deed.session, paper_id)
    deed.session.execute(
        update(Paper)
        .where(Paper.id == paper_id, Paper.state == PREPARED)
        .values(signed_sha256=sha256, signed_at=deed.at)
    )
    deed.session.flush()
    if next_kind(deed.session, paper) is None:
        deed.session.execute(update(Paper).where(Paper.id == paper_id).values(state=SIGNED))
        deed.detail["state"] = SIGNED
        _send_signed_annex(deed, paper, sha256, size_bytes)


def _send_signed_annex(deed: Deed, paper: Paper, sha256: str, size_bytes: int) -> None:
    """From now on the directive travels with the signed annex in place of the bare attachment."""
    named = paper.details.get("document")
    bare = deed.session.get(Document, uuid.UUID(named)) if named else None
    if bare is None or bare.kind != "attachment":
        return
    bare.kind = "annex_source"
    deed.session.add(
        Document(
            directive_id=bare.directive_id,
            revision=bare.revision,
            kind="attachment",
            name=bare.name,
            media_type=bare.media_type,
            sha256=sha256,
            size_bytes=size_bytes,
            made_with={"paper": str(paper.id)},
            created_at=bare.created_at,  # its place among the attachments
        )
    )
