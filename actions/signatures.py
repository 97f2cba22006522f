"""The rows of signatures: which one lives, which certificates may be used, what is abandoned.

planned -> keyed -> completed, or abandoned. A planned one that never got its key is abandoned by
the next attempt or by a return; a keyed one is finished by the machine and bars every other step.
"""

from datetime import date

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.orm import Session

from actions.desk import Deed
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.signature import Signature
from signing.request import SignatureKind

PLANNED, KEYED, COMPLETED, ABANDONED = "planned", "keyed", "completed", "abandoned"
"""States of a signature."""


def living_signature(
    session: Session, directive_id: DirectiveId, kind: SignatureKind
) -> Signature | None:
    """Returns the one signature of a kind that was not abandoned, or None."""
    return session.scalars(
        select(Signature).where(
            Signature.directive_id == directive_id,
            Signature.kind == kind.value,
            Signature.state != ABANDONED,
        )
    ).one_or_none()


def is_being_signed(session: Session, directive_id: DirectiveId) -> bool:
    """Tells whether a key has signed and the machine has not finished yet."""
    keyed = select(Signature.id).where(
        Signature.directive_id == directive_id, Signature.state == KEYED
    )
    return session.scalars(keyed).first() is not None


def abandon_planned(deed: Deed, directive_id: DirectiveId, problem: str) -> None:
    """Gives up signatures whose key was never touched. Does not commit."""
    deed.session.execute(
        update(Signature)
        .where(Signature.directive_id == directive_id, Signature.state == PLANNED)
        .values(state=ABANDONED, problem=problem)
    )


def mark_timestamped(deed: Deed, directive_id: DirectiveId) -> int:
    """Notes that an archive time stamp now covers whatever had none. Does not commit.

    Returns:
        How many signatures had been without.
    """
    changed = deed.session.execute(
        update(Signature)
        .where(
            Signature.directive_id == directive_id,
            Signature.state == COMPLETED,
            Signature.without_timestamp.is_(True),
        )
        .values(without_timestamp=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def without_timestamp(session: Session, directive_id: DirectiveId) -> tuple[str, ...]:
    """Returns the kinds (`officer`, `seal`) of the signatures that still lack a time stamp."""
    return tuple(
        session.scalars(
            select(Signature.kind)
            .where(
                Signature.directive_id == directive_id,
                Signature.state == COMPLETED,
                Signature.without_timestamp.is_(True),
            )
            .order_by(Signature.completed_at)
        )
    )


_LACKING_WORDS = {"officer": "Chữ ký của lãnh đạo", "seal": "Dấu của cơ quan"}


def timestamp_words(session: Session, directive_id: DirectiveId) -> str:
    """Returns what its signatures lack, for people; empty where every one has a time stamp."""
    names = [_LACKING_WORDS[kind] for kind in without_timestamp(session, directive_id)]
    if not names:
        return ""
    first, *rest = names
    who = " và ".join((first, *(name[:1].lower() + name[1:] for name in rest)))
    return f"{who} chưa có dấu thời gian; hệ thống tự bổ sung khi máy chủ dấu thời gian trả lời."


def count_without_timestamp(session: Session) -> int:
    """Returns how many directives have a signature that still lacks a time stamp."""
    found = select(func.count(distinct(Signature.directive_id))).where(
        Signature.state == COMPLETED, Signature.without_timestamp.is_(True)
    )
    return int(session.scalar(found) or 0)


def usable_certificate(
    session: Session,
    day: date,
    *,
    officer_id: str | None = None,
    organisation_id: str | None = None,
) -> RegisteredCertificate | None:
    """Returns the newest certificate with a key here, registered for a holder on a day, or None.

    Args:
        session: an open session.
        day: the day of signing.
        officer_id: the officer whose own it must be; or
        organisation_id: the agency whose it must be.
    """
    return session.scalars(
        select(RegisteredCertificate)
        .where(
            RegisteredCertificate.officer_id == officer_id
            if officer_id is not None
            else RegisteredCertificate.organisation_id == organisation_id,
            RegisteredCertificate.key_kind != "none",
            RegisteredCertificate.valid_from <= day,
            or_(RegisteredCertificate.valid_to.is_(None), RegisteredCertificate.valid_to >= day),
        )
        .order_by(RegisteredCertificate.valid_from.desc(), RegisteredCertificate.fingerprint)
    ).first()
