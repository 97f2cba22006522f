"""Reading a paper in: the reader of `documents`, the date phrases of `deadlines`, our directory."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from deadlines.phrases import find_phrases
from documents.intake.reading import read_text
from documents.intake.result import IntakeResult, KnownUnit
from models.organisation import Organisation, UnitGroup


def known_units(session: Session, day: date) -> tuple[KnownUnit, ...]:
    """Returns the organisations that exist on a day, and all groups, as the reader wants them."""
    organisations = session.scalars(
        select(Organisation)
        .where(
            Organisation.valid_from <= day,
            or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
        )
        .order_by(Organisation.id)
    )
    groups = session.scalars(select(UnitGroup).order_by(UnitGroup.id))
    return (
        *(KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases)) for one in organisations),
        *(
            KnownUnit(id=one.id, name=one.name, aliases=tuple(one.aliases), group=True)
            for one in groups
        ),
    )


def read_paper(text: str, directory: tuple[KnownUnit, ...] = ()) -> IntakeResult:
    """Proposes every field of a paper; nothing is stored.

    Args:
        text: the paper as it came, also damaged.
        directory: units and groups whose names are restored; without them names stay as read.
    """
    return read_text(text, directory=directory, phrases=find_phrases)
