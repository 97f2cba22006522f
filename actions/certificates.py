"""Certificates of officers and of the agency: registered with their key, changed, ended, listed.

`actions.certificate_ends` ends them, `actions.certificate_rows` tells what is wrong with them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.certificate_rows import is_trial
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.office_loading import register_certificate
from actions.recording import recording_refusals
from models.officer import Officer, RegisteredCertificate
from models.organisation import Organisation
from models.session import Database
from signing.certificates import (
    CertificateFacts,
    SigningCertificate,
    read_facts,
    refuse_unfit,
)
from signing.errors import KeyRefusedError
from signing.mechanism import mechanism_for
from signing.visible import visible

KEY_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "pkcs12": (),
    "pkcs11": ("module", "token", "key"),
    "csc": ("service", "credential"),
    "agent": (),
    "upload": (),
    "none": (),
}
"""Every way to reach a key, with what must be known to find it."""

_SHORTEST_PREFIX: Final = 8
_OPEN_BATCHES: Final = ("summarised", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """What an administrator says of a certificate and its key; never a PIN."""

    der: bytes
    officer_id: str | None = None
    """Its holder, or"""

    organisation_id: str | None = None
    """the agency whose seal it is; exactly one of the two."""

    key_kind: str
    """One of `KEY_KINDS`."""

    key_location: str | None = None
    """File in the key folder, for `pkcs12`."""

    key_settings: Mapping[str, str] | None = None
    mechanism: str | None = None
    valid_from: date
    """First day on which the office accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A certificate that was taken into the office's data."""

    fingerprint: str
    trial: bool
    warnings: tuple[str, ...]
    """Vietnamese sentences: allowed, but worth a look."""


def register(database: Database, new: NewCertificate, *, at: datetime, actor: Actor) -> Registered:
    """Registers a certificate with the way to its key, or says the way anew. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: the certificate cannot sign, was ended before, or its key cannot be
            found by what was said; names each place.
        NotFoundError: the holder is not in the office's data.
    """
    fingerprint = hashlib.sha256(new.der).hexdigest()
    with (
        recording_refusals(
            database, actor, "register_certificate", kind="certificate",
            subject=fingerprint, at=at,
        ),
        database.reading() as session,
    ):  # fmt: skip
        require_administrator(session, actor, at, "đăng ký chứng thư")
        facts = _facts(new.der)
        problems = [*_unfit(new, at), *_unreachable(new), *_was_ended(session, fingerprint)]
        if problems:
            raise InvalidInputError(*problems)
        warnings = tuple(_warnings(session, new))
    trial = is_trial(new.der)
    register_certificate(
        database,
        officer_id=new.officer_id,
        organisation_id=new.organisation_id,
        der=new.der,
        subject=facts.name or facts.organisation or facts.serial,
        fingerprint=fingerprint,
        key_kind=new.key_kind,
        key_location=new.key_location,
        key_settings=dict(new.key_settings) if new.key_settings else None,
        mechanism=new.mechanism,
        trial=trial,
        valid_from=new.valid_from,
        at=at,
        actor=actor,
    )
    return Registered(fingerprint=fingerprint, trial=trial, warnings=warnings)


def _facts(der: bytes) -> CertificateFacts:
    try:
        return read_facts(der)
    except ValueError as err:
        reason = "không phải chứng thư; chọn tệp PEM hoặc DER."
        raise InvalidInputError(Problem(place="Chứng thư", reason=reason)) from err


def _unfit(new: NewCertificate, at: datetime) -> list[Problem]:
    certificate = SigningCertificate(der=new.der)
    problems = []
    try:
        refuse_unfit(certificate.facts, at=at)
    except KeyRefusedError as err:
        problems.append(Problem(place="Chứng thư", reason=err.diagnosis()))
    try:
        mechanism_for(certificate, new.mechanism)
    except KeyRefusedError as err:
        problems.append(Problem(place="Cách ký", reason=err.diagnosis()))
    return problems


def _unreachable(new: NewCertificate) -> list[Problem]:
    """Source of the shapes: `RegisteredCertificate.key_settings`."""
    if new.key_kind not in KEY_KINDS:
        reason = f"“{new.key_kind}” không có. Chọn một trong: {', '.join(KEY_KINDS)}."
        return [Problem(place="Loại khoá", reason=reason)]
    settings = dict(new.key_settings or {})
    wanted = KEY_KINDS[new.key_kind]
    problems = [
        Problem(place=f"Khoá {new.key_kind}", reason=f"thiếu {name}.")
        for name in wanted
        if not settings.get(name, "").strip()
    ]
    problems += [
        Problem(place=f"Khoá {new.key_kind}", reason=f"không dùng “{visible(name)}”; bỏ đi.")
        for name in settings
        if name not in wanted
    ]
    location = new.key_location or ""
    if (new.key_kind == "pkcs12") != bool(location):
        reason = "khoá pkcs12, và chỉ loại khoá ấy, phải có tên tệp trong thư mục khoá."
        problems.append(Problem(place="Tệp khoá", reason=reason))
    if not Path(location).is_absolute() and Path(location).name != location:
        reason = "chỉ ghi tên tệp; tệp phải nằm trong thư mục khoá của cơ quan."
        problems.append(Problem(place="Tệp khoá", reason=reason))
    return problems


def _was_ended(session: Session, fingerprint: str) -> list[Problem]:
    row = session.get(RegisteredCertificate, fingerprint)
    if row is None or row.end_reason is None:
        return []
    reason = (
        f"đã được chấm dứt ({row.end_reason}); không đăng ký lại được. Xin cấp chứng thư mới rồi "
        "đăng ký chứng thư ấy."
    )
    return [Problem(place="Chứng thư", reason=reason)]


def _warnings(session: Session, new: NewCertificate) -> list[str]:
    if new.officer_id is not None:
        officer = session.get(Officer, new.officer_id)
        holder = officer.name if officer else None
    else:
        agency = session.get(Organisation, new.organisation_id or "")
        holder = agency.name if agency else None
    said = read_facts(new.der).name
    if holder is None or " ".join(said.split()).casefold() == " ".join(holder.split()).casefold():
        return []
    return [f"Chứng thư ghi tên “{visible(said)}”, dữ liệu của cơ quan ghi “{holder}”. Xem lại."]


def find_certificate(session: Session, fingerprint: str) -> RegisteredCertificate:
    """Returns the one certificate whose fingerprint begins so.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: there are several, or too few digits were given.
    """
    wanted = fingerprint.strip().lower().replace(":", "")
    if len(wanted) < _SHORTEST_PREFIX:
        reason = f"ghi ít nhất {_SHORTEST_PREFIX} chữ số đầu của dấu vân tay SHA-256."
        raise InvalidInputError(Problem(place="Chứng thư", reason=reason))
    found = session.scalars(
        select(RegisteredCertificate)
        .where(RegisteredCertificate.fingerprint.startswith(wanted, autoescape=True))
        .limit(2)
    ).all()
    if not found:
        raise NotFoundError("chứng thư", fingerprint)
    if len(found) > 1:
        reason = "có nhiều chứng thư bắt đầu như vậy; ghi thêm chữ số."
        raise InvalidInputError(Problem(place="Chứng thư", reason=reason))
    return found[0]


def change(
    database: Database,
    fingerprint: str,
    *,
    at: datetime,
    actor: Actor,
    **said: Any,  # noqa: ANN401 (fields of NewCertificate)
) -> Registered:
    """Says anew how the key of a registered certificate is reached; it must be tried anew.

    Args:
        database: migrated tables.
        fingerprint: as in `end`.
        at: aware, UTC.
        actor: an administrator or the machine.
        said: `key_kind`, `key_location`, `key_settings`, `mechanism`; what is absent stays.

    Raises:
        NotFoundError: no certificate has that fingerprint.
        NotAuthorisedError, InvalidInputError: as in `register`.
    """
    with database.reading() as session:
        row = find_certificate(session, fingerprint)
        values = {
            "key_kind": row.key_kind, "key_location": row.key_location,
            "key_settings": row.key_settings, "mechanism": row.mechanism,
        }  # fmt: skip
    new = NewCertificate(
        der=row.der, officer_id=row.officer_id, organisation_id=row.organisation_id,
        valid_from=row.valid_from, **{**values, **said},
    )  # fmt: skip
    return register(database, new, at=at, actor=actor)
