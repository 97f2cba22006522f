"""What a verdict rested on, as one file that `trinhky verify --replay` can reach it again by."""

import io
import zipfile
from dataclasses import replace
from typing import Final

from portal.check_keeping import Judged
from signing.outcome import VerificationReport, all_findings
from signing.records.folder import DIGITS, MANIFEST, plain_name
from signing.trust import TrustStore
from wiring.keeping import Keeper

_READ_ME: Final = "DOC-TRUOC.txt"
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest of a ZIP: the same evidence gives the same file."""
_WORDS: Final = """Bằng chứng của một lần kiểm tra chữ ký số

Tệp đã kiểm tra: {name}
SHA-256: {sha256}
Thư mục bên cạnh giữ chính sách, chứng thư, dấu thời gian và bằng chứng thu hồi mà kết luận đã dựa
vào. Để lặp lại kết luận, giải nén rồi chạy:

    trinhky verify --replay . "TỆP.pdf"

Bản ghi này chỉ giúp lặp lại kết luận; tự nó không phải là bằng chứng mới. Giữ nguyên tệp gốc.
"""


def evidence_file(keeper: Keeper, judged: Judged) -> bytes:
    """Returns the evidence of a judgement as a ZIP; of the office's own data only what it used."""
    report = judged.report
    inputs = replace(judged.inputs, trust=_used(judged.inputs.trust, report))
    record = keeper.record(judged.content, report, inputs)
    folder = f"{plain_name(report.name)}-{record.sha256_hex[:DIGITS]}"
    words = _WORDS.format(name=report.name, sha256=report.sha256_hex)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, _READ_ME, words.encode(errors="replace"))
        _add(packed, f"{folder}/{MANIFEST}", record.manifest)
        for digest, der in sorted(record.parts.items()):
            _add(packed, f"{folder}/{digest}.der", der)
    return out.getvalue()


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    packed.writestr(zipfile.ZipInfo(name, date_time=_DATE), content, zipfile.ZIP_DEFLATED)


def _used(trust: TrustStore, report: VerificationReport) -> TrustStore:
    """Without registrations of people who have nothing to do with the file, and why we trust whom.

    Those whose name a finding tells stay: without them the judgement would come out otherwise.
    """
    prints = {one.certificate_sha256_hex for one in report.signatures}
    named = {
        value
        for one in all_findings(report)
        if one.code.startswith("registered")
        for place, value in one.places
        if place == "name"
    }
    return replace(
        trust,
        anchors=tuple(replace(one, source="", reason="") for one in trust.anchors),
        registered={
            fingerprint: holder
            for fingerprint, holder in trust.registered.items()
            if fingerprint in prints or holder.name in named
        },
    )
