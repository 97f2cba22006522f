"""Looks at the files of an incoming paper before anybody accepts it: integrity, authenticity.

Each PDF is judged outside any transaction, in the sandboxed child; the judge keeps its evidence in
the archive. Source: NĐ 30/2020 Đ21; QĐ 28/2018 Đ9.1.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.desk import Desk, local_day
from delivery.edxml.message import EdxmlFile
from models.officer import RegisteredCertificate
from models.organisation import Organisation
from signing.outcome import VerificationReport, sentence
from signing.report import to_json
from signing.words import JUDGE_FAULTS

_HEAD_BYTES: Final = 1024
"""Where `%PDF-` must lie. Source: ISO 32000-1, Annex H.3, note 13."""
_WORST_FIRST: Final = ("failed", "unreadable", "indeterminate", "unsigned", "not_pdf", "passed")


def look_at_files(desk: Desk, files: Sequence[EdxmlFile]) -> list[dict[str, Any]]:
    """Judges and stores each file; returns the rows of `IncomingDocument.files`, in order.

    Where the judge itself failed the verdict is `indeterminate` and says so: what arrived is never
    lost for that, and the clerk can have it judged again.

    Raises:
        ArchiveError: the archive cannot take it; nothing was written down.
    """
    return [_look(desk, file) for file in files]


def _look(desk: Desk, file: EdxmlFile) -> dict[str, Any]:
    judged = (
        desk.judge(file.content, file.name, desk.clock())
        if b"%PDF-" in file.content[:_HEAD_BYTES]
        else None
    )
    return {
        "name": file.name[:300],
        "media_type": "application/pdf" if judged is not None else file.media_type[:100],
        "sha256": desk.archive.put(file.content),
        "size": len(file.content),
        **judgement(judged),
    }


def judgement(judged: VerificationReport | None) -> dict[str, Any]:
    """Returns verdict, sentence and the whole report as they are kept with a file."""
    if judged is None:
        said = "Tệp không phải PDF nên không kiểm tra được chữ ký số."
        return {"verdict": "not_pdf", "sentence": said}
    if any(one.code in JUDGE_FAULTS for one in judged.findings):
        said = "Chưa kiểm tra được chữ ký vì bộ kiểm tra không hoàn tất; bấm “Kiểm tra lại”."
        return {"verdict": "indeterminate", "sentence": said}
    return {
        "verdict": judged.verdict.value,
        "sentence": sentence(judged),
        "report": dict(to_json(judged)),
        "signers": [
            one.certificate_sha256_hex for one in judged.signatures if one.kind == "signature"
        ],
    }


def worst_of(files: Iterable[dict[str, Any]]) -> str:
    """Returns the worst verdict of the PDFs; `unsigned` where there is none."""
    found = {file["verdict"] for file in files if file["verdict"] != "not_pdf"}
    return next((one for one in _WORST_FIRST if one in found), "unsigned")


def strangers_sign(
    session: Session, files: Iterable[dict[str, Any]], sender: Organisation, desk: Desk
) -> bool:
    """Tells whether signatures are there and none is the sender's, though we know its certificate.

    Where the office knows no certificate of the sender, nothing can be said.
    """
    day = local_day(desk.clock())
    known = select(RegisteredCertificate.fingerprint).where(
        RegisteredCertificate.organisation_id == sender.id
    )
    if session.scalars(known).first() is None:
        return False
    signers = {one for file in files for one in file.get("signers", ())}
    return bool(signers) and not any(
        _speaks_for(session, fingerprint, sender.id, day) for fingerprint in signers
    )


def _speaks_for(session: Session, fingerprint: str, organisation_id: str, day: date) -> bool:
    row = session.get(RegisteredCertificate, fingerprint)
    if row is None:
        return False
    if row.organisation_id is not None:
        return row.organisation_id == organisation_id
    posts = posts_on(session, row.officer_id or "", day)
    return any(post.organisation_id == organisation_id for post in posts)
