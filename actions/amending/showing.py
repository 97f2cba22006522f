"""What happened to a directive after issue, as its page and the pages of units show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.answers.moving import current
from actions.desk import local_day
from actions.wording import directive_line
from models.amendment import Amendment
from models.directive import Directive, Document
from models.dispatch import Consignment
from models.lifecycle import DeliveryState
from models.officer import Officer
from models.organisation import Organisation

_S = DeliveryState
AMENDMENT_WORDS: Final = {
    "recall": "Thu hồi văn bản",
    "replace": "Thay thế",
    "update": "Sửa nơi nhận",
    "correct": "Đính chính",
}
"""Kind of amendment, to its words."""
NEVER_THERE: Final = (_S.PLANNED, _S.HELD, _S.BOUNCED, _S.FAILED)
"""States before a recall in which the unit had nothing to give back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAnswer:
    """How one unit stands with what it was asked to give back."""

    consignment: Consignment
    unit: str
    answer: str
    """waiting, agreed, refused or unsent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentView:
    """One amendment with what the units say."""

    amendment: Amendment
    words: str
    """`Thu hồi`, `Thay thế`…"""
    officer: str
    other: Directive | None
    added: tuple[str, ...] = ()
    """Names of units that were added."""
    answers: tuple[UnitAnswer, ...] = ()

    def count(self, answer: str) -> int:
        """Returns how many units answered so."""
        return sum(one.answer == answer for one in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNote:
    """What a unit must know of a directive before it uses it."""

    heading: str
    sentence: str
    asks: bool = False
    """Whether the unit is asked to agree."""
    refused: bool = False
    """Whether it refused; it may still agree."""
    agreed: bool = False
    """Whether it agreed; one that the paper had not reached was not asked."""
    in_force: bool = False
    """True for a correction: the directive still holds."""
    other_number: str = ""


def amendments_of(session: Session, directive: Directive) -> list[AmendmentView]:
    """Returns the amendments of a directive, the last one first."""
    rows = session.execute(
        select(Amendment, Officer.name)
        .join(Officer, Officer.id == Amendment.officer_id)
        .where(Amendment.directive_id == directive.id)
        .order_by(Amendment.at.desc())
    ).all()
    answers = _answers(session, directive) if rows else []
    return [_view(session, made, name, answers) for made, name in rows]


def amended_by(session: Session, directive: Directive) -> list[tuple[str, Directive]]:
    """Returns what a directive replaces or corrects: words and the earlier directive."""
    rows = session.execute(
        select(Amendment.kind, Directive)
        .join(Directive, Directive.id == Amendment.directive_id)
        .where(Amendment.other_directive_id == directive.id)
        .order_by(Amendment.at)
    )
    return [(AMENDMENT_WORDS[kind], old) for kind, old in rows]


def unit_note(session: Session, directive: Directive, organisation_id: str) -> UnitNote | None:
    """Returns what a unit must know; None where the directive stands as it was sent."""
    consignment = current(session, directive.id, organisation_id)
    for made in _newest_first(session, directive):
        if made.kind == "update" and organisation_id not in made.detail.get("removed", ()):
            continue
        return _note(session, directive, made, consignment)
    return None


def public_note(session: Session, sha256_hex: str) -> UnitNote | None:
    """Returns what anybody must know of a paper of ours by its digest; None where it holds."""
    directive = session.scalars(
        select(Directive)
        .join(Document, Document.directive_id == Directive.id)
        .where(Document.sha256 == sha256_hex, Document.kind.in_(("sealed", "archived")))
    ).first()
    if directive is None:
        return None
    made = next((one for one in _newest_first(session, directive) if one.kind != "update"), None)
    return _note(session, directive, made, None, public=True) if made else None


def _newest_first(session: Session, directive: Directive) -> Sequence[Amendment]:
    """A recall or replacement counts for more than a correction, however old."""
    rows = session.scalars(
        select(Amendment)
        .where(Amendment.directive_id == directive.id)
        .order_by(Amendment.at.desc())
    ).all()
    weight = {"recall": 0, "replace": 0, "update": 1, "correct": 2}
    return sorted(rows, key=lambda one: weight[one.kind])


def _note(
    session: Session,
    directive: Directive,
    made: Amendment,
    consignment: Consignment | None,
    *,
    public: bool = False,
) -> UnitNote:
    """The reason is for the units that got the directive, not for everybody."""
    other = session.get(Directive, made.other_directive_id) if made.other_directive_id else None
    number, line = (other.number_text or "", directive_line(other)) if other else ("", "")
    day = f"{local_day(made.at):%d/%m/%Y}"
    ours = f"{directive.doc_type} số {directive.number_text}"
    state = consignment.state if consignment else ""
    if made.kind == "correct":
        words = _corrected_words(made) + ("" if public else made.reason)
        return UnitNote(
            heading="Văn bản này đã được đính chính",
            sentence=f"{ours} được đính chính ngày {day} tại {line}. {words}".strip(),
            in_force=True, other_number=number,
        )  # fmt: skip
    replaced = f"{ours} được thay thế ngày {day} bằng {line}."
    heading, said = {
        "recall": ("Văn bản này đã bị thu hồi", f"{ours} bị thu hồi ngày {day}."),
        "replace": ("Văn bản này đã được thay thế", replaced),
        "update": ("Đơn vị không còn là nơi nhận", f"Nơi nhận của {ours} được sửa ngày {day}."),
    }[made.kind]
    return UnitNote(
        heading=heading, sentence=said if public else f"{said} Lý do: {made.reason}",
        asks=state in (_S.RECALL_ASKED, _S.RECALL_REFUSED), refused=state == _S.RECALL_REFUSED,
        agreed=consignment is not None and state == _S.RECALLED
        and consignment.state_before_recall not in NEVER_THERE,
        other_number=number,
    )  # fmt: skip


def _corrected_words(made: Amendment) -> str:
    printed, right = made.detail.get("printed"), made.detail.get("corrected")
    if printed and right:
        return f"“{printed}” đọc là “{right}”. "
    return ""


def _view(
    session: Session, made: Amendment, officer: str, answers: Sequence[UnitAnswer]
) -> AmendmentView:
    mine: Sequence[UnitAnswer] = ()
    if made.kind in ("recall", "replace"):
        mine = answers
    elif made.kind == "update":
        removed = made.detail.get("removed", ())
        mine = [one for one in answers if one.consignment.organisation_id in removed]
    other = session.get(Directive, made.other_directive_id) if made.other_directive_id else None
    return AmendmentView(
        amendment=made, words=AMENDMENT_WORDS[made.kind], officer=officer, other=other,
        added=_names(session, made.detail.get("added", ())), answers=tuple(mine),
    )  # fmt: skip


def _names(session: Session, keys: Sequence[str]) -> tuple[str, ...]:
    query = (
        select(Organisation.name).where(Organisation.id.in_(keys)).order_by(Organisation.sort_key)
    )
    return tuple(session.scalars(query))


def _answers(session: Session, directive: Directive) -> list[UnitAnswer]:
    rows = session.execute(
        select(Consignment, Organisation.name)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(
            Consignment.directive_id == directive.id,
            Consignment.rerouted_to_id.is_(None),
            Consignment.state_before_recall.is_not(None),
        )
        .order_by(Organisation.sort_key)
    )
    return [UnitAnswer(consignment=one, unit=name, answer=_answer(one)) for one, name in rows]


def _answer(one: Consignment) -> str:
    if one.state == _S.RECALL_ASKED:
        return "waiting"
    if one.state == _S.RECALL_REFUSED:
        return "refused"
    return "unsent" if one.state_before_recall in NEVER_THERE else "agreed"


def unit_keys(session: Session, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Returns organisations by what was typed for them, and what nobody bears.

    Args:
        session: a look.
        names: names, other names, abbreviations or identifiers, in any case.
    """
    wanted = {name.strip().casefold(): name.strip() for name in names if name.strip()}
    found: dict[str, str] = {}
    for one in session.scalars(select(Organisation).where(Organisation.valid_to.is_(None))):
        for known in (one.id, one.name, one.abbreviation, *one.aliases):
            if known and known.casefold() in wanted:
                found[wanted[known.casefold()]] = one.id
    return found, [name for name in wanted.values() if name not in found]
