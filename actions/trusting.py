"""Whom the office trusts: anchors are added and taken away by an administrator, with a record.

The anchors lie in the office's trust folder, where `trinhky verify` finds them without a database.
The folder is written last, inside the transaction of the audit event: where it cannot be written,
nothing is recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.recording import recording_refusals
from models.organisation import Organisation
from models.session import Database
from signing.anchors import add_anchor, read_anchors, remove_anchor, terms_of
from signing.certificates import read_facts
from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault
from signing.errors import TrustStoreError
from signing.trust import Anchor, Purpose, load_anchors
from signing.words import say_day

_SHORTEST_PREFIX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorTerms:
    """What the office says of the anchors in one file."""

    source: str
    """Where the file is from."""

    reason: str
    name: str = ""
    """Empty: each certificate's own."""

    since: date | None = None
    until: date | None = None
    purposes: frozenset[Purpose] = frozenset(Purpose)
    organisations: tuple[str, ...] = ()
    """Identifiers of this office's organisations, or names as certificates say them; empty: all."""

    end_entity: bool = False
    """Also certificates that may not issue others."""


def add_trust_anchors(
    database: Database, folder: Path, file: Path, terms: AnchorTerms, *, at: datetime, actor: Actor
) -> tuple[Anchor, ...]:
    """Trusts every certificate of a file, on terms; says it anew of those that are trusted.

    Args:
        database: migrated tables.
        folder: the office's trust folder.
        file: PEM, DER or P7B; its content decides.
        terms: for whom, for what, when and why.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: a certificate or a term cannot be right; nothing was added.
        TrustStoreError: the office's own list cannot be understood.
        OSError: the folder cannot be written.
    """
    with (
        recording_refusals(
            database, actor, "add_trust_anchor", kind="trust_anchor", subject=file.name, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "thêm chứng thư gốc tin cậy")
        anchors = _anchors(session, file, terms, at)
        for anchor in anchors:
            _note(session, actor, "add_trust_anchor", anchor, at=at)
        for anchor in anchors:
            add_anchor(folder, anchor)
    return anchors


def remove_trust_anchor(
    database: Database, folder: Path, fingerprint: str, reason: str, *, at: datetime, actor: Actor
) -> Anchor:
    """Trusts a certificate no longer. What was judged before stays as it was recorded.

    Args:
        database: migrated tables.
        folder: the office's trust folder.
        fingerprint: SHA-256 of the certificate in hexadecimal, or its first eight digits or more.
        reason: for the record.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: no anchor has that fingerprint.
        InvalidInputError: several have, there is no reason, or its file holds others too.
        OSError: the folder cannot be written.
    """
    with (
        recording_refusals(
            database, actor, "remove_trust_anchor", kind="trust_anchor", subject=fingerprint, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "bỏ chứng thư gốc tin cậy")
        _refuse(_missing("Lý do", reason))
        anchor = find_anchor(folder, fingerprint)
        told = replace(anchor, reason=reason.strip())
        _note(session, actor, "remove_trust_anchor", told, at=at)
        try:
            remove_anchor(folder, anchor.sha256_hex)
        except TrustStoreError as err:
            raise InvalidInputError(
                Problem(place="Tệp", reason="tệp này chứa nhiều chứng thư; tách ra rồi làm lại.")
            ) from err
    return anchor


def find_anchor(folder: Path, fingerprint: str) -> Anchor:
    """Returns the one anchor whose fingerprint begins so.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: there are several, or too few digits were given.
    """
    wanted = fingerprint.strip().lower().replace(":", "")
    if len(wanted) < _SHORTEST_PREFIX:
        reason = f"ghi ít nhất {_SHORTEST_PREFIX} chữ số đầu của dấu vân tay SHA-256."
        raise InvalidInputError(Problem(place="Chứng thư gốc", reason=reason))
    anchors = read_anchors(folder) if folder.is_dir() else ()
    found = [one for one in anchors if one.sha256_hex.startswith(wanted)]
    if not found:
        raise NotFoundError("chứng thư gốc", fingerprint)
    if len(found) > 1:
        reason = "có nhiều chứng thư bắt đầu như vậy; ghi thêm chữ số."
        raise InvalidInputError(Problem(place="Chứng thư gốc", reason=reason))
    return found[0]


def _anchors(session: Session, file: Path, terms: AnchorTerms, at: datetime) -> tuple[Anchor, ...]:
    try:
        loaded = load_anchors([file])
    except TrustStoreError as err:
        reason = "không đọc được chứng thư nào; cần tệp PEM, DER hoặc P7B."
        raise InvalidInputError(Problem(place=file.name, reason=reason)) from err
    _refuse([*_wrong_terms(terms), *(one for each in loaded for one in _unfit(each, terms, at))])
    names = tuple(_organisation(session, one) for one in terms.organisations)
    return tuple(
        replace(
            one,
            name=terms.name.strip() or read_facts(one.der).name,
            source=terms.source.strip(),
            reason=terms.reason.strip(),
            since=terms.since,
            until=terms.until,
            purposes=terms.purposes,
            organisations=names,
        )
        for one in loaded
    )


def _wrong_terms(terms: AnchorTerms) -> list[Problem]:
    problems = [*_missing("Nguồn", terms.source), *_missing("Lý do", terms.reason)]
    if terms.since and terms.until and terms.until < terms.since:
        problems.append(Problem(place="Thời hạn", reason="ngày cuối ở trước ngày đầu."))
    if not terms.purposes:
        problems.append(Problem(place="Mục đích", reason="ghi ít nhất một mục đích."))
    return problems


def _unfit(anchor: Anchor, terms: AnchorTerms, at: datetime) -> list[Problem]:
    """What makes a certificate no anchor. Source: RFC 5280, 4.2.1.9 (basic constraints)."""
    facts = read_facts(anchor.der)
    place = facts.name or anchor.sha256_hex[:16]
    problems = []
    if facts.not_after < at:
        reason = f"chứng thư đã hết hạn ngày {say_day(facts.not_after)}."
        problems.append(Problem(place=place, reason=reason))
    if not terms.end_entity and not _may_issue(anchor.der):
        reason = "không phải chứng thư của cơ quan chứng thực; nếu vẫn muốn, thêm --end-entity."
        problems.append(Problem(place=place, reason=reason))
    return problems


def _may_issue(der: bytes) -> bool:
    try:
        return parse_certificate(der).is_authority
    except DerFault:
        return False


def _organisation(session: Session, given: str) -> str:
    known = session.get(Organisation, given)
    return known.name if known is not None else given.strip()


def _missing(place: str, text: str) -> list[Problem]:
    return [] if text.strip() else [Problem(place=place, reason="không được để trống.")]


def _refuse(problems: Iterable[Problem]) -> None:
    found: Sequence[Problem] = tuple(problems)
    if found:
        raise InvalidInputError(*found)


def _note(session: Session, actor: Actor, deed: str, anchor: Anchor, *, at: datetime) -> None:
    append_event(
        session, actor=actor, deed=deed, outcome="done", subject_kind="trust_anchor",
        subject_id=anchor.sha256_hex, detail=terms_of(anchor), at=at,
    )  # fmt: skip
