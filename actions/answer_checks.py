"""What is wrong with a file that a unit sends as its report: file, signature, holder."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.desk import local_day
from actions.errors import InvalidInputError, Problem
from models.officer import RegisteredCertificate
from models.organisation import Organisation
from signing.outcome import VerificationReport, sentence
from signing.verdict import Verdict

_HEAD_BYTES = 1024
"""Where `%PDF-` must lie. Source: ISO 32000-1, Annex H.3, note 13."""


def require_size(content: bytes, limit_bytes: int) -> None:
    """Refuses a file above the one limit of size; nothing of it is kept.

    Raises:
        InvalidInputError: it is larger.
    """
    if len(content) > limit_bytes:
        limit_mb = limit_bytes / (1 << 20)
        raise InvalidInputError(
            Problem(
                place="Tệp báo cáo",
                reason=f"Tệp lớn hơn giới hạn {limit_mb:g} MB. Giảm dung lượng "
                "(ví dụ quét ở 200 dpi) hoặc chia thành nhiều tệp rồi gửi lại.",
            )
        )


def door_fault(content: bytes) -> str | None:
    """Returns why the file cannot be a report at all, with what to do; None where it can."""
    if not content:
        return "Tệp rỗng (0 byte). Đề nghị xuất lại tệp PDF, ký số rồi gửi lại."
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        return (
            "Tệp không phải là tệp PDF. "
            "Đề nghị xuất báo cáo sang PDF, ký số của đơn vị rồi gửi lại."
        )
    return None


def signature_fault(session: Session, judged: VerificationReport, unit: Organisation) -> str | None:
    """Returns why the judged file is returned to the unit; None where a person may look at it.

    An indeterminate verdict is no fault: the follow-up officer sees it and decides.
    """
    verdict = judged.verdict
    if verdict is Verdict.UNSIGNED:
        return "Tệp này không có chữ ký số. Đề nghị ký số của đơn vị rồi gửi lại."
    if verdict is Verdict.UNREADABLE:
        return f"{sentence(judged)} Đề nghị gửi lại tệp PDF không đặt mật khẩu, đã ký số."
    if verdict is Verdict.FAILED:
        return sentence(judged)
    return _holder_fault(session, judged, unit)


def is_signed_by(session: Session, judged: VerificationReport, organisation_id: str) -> bool:
    """Tells whether a good signature by a certificate registered to the unit stands in the file.

    Stricter than `signature_fault`: where nothing else says who sent it, an unknown certificate or
    an indeterminate verdict proves nothing.
    """
    return judged.verdict is Verdict.PASSED and any(
        organisation_id in _owners(session, one.certificate_sha256_hex, judged)
        for one in judged.signatures
        if one.kind == "signature"
    )


def _holder_fault(session: Session, judged: VerificationReport, unit: Organisation) -> str | None:
    """Returns why the signature is not the unit's.

    A unit of which the office knows no certificate cannot be told from its certificate: its report
    goes on, and the verification says that the registration is unknown.
    """
    signed = [one for one in judged.signatures if one.kind == "signature"]
    owners = {
        one.certificate_sha256_hex: _owners(session, one.certificate_sha256_hex, judged)
        for one in signed
    }
    if any(unit.id in found for found in owners.values()):
        return None
    if not any(owners.values()) and not _has_certificate(session, unit.id):
        return None
    names = "; ".join(one.signer or "không rõ tên" for one in signed)
    return (
        f"Chữ ký không phải của {unit.name} (người ký: {names}). "
        "Đề nghị ký bằng chứng thư đã đăng ký của đơn vị rồi gửi lại."
    )


def _owners(session: Session, fingerprint: str, judged: VerificationReport) -> frozenset[str]:
    """Returns the organisations that a certificate speaks for; empty where it is not registered."""
    registered = session.get(RegisteredCertificate, fingerprint)
    if registered is None:
        return frozenset()
    if registered.organisation_id is not None:
        return frozenset({registered.organisation_id})
    posts = posts_on(session, registered.officer_id or "", local_day(judged.at))
    # An officer without a post speaks for nobody, but is known all the same.
    return frozenset(post.organisation_id for post in posts) or frozenset({""})


def _has_certificate(session: Session, organisation_id: str) -> bool:
    found = select(RegisteredCertificate.fingerprint).where(
        RegisteredCertificate.organisation_id == organisation_id
    )
    return session.scalars(found).first() is not None
