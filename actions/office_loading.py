"""Taking an office file in, whole or not at all; registering certificates.

These deeds come before there is an office to sign in to, so they take the database rather than a
desk: `trinhky office load`, set-up and stories call them.
"""

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from actions.auditing import Actor, append_event
from actions.certificate_rows import is_trial
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.ladders import EVERY_KIND
from actions.office_file.checking import check_entries
from actions.office_file.errors import OfficeFileRefusedError
from actions.office_file.lines import LineIndex, place_text
from actions.office_file.reading import read_entries
from actions.office_file.rows import ReadCertificate, rows_of
from actions.office_file.shapes import CertificateEntry, OfficeFile
from actions.office_file.writing import Written, write_rows
from actions.recording import recording_refusals
from actions.reminding.finding import begin_anew
from models.officer import Officer, RegisteredCertificate
from models.organisation import Organisation
from models.session import Database
from signing.certificates import CertificateFacts, SigningCertificate, read_facts
from signing.errors import KeyRefusedError
from signing.mechanism import mechanism_for

SIZE_LIMIT_BYTES = 10 * 1024 * 1024
"""An office file has some hundred kilobytes; a certificate has a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSummary:
    """What became of an office file that was taken."""

    file: str
    sha256: str
    created: tuple[str, ...]
    """Labels such as `organisation:so-tt`, in the order of the file."""
    changed: tuple[str, ...]
    unchanged: int
    missing: tuple[str, ...]
    """In the database but not in the file; left as they are, for a person to end with a date."""
    kept_ladders: tuple[str, ...] = ()
    """Kinds of directives (`*`: all others) whose ladder a person set; the file's is not taken."""

    def sentence(self) -> str:
        """Returns what happened in one Vietnamese sentence."""
        text = (
            f"Đã nạp {self.file}: thêm {len(self.created)}, sửa {len(self.changed)}, "
            f"giữ nguyên {self.unchanged} mục."
        )
        if self.missing:
            text += (
                f" Có {len(self.missing)} mục không còn trong tệp, vẫn được giữ nguyên; "
                "muốn chấm dứt thì ghi ngày kết thúc trong tệp."
            )
        if self.kept_ladders:
            names = ", ".join(
                "mọi loại văn bản" if one == EVERY_KIND else one for one in self.kept_ladders
            )
            text += (
                f" Thang đôn đốc ({names}) đã được cán bộ đặt trong hệ thống nên vẫn giữ, không "
                "lấy theo tệp; muốn dùng thang trong tệp thì bỏ thang riêng ở Theo dõi › Đôn đốc "
                "rồi nạp lại."
            )
        return text


def load_office(
    database: Database,
    source: Path,
    *,
    at: datetime,
    actor: Actor,
    read_certificate: Callable[[bytes], CertificateFacts] = read_facts,
) -> LoadSummary:
    """Takes an office file: new rows are made, differing ones changed, none deleted.

    One transaction with its audit events: one for the file, one for each row that was changed.
    Idempotent: the same file again changes nothing and writes no event, save that it says each time
    which of its ladders was passed over because a person set another one. A refusal is written to
    the audit trail.

    Args:
        database: migrated tables.
        source: the TOML file; certificates and keys are named relative to it.
        at: aware, UTC.
        actor: who loads it.
        read_certificate: reads facts from DER; raises `ValueError` for anything else.

    Raises:
        OfficeFileRefusedError: the file is wrong somewhere; names every place with its reason.
    """
    with recording_refusals(
        database, actor, "load_office", kind="office", subject=source.name, at=at
    ):
        data = _read_bytes(source)
        entries, certificates = _accepted(data, source, read_certificate)
        with database.writing() as session:
            written = write_entries(session, entries, certificates)
            note_written(session, written, source.name, data, actor=actor, at=at)
    return summary_of(source.name, data, written)


def write_entries(
    session: Session, entries: OfficeFile, certificates: list[ReadCertificate]
) -> Written:
    """Writes what a file holds; what is owed begins a changed ladder anew. Does not commit."""
    written = write_rows(session, rows_of(entries, certificates))
    for kind in written.new_ladders:
        begin_anew(session, None if kind == EVERY_KIND else kind)
    return written


def summary_of(name: str, data: bytes, written: Written) -> LoadSummary:
    """Returns what became of a file."""
    return LoadSummary(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        created=tuple(written.created),
        changed=tuple(change.label for change in written.changed),
        unchanged=written.unchanged,
        missing=tuple(written.missing),
        kept_ladders=tuple(written.kept_ladders),
    )


def check_office_file(
    source: Path, *, read_certificate: Callable[[bytes], CertificateFacts] = read_facts
) -> tuple[Problem, ...]:
    """Tells what is wrong with an office file, without any database; empty where it is right."""
    try:
        _accepted(_read_bytes(source), source, read_certificate)
    except OfficeFileRefusedError as refusal:
        return refusal.problems
    return ()


def _read_bytes(source: Path) -> bytes:
    try:
        with source.open("rb") as stream:
            data = stream.read(SIZE_LIMIT_BYTES + 1)
    except OSError as err:
        reason = f"không đọc được tệp ({err.strerror or err})"
        raise OfficeFileRefusedError(source.name, Problem(place="tệp", reason=reason)) from err
    if len(data) > SIZE_LIMIT_BYTES:
        reason = f"tệp lớn hơn {SIZE_LIMIT_BYTES // 1024 // 1024} MB"
        raise OfficeFileRefusedError(source.name, Problem(place="tệp", reason=reason))
    return data


def _accepted(
    data: bytes, source: Path, read_certificate: Callable[[bytes], CertificateFacts]
) -> tuple[OfficeFile, list[ReadCertificate]]:
    """Returns what a file holds, or refuses it with everything that is wrong."""
    entries, lines, problems = entries_of(source.name, data)
    certificates = _read_certificates(entries, source.parent, lines, read_certificate, problems)
    if problems:
        raise OfficeFileRefusedError(source.name, *problems)
    return entries, certificates


def entries_of(name: str, data: bytes) -> tuple[OfficeFile, LineIndex, list[Problem]]:
    """Returns what a file holds, on which lines, and everything that is wrong with it by itself.

    Raises:
        OfficeFileRefusedError: it cannot be read as an office file at all.
    """
    read = read_entries(data)
    if read.entries is None:
        raise OfficeFileRefusedError(name, *read.problems)
    problems = [
        Problem(place=place_text(place, read.lines), reason=reason)
        for place, reason in check_entries(read.entries)
    ]
    return read.entries, read.lines, problems


def _read_certificates(
    entries: OfficeFile,
    folder: Path,
    lines: LineIndex,
    read_certificate: Callable[[bytes], CertificateFacts],
    problems: list[Problem],
) -> list[ReadCertificate]:
    certificates = []
    for i, entry in enumerate(entries.certificate):
        try:
            certificates.append(_certificate(entry, folder, read_certificate))
            _require_mechanism(entry, certificates[-1].der)
        except KeyRefusedError as err:
            place = place_text(("certificate", i, "key"), lines)
            problems.append(Problem(place=place, reason=err.diagnosis()))
        except (OSError, ValueError) as err:
            why = err.strerror if isinstance(err, OSError) else "không phải chứng thư PEM hoặc DER"
            reason = f"không đọc được chứng thư “{entry.file}” ({why})"
            problems.append(
                Problem(place=place_text(("certificate", i, "file"), lines), reason=reason)
            )
    return certificates


def _certificate(
    entry: CertificateEntry, folder: Path, read_certificate: Callable[[bytes], CertificateFacts]
) -> ReadCertificate:
    with (folder / entry.file).open("rb") as stream:
        data = stream.read(SIZE_LIMIT_BYTES)
    der = ssl.PEM_cert_to_DER_cert(data.decode("ascii")) if data[:5] == b"-----" else data
    facts = read_certificate(der)
    return ReadCertificate(
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=facts.name or facts.organisation or facts.serial,
        der=der,
        key_location=(
            str(folder / entry.key.location) if entry.key and entry.key.location else None
        ),
        trial=entry.trial or is_trial(der),
    )


def _require_mechanism(entry: CertificateEntry, der: bytes) -> None:
    """Refuses a mechanism that is not for this kind of key."""
    if entry.key is not None and entry.key.mechanism is not None:
        mechanism_for(SigningCertificate(der=der), entry.key.mechanism)


def note_written(
    session: Session, written: Written, file: str, data: bytes, *, actor: Actor, at: datetime
) -> None:
    """Writes the audit events of a file: one for the file, one for each row that was changed."""
    if not written.created and not written.changed and not written.kept_ladders:
        return
    for change in written.changed:
        append_event(
            session, actor=actor, deed="change_office", outcome="done", subject_kind="office",
            subject_id=change.label,
            detail={"before": dict(change.before), "after": dict(change.after)}, at=at,
        )  # fmt: skip
    append_event(
        session, actor=actor, deed="load_office", outcome="done", subject_kind="office",
        subject_id=file,
        detail={
            "sha256": hashlib.sha256(data).hexdigest(),
            "created": written.created,
            "changed": [change.label for change in written.changed],
            "missing": written.missing,
            **({"kept_ladders": written.kept_ladders} if written.kept_ladders else {}),
        },
        at=at,
    )  # fmt: skip


def register_certificate(
    database: Database,
    *,
    officer_id: str | None = None,
    organisation_id: str | None = None,
    der: bytes,
    subject: str,
    fingerprint: str,
    key_kind: str = "none",
    key_location: str | None = None,
    key_settings: dict[str, Any] | None = None,
    mechanism: str | None = None,
    trial: bool = False,
    valid_from: date,
    at: datetime,
    actor: Actor,
) -> None:
    """Registers a certificate as an officer's or an agency's, with its audit event.

    Idempotent: the same certificate for the same holder and key again changes nothing.

    Args:
        database: migrated tables.
        officer_id: its holder, or
        organisation_id: the agency whose seal it is; exactly one of the two.
        der: the certificate.
        subject: its holder's name as the certificate has it.
        fingerprint: SHA-256 of `der`, lower-case hex.
        key_kind: how its key is reached, as in `RegisteredCertificate.key_kind`.
        key_location: the file, for `pkcs12`.
        key_settings: what else finds the key; never a secret.
        mechanism: how it signs; None for the usual one of its key.
        trial: whether it is the trial authority's.
        valid_from: first day on which the office accepts it.
        at: aware, UTC.
        actor: who registers it.

    Raises:
        InvalidInputError: not exactly one holder, or the fingerprint is not the certificate's.
        NotFoundError: the holder is not in the office's data.
    """
    values = {
        "officer_id": officer_id, "organisation_id": organisation_id, "subject": subject,
        "der": der, "key_kind": key_kind, "key_location": key_location,
        "key_settings": key_settings, "mechanism": mechanism, "trial": trial,
        "valid_from": valid_from,
    }  # fmt: skip
    with (
        recording_refusals(
            database, actor, "register_certificate", kind="certificate", subject=fingerprint, at=at
        ),
        database.writing() as session,
    ):
        _check_registration(session, officer_id, organisation_id, der, fingerprint)
        if _register(session, fingerprint, values):
            append_event(
                session, actor=actor, deed="register_certificate", outcome="done",
                subject_kind="certificate", subject_id=fingerprint,
                detail={name: value for name, value in values.items() if name != "der"}, at=at,
            )  # fmt: skip


def _check_registration(
    session: Session,
    officer_id: str | None,
    organisation_id: str | None,
    der: bytes,
    fingerprint: str,
) -> None:
    if (officer_id is None) == (organisation_id is None):
        reason = "phải thuộc về đúng một cán bộ hoặc một cơ quan"
        raise InvalidInputError(Problem(place="Chứng thư", reason=reason))
    if hashlib.sha256(der).hexdigest() != fingerprint:
        reason = "không khớp với chứng thư; kiểm tra lại tệp"
        raise InvalidInputError(Problem(place="Dấu vân tay", reason=reason))
    if officer_id is not None and session.get(Officer, officer_id) is None:
        raise NotFoundError("cán bộ", officer_id)
    if organisation_id is not None and session.get(Organisation, organisation_id) is None:
        raise NotFoundError("cơ quan", organisation_id)


def _register(session: Session, fingerprint: str, values: dict[str, Any]) -> bool:
    """Makes or changes the row; tells whether anything was done."""
    row = session.get(RegisteredCertificate, fingerprint)
    if row is None:
        session.add(RegisteredCertificate(fingerprint=fingerprint, **values))
        return True
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)
