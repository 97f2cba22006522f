"""Whether a paper is real: what anybody may learn of an issued directive. Nothing confidential.

Number, day, kind, issuer, whether it is in force, who signed and sealed. No subject unless the
office says so, no recipients, no tasks, no reasons. What was not issued is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.public_codes import shown_code
from models.amendment import Amendment
from models.base import DirectiveId
from models.directive import Directive, Document
from models.officer import Officer
from models.organisation import Office, Organisation
from models.signature import Signature

_ISSUED_KINDS = ("sealed", "archived")
_WEIGHT = {"recall": 0, "replace": 0, "correct": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSignature:
    """Who signed or sealed, and when."""

    is_seal: bool
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPaper:
    """An issued directive as anybody may see it."""

    directive_id: DirectiveId
    code: str
    """As it is printed; empty of a paper that bears none."""
    number: str
    day: date | None
    doc_type: str
    issuer: str
    subject: str
    """Empty unless the office shows it."""
    standing: str
    """in_force, corrected, replaced or recalled."""
    sentence: str
    """The standing in words."""
    signatures: tuple[PublicSignature, ...]


def paper_by_code(session: Session, code: str) -> PublicPaper | None:
    """Returns the issued directive with a code; None where there is none, for whatever reason."""
    found = session.scalars(
        select(Directive).where(Directive.public_code == code, Directive.issued_at.is_not(None))
    ).one_or_none()
    return _paper(session, found) if found is not None else None


def paper_by_number(session: Session, number: str, day: date) -> PublicPaper | None:
    """Returns the issued directive with a number and a day; None where there is none.

    Also None where the office lets nobody look by number.

    Args:
        session: A look.
        number: As printed; capitals and spaces do not matter.
        day: Printed beside it.
    """
    if not session.scalar(select(Office.found_by_number)):
        return None
    rows = session.scalars(
        select(Directive).where(Directive.issue_date == day, Directive.issued_at.is_not(None))
    )
    wanted = _plain(number)
    found = next((one for one in rows if _plain(one.number_text or "") == wanted), None)
    return _paper(session, found) if found is not None and wanted else None


def is_issued_file(session: Session, paper: PublicPaper, sha256_hex: str) -> bool:
    """Tells whether a file is, byte for byte, one that was issued of this paper."""
    return (
        session.scalars(
            select(Document.id).where(
                Document.directive_id == paper.directive_id,
                Document.sha256 == sha256_hex,
                Document.kind.in_(_ISSUED_KINDS),
            )
        ).first()
        is not None
    )


def _plain(number: str) -> str:
    return "".join(number.split()).casefold().removeprefix("số:").removeprefix("số")


def _paper(session: Session, directive: Directive) -> PublicPaper:
    standing, sentence = _standing(session, directive)
    shows = session.scalar(select(Office.code_shows_subject))
    return PublicPaper(
        directive_id=directive.id,
        code=shown_code(directive.public_code) if directive.public_code else "",
        number=directive.number_text or "",
        day=directive.issue_date,
        doc_type=directive.doc_type,
        issuer=session.get_one(Organisation, directive.organisation_id).name,
        subject=directive.subject if shows else "",
        standing=standing,
        sentence=sentence,
        signatures=tuple(_signatures(session, directive)),
    )


def _signatures(session: Session, directive: Directive) -> Sequence[PublicSignature]:
    rows = session.execute(
        select(Signature, Officer.name)
        .join(Officer, Officer.id == Signature.officer_id)
        .where(Signature.directive_id == directive.id, Signature.state == "completed")
        .order_by(Signature.kind)
    ).all()
    issuer = session.get_one(Organisation, directive.organisation_id).name
    return [
        PublicSignature(
            is_seal=one.kind == "seal",
            name=issuer if one.kind == "seal" else officer,
            at=one.completed_at,
        )
        for one, officer in rows
    ]


def _standing(session: Session, directive: Directive) -> tuple[str, str]:
    """A recall or replacement counts for more than a correction, however old."""
    rows = session.scalars(
        select(Amendment)
        .where(Amendment.directive_id == directive.id, Amendment.kind.in_(tuple(_WEIGHT)))
        .order_by(Amendment.at.desc())
    )
    made = next(iter(sorted(rows, key=lambda one: _WEIGHT[one.kind])), None)
    if made is None:
        return "in_force", "Còn hiệu lực: chưa bị thu hồi, thay thế hay đính chính."
    day = local_day(made.at)
    on = f"ngày {day.day}/{day.month}/{day.year}"
    if made.kind == "recall":
        return "recalled", f"Đã bị thu hồi {on}. Không sử dụng văn bản này."
    other = _named(session, made)
    if made.kind == "replace":
        return "replaced", f"Đã được thay thế {on}{f' bằng {other}' if other else ''}."
    return "corrected", f"Còn hiệu lực; đã được đính chính {on}{f' tại {other}' if other else ''}."


def _named(session: Session, made: Amendment) -> str:
    """Kind, number and day of the other paper, once it was issued."""
    other = session.get(Directive, made.other_directive_id) if made.other_directive_id else None
    if other is None or other.issued_at is None:
        return ""
    day = other.issue_date
    dated = f" ngày {day.day}/{day.month}/{day.year}" if day else ""
    return f"{other.doc_type} số {other.number_text}{dated}"
