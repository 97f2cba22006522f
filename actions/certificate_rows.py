"""What the rows of certificates say: on trial or real, until when, and what is wrong with them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.desk import local_day
from models.officer import Officer, RegisteredCertificate
from models.organisation import Office, Organisation, SetupStep
from signing.certificates import CertificateFacts, read_facts

TRIAL_WORD: Final = "thử nghiệm"
KIND_WORDS: Final = {
    "pkcs12": "tệp PKCS#12 trên máy chủ",
    "pkcs11": "thiết bị PKCS#11 tại máy chủ",
    "csc": "dịch vụ ký từ xa",
    "agent": "thiết bị tại máy người ký (trinhky agent)",
    "upload": "phần mềm ký khác, nộp tệp đã ký",
    "none": "không có khoá ở đây",
}
"""How a kind of key is called to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """One certificate as lists show it."""

    fingerprint: str
    holder: str
    officer_id: str | None
    """None for the agency's."""

    key_kind: str
    last_day: date | None
    """Last day on which it can be used: its own end, or the day on which the office ended it."""

    trial: bool
    tried: str
    """`real`, `trial` or `failed` after a trial signature, empty before."""

    problems: tuple[str, ...]
    """Vietnamese sentences."""


def is_trial(der: bytes) -> bool:
    """Tells whether a certificate or its issuer says of itself that it is for trials."""
    facts = _facts(der)
    if facts is None:
        return False
    return TRIAL_WORD in f"{facts.issuer} {facts.name}".casefold()


def own_certificates(session: Session) -> Sequence[RegisteredCertificate]:
    """Returns the certificates of the office's officers and of its agency, whatever became."""
    office = session.get(Office, 1)
    return session.scalars(
        select(RegisteredCertificate)
        .where(
            or_(
                RegisteredCertificate.officer_id.is_not(None),
                RegisteredCertificate.organisation_id == (office.organisation_id if office else ""),
            )
        )
        .order_by(
            RegisteredCertificate.officer_id,
            RegisteredCertificate.valid_from,
            RegisteredCertificate.fingerprint,
        )
    ).all()


def certificate_lines(session: Session, at: datetime) -> tuple[CertificateLine, ...]:
    """Returns every certificate of the office's officers and of its agency, with its problems."""
    return tuple(certificate_line(session, row, at) for row in own_certificates(session))


def certificate_line(session: Session, row: RegisteredCertificate, at: datetime) -> CertificateLine:
    """Returns how a list shows a certificate."""
    step = trial_of(session, row)
    return CertificateLine(
        fingerprint=row.fingerprint,
        holder=_holder(session, row),
        officer_id=row.officer_id,
        key_kind=row.key_kind,
        last_day=last_day(row),
        trial=row.trial or is_trial(row.der),
        tried=step.state if step else "",
        problems=tuple(_problems(row, step, at)),
    )


def step_key(fingerprint: str) -> str:
    """Returns the key of the set-up step that tries a certificate."""
    return f"certificate:{fingerprint}"


def way_to_key(row: RegisteredCertificate) -> str:
    """Returns how its key is reached, as one text; never a secret."""
    said = (row.key_kind, row.key_location, row.key_settings, row.mechanism)
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def trial_of(session: Session, row: RegisteredCertificate) -> SetupStep | None:
    """Returns what its last trial found; None where the key is reached in another way since."""
    step = session.get(SetupStep, step_key(row.fingerprint))
    return step if step is not None and step.detail.get("way") == way_to_key(row) else None


def last_day(row: RegisteredCertificate) -> date | None:
    """Returns the last day on which it can be used, None where it cannot be read."""
    facts = _facts(row.der)
    ends = [local_day(facts.not_after)] if facts else []
    return min([*ends, *([row.valid_to] if row.valid_to else [])], default=None)


def _facts(der: bytes) -> CertificateFacts | None:
    try:
        return read_facts(der)
    except ValueError:
        return None


def _holder(session: Session, row: RegisteredCertificate) -> str:
    if row.officer_id is not None:
        return session.get_one(Officer, row.officer_id).name
    return session.get_one(Organisation, row.organisation_id or "").name


def _problems(row: RegisteredCertificate, step: SetupStep | None, at: datetime) -> list[str]:
    day = local_day(at)
    if row.end_reason is not None:
        return [f"đã chấm dứt, hết ngày {row.valid_to:%d/%m/%Y}: {row.end_reason}"]
    facts = _facts(row.der)
    if facts is None:
        return ["không đọc được chứng thư; đăng ký lại"]
    found = []
    if facts.not_after < at:
        found.append("đã hết hạn; xin cấp chứng thư mới")
    if row.valid_to is not None and row.valid_to < day:
        found.append("cơ quan không dùng nữa")
    if row.valid_from > day:
        found.append(f"dùng từ ngày {row.valid_from:%d/%m/%Y}")
    if row.key_kind == "none":
        found.append("chưa khai cách dùng khoá")
    if step is not None and step.state == "failed":
        found.append(f"ký thử chưa đạt: {step.detail.get('problem', '')}")
    return found
