"""Which unit a typed name means."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from actions.listing.sight import Reader
from models.organisation import Organisation
from models.search import folded

MOST_NAMED: Final = 8
"""Units that are offered where several are meant."""
LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A unit, by identifier and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a typed name came to."""

    unit: Named | None = None
    """The one that is meant."""
    others: tuple[Named, ...] = ()
    """Where several may be: the first of them."""
    is_more: bool = False


def unit_meant(reader: Reader, typed: str) -> Meant:
    """Returns the unit with that identifier, name, short name; else those whose name holds it.

    Units that are no more are found too: papers went to them.
    """
    row = reader.session.get(Organisation, typed)
    if row is not None:
        return Meant(unit=Named(id=row.id, name=row.name))
    wanted = folded(typed[:LONGEST])
    if not wanted:
        return Meant()
    exact: list[Named] = []
    holding: list[Named] = []
    columns = (Organisation.id, Organisation.name, Organisation.abbreviation, Organisation.aliases)
    for key, name, short, aliases in reader.session.execute(
        select(*columns).order_by(Organisation.sort_key, Organisation.id)
    ):
        names = [folded(one) for one in (name, short, *aliases) if one]
        if wanted in names:
            exact.append(Named(id=key, name=name))
        elif any(wanted in one for one in names):
            holding.append(Named(id=key, name=name))
    found = exact or holding
    if len(found) == 1:
        return Meant(unit=found[0])
    return Meant(others=tuple(found[:MOST_NAMED]), is_more=len(found) > MOST_NAMED)
