"""Planned absences for programs: who is away and who stands in; said, ended early, taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from actions import handing_over
from actions.absence_rows import GIVEN, NO_SIGNING, OWN, AbsenceLine
from actions.absences.granting import SIGN, Grant
from actions.absences.stating import (
    Stated,
    Statement,
    cancel_absence,
    end_absence,
    preview_absence,
    state_absence,
)
from actions.absences.turning import moved_of
from actions.desk import Desk
from actions.errors import InvalidInputError, Problem
from actions.listing import absences as listing
from models.base import DirectiveId
from models.officer import Capacity, Role
from portal.administering import MOST_REASON
from portal.api.shapes import (
    DOES,
    LARGEST,
    After,
    Day,
    Given,
    Key,
    Limit,
    Line,
    Listed,
    Told,
)
from portal.calling import Call, Decides, Reads

router = APIRouter(prefix="/api/v1", tags=["absences"])


class NewAbsence(Given):
    """Who is away, from when to when, why, and who stands in with which rights."""

    officer_id: Annotated[
        Key | None, Field(description="Who is away; the officer of the token where left out.")
    ] = None
    deputy_id: Key
    first_day: Day
    last_day: Day
    reason: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]
    basis: Annotated[Line, Field(description="The paper that says so.")] = ""
    signing: Annotated[
        str,
        Field(
            pattern=f"^({NO_SIGNING}|{OWN}|{GIVEN})$",
            description="`none`: what waits for the signature waits on; `own`: the deputy signs by "
            "an authority held anyway; `given`: by one made for these days, with `capacity`.",
        ),
    ] = NO_SIGNING
    capacity: Annotated[Capacity | None, Field(description="Where `signing` is `given`.")] = None
    position: Annotated[
        str, Field(max_length=200, description="The deputy's post as printed; else today's.")
    ] = ""
    roles: Annotated[
        tuple[Role, ...], Field(max_length=20, description="Lent to the deputy for these days.")
    ] = ()

    def statement(self, own: str) -> Statement:
        """Returns it as the deed takes it.

        Raises:
            InvalidInputError: a capacity goes with a given authority, and with nothing else.
        """
        if (self.signing == GIVEN) is not (self.capacity is not None):
            reason = "capacity đi cùng signing = given, và chỉ khi ấy."
            raise InvalidInputError(Problem(place=SIGN, reason=reason))
        return Statement(
            officer_id=self.officer_id or own, deputy_id=self.deputy_id, first_day=self.first_day,
            last_day=self.last_day, reason=self.reason.strip(), basis=self.basis.strip(),
            signs=self.signing != NO_SIGNING,
            given=Grant(
                capacity=self.capacity, position=self.position.strip(),
                roles=tuple(dict.fromkeys(self.roles)),
            ),
        )  # fmt: skip


class SeenAbsence(Given):
    """The version that was looked at."""

    version: Annotated[int, Field(ge=1, le=LARGEST)]


class Absence(Told):
    """An absence."""

    id: UUID
    officer_id: str
    officer: str
    deputy_id: str
    deputy: str
    first_day: date
    last_day: date
    reason: str
    basis: str | None
    signing: str
    """`none`, `own` or `given`."""
    printed: list[str]
    """The signature block of the deputy, the post last; empty unless it was given."""
    phase: str
    """`to_come`, `now`, `over`, `ended` (early) or `cancelled`."""
    version: int
    made_at: datetime


class Piece(Told):
    """What would become of one piece of open work."""

    title: str
    subject: str
    what: str
    """The absent officer's part in it."""
    outcome: str
    """`handed` (to the deputy), `returned` (to the drafter) or `left` (it waits on)."""
    words: str
    directive_id: UUID | None
    """Null for an incoming paper or an opinion that was asked."""


class AbsenceLook(Told):
    """What saying an absence would do now."""

    officer: str
    deputy: str
    printed: list[str]
    work: list[Piece]
    """Empty while it would not have begun."""
    warnings: list[str]


@router.get("/absences")
def absences(
    call: Reads,
    officer: Annotated[
        Key | None, Query(description="Who is away or stands in; anybody where left out.")
    ] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Absence]:
    """Returns absences, the one that begins last first: all of them to an administrator.

    Others see those in which they are away or stand in.
    """
    with call.looking() as reader:
        found = listing.absences(reader, officer=officer, after=after, limit=limit)
    return Listed(items=[_told(one) for one in found.items], next=found.next)


@router.get("/absences/{absence_id}")
def absence(call: Reads, absence_id: UUID) -> Absence:
    """Returns one absence. One that is not the officer's to see is not found."""
    with call.looking() as reader:
        return _told(listing.absence(reader, absence_id))


@router.post("/absence-look")
def looks(call: Decides, body: NewAbsence) -> AbsenceLook:
    """Returns what an absence would do now; nothing is done."""
    stated = preview_absence(
        call.portal.database, body.statement(call.actor.id), at=call.portal.at(), actor=call.actor
    )
    return _look(stated)


@router.post("/absences", **DOES)
def states(call: Decides, body: NewAbsence) -> Response:
    """Says an absence: an administrator anybody's, officers their own without giving rights."""
    stated: list[Stated] = []

    def does(desk: Desk) -> None:
        stated.append(
            state_absence(
                desk.database, body.statement(call.actor.id), at=desk.clock(), actor=call.actor
            )
        )

    answer = call.do(does)
    _wake(call, [key for one in stated for key in moved_of(one.work)])
    return answer


@router.post("/absences/{absence_id}/end", **DOES)
def ends(call: Decides, absence_id: UUID, body: SeenAbsence) -> Response:
    """Ends an absence early: what the deputy has not signed goes back."""
    back: list[DirectiveId] = []

    def does(desk: Desk) -> None:
        passed = end_absence(
            desk.database, absence_id, version=body.version, at=desk.clock(), actor=call.actor
        )
        back.extend(one.directive_id for one in passed)

    answer = call.do(does)
    _wake(call, back)
    return answer


@router.post("/absences/{absence_id}/cancel", **DOES)
def cancels(call: Decides, absence_id: UUID, body: SeenAbsence) -> Response:
    """Takes an absence back before it begins, with what the deputy was to get."""
    return call.do(
        lambda desk: cancel_absence(
            desk.database, absence_id, version=body.version, at=desk.clock(), actor=call.actor
        )
    )


def _wake(call: Call, directives: Sequence[DirectiveId]) -> None:
    for one in directives:
        call.portal.nudge(one)


def _told(line: AbsenceLine) -> Absence:
    row = line.absence
    values: dict[str, Any] = {
        name: getattr(row, name) for name in Absence.model_fields if hasattr(row, name)
    }
    named = {"officer": line.officer, "deputy": line.deputy, "printed": list(line.capacity)}
    return Absence.model_validate({**values, **named, "phase": line.phase})


def piece_of(one: handing_over.Piece) -> Piece:
    """Returns what became of a piece of work, or would."""
    directive = one.directive_id if isinstance(one, handing_over.Passed) else None
    return Piece(
        title=one.title, subject=one.subject, what=one.what, outcome=one.outcome, words=one.words,
        directive_id=directive,
    )  # fmt: skip


def _look(stated: Stated) -> AbsenceLook:
    return AbsenceLook(
        officer=stated.officer, deputy=stated.deputy, printed=list(stated.printed),
        work=[piece_of(one) for one in stated.work], warnings=list(stated.warnings),
    )  # fmt: skip
