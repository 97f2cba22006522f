"""What a letter that chases is about, and whether any of it is still owed when it is to go out.

The text of a letter is fixed when it is decided, so that a repeat is the same message. If all that
it reminds of was settled while it waited, it is not sent; if a part was, it goes out as it is and
says as of when its list holds.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.ladders import CHASED, is_still_chased
from models.base import DirectiveId
from models.dispatch import Notice
from models.obligation import Obligation

_AT_ONCE = 500


def chased_payload(due: Iterable[Obligation]) -> dict[str, Any]:
    """Returns what a letter keeps of the obligations it reminds of: identifier and day of each."""
    days = [[str(one.id), one.due.isoformat()] for one in due if one.due is not None]
    return {"chased": sorted(days)}


def is_needless(session: Session, notice: Notice) -> bool:
    """Tells whether nothing of what a letter reminds of is owed any more by the day it names."""
    if "chased" in notice.payload:
        return not any(_still(session, notice.payload["chased"]))
    about, unit = notice.directive_id, notice.organisation_id
    return about is not None and unit is not None and not is_still_chased(session, about, unit)


def directives_of(session: Session, notice: Notice) -> list[DirectiveId]:
    """Returns the directives that a letter is about, also where it is about several."""
    if notice.directive_id is not None:
        return [notice.directive_id]
    found: set[DirectiveId] = set()
    for keys in _some(notice.payload.get("chased", ())):
        found.update(
            session.scalars(select(Obligation.directive_id).where(Obligation.id.in_(list(keys))))
        )
    return sorted(found)


def _still(session: Session, chased: list[list[str]]) -> Iterable[bool]:
    states = {state.value for state in CHASED}
    for days in _some(chased):
        rows = session.execute(
            select(Obligation.id, Obligation.state, Obligation.due).where(
                Obligation.id.in_(list(days))
            )
        )
        for row in rows:
            yield row.state in states and row.due == days[row.id]


def _some(chased: list[list[str]]) -> Iterable[dict[UUID, date]]:
    for first in range(0, len(chased), _AT_ONCE):
        some = chased[first : first + _AT_ONCE]
        yield {UUID(key): date.fromisoformat(day) for key, day in some}
