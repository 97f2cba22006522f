"""Whom the office trusts: anchors are looked at, added, changed and taken away, with a record.

The anchors lie in the office's trust folder, where `trinhky verify` finds them without a database.
The folder is written last, inside the transaction of the audit event: where it cannot be written,
nothing is recorded.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.anchor_rows import (
    AnchorRow,
    Standing,
    find_anchor,
    held_anchors,
    readable,
    row_of,
    seen_of,
)
from actions.auditing import Actor, append_event
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.recording import recording_refusals
from models.organisation import Office, Organisation
from models.session import Database
from signing.anchors import add_anchor, remove_anchor, terms_of
from signing.certificates import read_facts
from signing.errors import TrustStoreError
from signing.trust import Anchor, Purpose, anchors_in, load_anchors
from signing.words import say_day

_ADD: Final = "add_trust_anchor"
_CHANGE: Final = "change_trust_anchor"
_REMOVE: Final = "remove_trust_anchor"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file with certificates that somebody sends; it lies nowhere."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A certificate of a file, before anybody trusts it."""

    row: AnchorRow
    is_trusted: bool
    """Whether it is trusted already; what is said of it would be said anew."""


def look_at_anchors(
    database: Database, folder: Path, file: Path | SentFile, *, at: datetime, actor: Actor
) -> tuple[Offered, ...]:
    """Returns the certificates of a file, to be compared with what their issuer publishes.

    Nothing is trusted. A file that can never be taken is refused here, as when it is added.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: it holds no certificate, one that has expired, or a private key.
    """
    with recording_refusals(database, actor, _ADD, kind="trust_anchor", subject=file.name, at=at):
        with database.reading() as session:
            require_administrator(session, actor, at, "thêm chứng thư gốc tin cậy")
        rows = [row_of(one, at) for one in _loaded(file)]
        _refuse(one for each in rows for one in _expired(each))
        known = {one.sha256_hex: one for one in held_anchors(folder)}
    return tuple(
        Offered(row=row_of(known[key], at) if key in known else one, is_trusted=key in known)
        for one in rows
        if (key := one.fingerprint)
    )


def add_trust_anchors(
    database: Database,
    folder: Path,
    file: Path | SentFile,
    terms: AnchorTerms,
    *,
    seen: Collection[str] | None = None,
    at: datetime,
    actor: Actor,
) -> tuple[Anchor, ...]:
    """Trusts every certificate of a file, on terms; says it anew of those that are trusted.

    Args:
        database: migrated tables.
        folder: the office's trust folder.
        file: PEM, DER or P7B; its content decides.
        terms: for whom, for what, when and why.
        seen: fingerprints that the certificates of the file must have, these and no others, as
            they were looked at or as their issuer publishes them. None: nothing is compared.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: a certificate or a term cannot be right, or the folder cannot be used;
            nothing was added.
    """
    with _deciding(database, folder, actor, _ADD, file.name, at=at) as session:
        require_administrator(session, actor, at, "thêm chứng thư gốc tin cậy")
        loaded = _loaded(file)
        rows = [row_of(one, at) for one in loaded]
        _refuse([*_wrong_terms(terms), *(one for each in rows for one in _unfit(each, terms))])
        _refuse(_unseen(loaded, seen))
        anchors = tuple(_on_terms(session, one, terms) for one in loaded)
        for anchor in anchors:
            _note(session, actor, _ADD, anchor, at=at)
        for anchor in anchors:
            add_anchor(folder, anchor)
    return anchors


def change_trust_anchor(
    database: Database,
    folder: Path,
    fingerprint: str,
    terms: AnchorTerms,
    *,
    seen: str,
    at: datetime,
    actor: Actor,
) -> Anchor:
    """Says anew what a trusted certificate is good for. What was judged before stays.

    One that has expired may be changed too: its source or name may have been wrong.

    Args:
        database: migrated tables.
        folder: the office's trust folder.
        fingerprint: as `remove_trust_anchor` takes it.
        terms: whole, in place of what was said before.
        seen: names what was said of it when it was looked at (`AnchorRow.seen`).
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: no anchor has that fingerprint.
        WrongStateError: somebody else has said something else of it meanwhile.
        InvalidInputError: a term cannot be right, or the folder cannot be used.
    """
    with _deciding(database, folder, actor, _CHANGE, fingerprint, at=at) as session:
        require_administrator(session, actor, at, "khai lại chứng thư gốc tin cậy")
        old = find_anchor(folder, fingerprint)
        _refuse(_wrong_terms(terms))
        if seen_of(old) != seen:
            raise WrongStateError(
                "Chứng thư gốc", expected=("chưa ai sửa từ lúc mở trang",),
                actual="vừa được người khác sửa",
            )  # fmt: skip
        new = _on_terms(session, old, terms)
        if new != old:
            _note(session, actor, _CHANGE, new, at=at)
            add_anchor(folder, new)
    return new


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
        InvalidInputError: several have, there is no reason, its file holds others too, or the
            folder cannot be used.
    """
    with _deciding(database, folder, actor, _REMOVE, fingerprint, at=at) as session:
        require_administrator(session, actor, at, "bỏ chứng thư gốc tin cậy")
        _refuse(_blank("Lý do", reason))
        anchor = find_anchor(folder, fingerprint)
        told = replace(anchor, reason=reason.strip())
        _note(session, actor, _REMOVE, told, at=at)
        try:
            remove_anchor(folder, anchor.sha256_hex)
        except TrustStoreError as err:
            raise InvalidInputError(
                Problem(place="Tệp", reason="tệp này chứa nhiều chứng thư; tách ra rồi làm lại.")
            ) from err
    return anchor


@contextmanager
def _deciding(
    database: Database, folder: Path, actor: Actor, deed: str, subject: str, *, at: datetime
) -> Iterator[Session]:
    """The frame of a change: one transaction, one at a time, so that the folder's list is whole."""
    with (
        recording_refusals(database, actor, deed, kind="trust_anchor", subject=subject, at=at),
        database.writing() as session,
    ):
        session.execute(select(Office.id).with_for_update())
        with readable(folder):
            yield session


def _loaded(file: Path | SentFile) -> tuple[Anchor, ...]:
    """The certificates of a file, each once."""
    if isinstance(file, SentFile) and b"PRIVATE KEY" in file.content:
        said = "tệp này có khoá bí mật; chỉ nộp chứng thư, giữ kín tệp kia."
        raise InvalidInputError(Problem(place="Chứng thư", reason=said))
    try:
        found = (
            anchors_in(file.content, file.name)
            if isinstance(file, SentFile)
            else load_anchors([file])
        )
    except TrustStoreError as err:
        reason = "không đọc được chứng thư nào; cần tệp PEM, DER hoặc P7B."
        raise InvalidInputError(Problem(place=file.name, reason=reason)) from err
    return tuple({one.sha256_hex: one for one in found}.values())


def _on_terms(session: Session, anchor: Anchor, terms: AnchorTerms) -> Anchor:
    return replace(
        anchor,
        name=terms.name.strip() or read_facts(anchor.der).name,
        source=terms.source.strip(),
        reason=terms.reason.strip(),
        since=terms.since,
        until=terms.until,
        purposes=terms.purposes,
        organisations=tuple(_organisation(session, one) for one in terms.organisations),
    )


def _wrong_terms(terms: AnchorTerms) -> list[Problem]:
    problems = [*_blank("Nguồn", terms.source), *_blank("Lý do", terms.reason)]
    if terms.since and terms.until and terms.until < terms.since:
        problems.append(Problem(place="Thời hạn", reason="ngày cuối ở trước ngày đầu."))
    if not terms.purposes:
        problems.append(Problem(place="Mục đích", reason="ghi ít nhất một mục đích."))
    return problems


def _unfit(row: AnchorRow, terms: AnchorTerms) -> list[Problem]:
    """What makes a certificate no anchor. Source: RFC 5280, 4.2.1.9 (basic constraints)."""
    problems = _expired(row)
    if not terms.end_entity and not row.may_issue:
        reason = (
            "không phải chứng thư của cơ quan chứng thực; nếu vẫn muốn tin, chọn nhận cả chứng "
            "thư loại này (ở lệnh: --end-entity)."
        )
        problems.append(Problem(place=row.own_name, reason=reason))
    return problems


def _expired(row: AnchorRow) -> list[Problem]:
    if row.standing is not Standing.EXPIRED:
        return []
    reason = f"chứng thư đã hết hạn ngày {say_day(row.facts.not_after)}."
    return [Problem(place=row.own_name, reason=reason)]


def _unseen(anchors: Iterable[Anchor], seen: Collection[str] | None) -> list[Problem]:
    if seen is None or {one.sha256_hex for one in anchors} == {one.lower() for one in seen}:
        return []
    reason = "không khớp với chứng thư trong tệp; hỏi lại nơi cấp, chưa tin tệp này."
    return [Problem(place="Dấu vân tay", reason=reason)]


def _organisation(session: Session, given: str) -> str:
    known = session.get(Organisation, given)
    return known.name if known is not None else given.strip()


def _blank(place: str, text: str) -> list[Problem]:
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
