"""The part "Sau phát hành" of a directive's page: what happened, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.amending.rights import AMENDERS, IN_FORCE
from actions.amending.showing import amended_by, amendments_of
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DeliveryState, DirectiveState
from models.officer import Role
from models.organisation import Organisation
from portal.identity import Person

MOST_CHOICES: Final = 200
_LETTER: Final = "công văn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A directive that may replace or correct another one."""

    key: str
    words: str
    corrects: bool
    """Only a công văn does."""


def after_issue(session: Session, directive: Directive, person: Person) -> dict[str, Any]:
    """Returns what the part shows; nothing to do for whoever may not, or before issue."""
    held = person.roles.get(directive.organisation_id, frozenset())
    in_force = DirectiveState(directive.state) in IN_FORCE
    may = in_force and bool(held & {*AMENDERS})
    views = amendments_of(session, directive) if directive.issued_at else []
    return {
        "amendments": views,
        "amended_by": amended_by(session, directive) if directive.issued_at else [],
        "may_amend": may,
        "may_note_answers": Role.REGISTRY_CLERK in held,
        "choices": _choices(session, directive) if may else [],
        "has_it": _units(session, directive) if may else [],
    }


def _choices(session: Session, directive: Directive) -> list[Choice]:
    found = session.scalars(
        select(Directive)
        .where(
            Directive.organisation_id == directive.organisation_id,
            Directive.id != directive.id,
            Directive.state.in_([state.value for state in IN_FORCE]),
        )
        .order_by(Directive.issued_at.desc())
        .limit(MOST_CHOICES)
    )
    return [
        Choice(
            key=str(one.id), words=f"{one.number_text}: {one.subject}"[:120],
            corrects=one.doc_type.strip().casefold() == _LETTER,
        )
        for one in found
    ]  # fmt: skip


def _units(session: Session, directive: Directive) -> Sequence[tuple[str, str]]:
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .join(Consignment, Consignment.organisation_id == Organisation.id)
        .where(
            Consignment.directive_id == directive.id,
            Consignment.rerouted_to_id.is_(None),
            Consignment.state != DeliveryState.RECALLED,
        )
        .order_by(Organisation.sort_key)
    )
    return [(key, name) for key, name in rows]
