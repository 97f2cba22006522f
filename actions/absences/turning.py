"""Absences begin and end as days go by: work passes to deputies, what was not signed comes back.

Called by the machine every few minutes, and where an absence is said or ended. Idempotent.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select

from actions.absence_rows import GIVEN, NO_SIGNING, STATED, in_effect, period_words
from actions.absences.standing_in import give_back, stand_in
from actions.auditing import MACHINE
from actions.desk import Deed, Desk, local_day
from actions.errors import ActionRefusedError
from actions.handing_over import Leaver, Passed, Piece
from actions.passing_on import (
    give_back_claims,
    pass_on_opinions,
    pass_on_papers,
)
from models.absence import Absence
from models.base import DirectiveId
from models.officer import Officer

_BACK: Final = "hết thời gian thay"


def turn(desk: Desk) -> tuple[DirectiveId, ...]:
    """Passes on what waits for who is away today, and gives back what ended deputies left.

    Each absence in a transaction of its own; one that meets another deed is done the next time.
    """
    at = desk.clock()
    day = local_day(at)
    with desk.database.reading() as session:
        due = session.scalars(
            select(Absence.id).where(in_effect(day) | _unsettled(day)).order_by(Absence.first_day)
        ).all()
    moved: list[DirectiveId] = []
    for key in due:
        try:
            with desk.database.writing() as session:
                deed = Deed(session=session, actor=MACHINE, at=at)
                absence = session.get_one(Absence, key)
                done = begin(deed, absence) if absence.last_day >= day else settle(deed, absence)
                moved += moved_of(done)
        except ActionRefusedError:  # somebody decided in between; the next turn looks anew
            continue
    return tuple(moved)


def moved_of(work: Sequence[Piece]) -> list[DirectiveId]:
    """Returns the directives that passed to somebody."""
    handed = (one for one in work if one.outcome == "handed")
    return [one.directive_id for one in handed if isinstance(one, Passed)]


def _unsettled(day: date) -> ColumnElement[bool]:
    return (
        (Absence.settled.is_(False))
        & (Absence.signing == GIVEN)
        & ((Absence.last_day < day) | (Absence.state != STATED))
    )


def begin(deed: Deed, absence: Absence) -> tuple[Piece, ...]:
    """Passes what waits for the absent officer to the deputy, where the absence holds today.

    Directives, opinions asked, incoming papers; what was taken from a queue waits for all again.
    Does not commit.
    """
    if absence.state != STATED or not absence.first_day <= deed.day <= absence.last_day:
        return ()
    absent = deed.session.get_one(Officer, absence.officer_id)
    deputy = deed.session.get_one(Officer, absence.deputy_id)
    if deputy.left_on is not None and deputy.left_on < deed.day:
        return ()
    leaver = Leaver(
        officer=absent, to=deputy, day=deed.day, because=period_words(absence),
        authority_id=absence.authority_id, absence_id=str(absence.id),
    )  # fmt: skip
    give_back_claims(deed, absent.id)
    return (
        *stand_in(deed, leaver, signs=absence.signing != NO_SIGNING),
        *pass_on_opinions(deed, leaver),
        *pass_on_papers(deed, leaver),
    )


def settle(deed: Deed, absence: Absence) -> tuple[Passed, ...]:
    """Gives what the deputy has not signed by the given authority back to who was away.

    Does not commit.
    """
    if absence.signing != GIVEN or absence.authority_id is None:
        absence.settled = True
        return ()
    officer = deed.session.get_one(Officer, absence.officer_id)
    deputy = deed.session.get_one(Officer, absence.deputy_id)
    leaver = Leaver(
        officer=deputy, to=officer, day=deed.day, because=f"{_BACK} {officer.name}",
        absence_id=str(absence.id),
    )  # fmt: skip
    work = give_back(deed, leaver, absence.authority_id)
    absence.settled = all(one.outcome == "handed" for one in work)
    return work
