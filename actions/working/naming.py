"""Units of a recipient line or a task: chosen from the directory, and what that opens to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import InvalidInputError, Problem
from actions.expanding import ExpandedUnit, expand
from actions.working.body import Body, Line, Task
from actions.working.choices import names_of, organisations_on
from documents.intake.folding import fold
from models.directive import RecipientLine
from models.organisation import UnitGroup

GROUP: Final = "g:"
"""Before the key of a group, where units and groups stand together."""
_PLACE: Final = re.compile(r"([lt])\.(\d{1,3})")
_BETWEEN: Final = re.compile(r"\s*[;,]\s*|\s+và\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the recipient list comes down to today."""

    units: tuple[ExpandedUnit, ...]
    doubled: int
    """How often a unit is named again; it gets one copy all the same."""

    @property
    def troubled(self) -> tuple[ExpandedUnit, ...]:
        """Units that nothing can be sent to by a channel now."""
        return tuple(one for one in self.units if one.problem)


def place_of(body: Body, place: str) -> Line | Task:
    """Returns the line (`l.0`) or task (`t.2`) whose units are chosen.

    Raises:
        InvalidInputError: it is not there any more.
    """
    found = _PLACE.fullmatch(place)
    rows: Sequence[Line | Task] = ()
    if found is not None:
        rows = body.lines if found[1] == "l" else body.tasks
    if found is None or int(found[2]) >= len(rows):
        reason = "Dòng này không còn trong dự thảo. Quay lại dự thảo rồi chọn lại."
        raise InvalidInputError(Problem(place="Đơn vị", reason=reason))
    return rows[int(found[2])]


def chosen_at(row: Line | Task) -> list[str]:
    """Returns the keys of the units and groups of a row, groups with `g:` before them."""
    return [*(f"{GROUP}{one}" for one in row.groups), *row.organisations]


def choose(session: Session, body: Body, place: str, keys: Sequence[str]) -> None:
    """Sets the units of a line or task; a line without words gets the names as its words.

    Raises:
        InvalidInputError: the place is gone, or a key is not in the directory.
    """
    row = place_of(body, place)
    names = names_of(session)
    for key in keys:
        if key not in names:
            reason = f"Không có “{key}” trong danh mục. Chọn lại."
            raise InvalidInputError(Problem(place="Đơn vị", reason=reason))
    chosen = list(dict.fromkeys(keys))
    row.groups = [key.removeprefix(GROUP) for key in chosen if key.startswith(GROUP)]
    row.organisations = [key for key in chosen if not key.startswith(GROUP)]
    if isinstance(row, Line) and not row.raw.strip():
        row.raw = ", ".join(names[key] for key in chosen)


def found_in(session: Session, words: str, day: date) -> list[str]:
    """Returns the keys of units and groups that words name by their full name or other name.

    The words as a whole first, then each part between commas.
    """
    known: dict[str, str] = {}
    for one in organisations_on(session, day):
        for name in (one.name, one.abbreviation or "", *one.aliases):
            known.setdefault(_key(name), one.id)
    for group in session.scalars(select(UnitGroup)):
        for name in (group.name, *group.aliases):
            known[_key(name)] = f"{GROUP}{group.id}"
    known.pop("", None)
    whole = known.get(_key(words))
    parts = [known.get(_key(part)) for part in _BETWEEN.split(words)]
    return [whole] if whole else [one for one in parts if one]


def _key(name: str) -> str:
    return fold(name.strip(" -–.;,:")).strip()


def opened(session: Session, body: Body, organisation_id: str, day: date) -> Opened:
    """Returns the units that the recipient list reaches, each once, with who cannot be reached."""
    known = names_of(session)
    lines = [
        RecipientLine(
            ordinal=number, raw=line.raw, role=line.role,
            organisations=[key for key in line.organisations if key in known],
            groups=[key for key in line.groups if f"{GROUP}{key}" in known],
        )
        for number, line in enumerate(body.lines, start=1)
    ]  # fmt: skip
    units = expand(session, lines, day, issuer_id=organisation_id)
    return Opened(units=units, doubled=sum(len(one.lines) - 1 for one in units))
