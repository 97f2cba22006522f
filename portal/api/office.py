"""The office's data for programs: units, groups, number series, one at a time, with what was seen.

What may stand there is the office file's to say; of two who change one entry the second is told.
"""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.listing.sight import Reader
from actions.office_file.shapes import Channel
from actions.office_forms.groups import add_members, end_membership, group_seen, save_group
from actions.office_forms.series import save_series, series_seen
from actions.office_forms.units import save_unit, unit_seen
from models.officer import Role
from portal.api.shapes import DOES, Day, Given, Key, KeyInPath, Line, Told
from portal.calling import Administers, Reads

router = APIRouter(prefix="/api/v1", tags=["the office's data"])
Seen = Annotated[str, Field(max_length=64, description="`seen` of the entry as read.")]
Aliases = Annotated[tuple[Line, ...], Field(max_length=50)]


class UnitData(Given):
    """A unit, whole: what is left out is empty."""

    name: Line
    abbreviation: Line = ""
    aliases: Aliases = ()
    regime: Literal["party", "state"]
    parent: Annotated[str, Field(max_length=80)] = ""
    agency_id: Annotated[str, Field(max_length=20)] = ""
    channel: Channel = "smtp"
    address: Line = ""
    email: Line = ""
    place: Line = ""
    valid_from: Day
    valid_to: Day | None = None
    successor: Annotated[
        str, Field(max_length=80, description="One more that takes over after the last day.")
    ] = ""
    successor_basis: Line = ""


class UnitChange(UnitData):
    """A unit as it is to be."""

    seen: Seen


class GroupData(Given):
    """How a group is called."""

    name: Line
    aliases: Aliases = ()


class GroupChange(GroupData):
    """How a group is to be called."""

    seen: Seen


class NewMembers(Given):
    """Units that belong to a group from a day on."""

    organisations: Annotated[tuple[Key, ...], Field(min_length=1, max_length=2000)]
    since: Day


class MemberEnds(Given):
    """A membership, and its last day; one before it began takes it away."""

    organisation_id: Key
    began: Day
    last_day: Day


class SeriesData(Given):
    """A number series of the office."""

    doc_type: Annotated[str, Field(max_length=60, description="Every kind where empty.")] = ""
    period_from: Day
    period_to: Day | None = None
    stands_at: Annotated[int, Field(ge=0, le=9_999_999, description="The last number given.")] = 0


class SeriesChange(Given):
    """A series as it is to be; of one that has given numbers only the last day changes."""

    doc_type: Annotated[str, Field(max_length=60)] = ""
    period_from: Day | None = None
    period_to: Day | None = None
    stands_at: Annotated[int, Field(ge=0, le=9_999_999)] = 0
    seen: Seen


class Successor(Told):
    """Who takes over from a unit."""

    organisation: str
    since: date
    basis: str | None


class Further(Told):
    """A further channel, after the first."""

    channel: str
    address: str | None


class UnitEntry(Told):
    """A unit as the office's data has it."""

    id: str
    name: str
    abbreviation: str | None
    aliases: list[str]
    regime: str
    parent: str | None
    agency_id: str | None
    channel: str
    address: str | None
    email: str | None
    place: str | None
    channels: list[Further]
    valid_from: date
    valid_to: date | None
    successors: list[Successor]
    seen: str
    """Names this state; given with a change."""


class Membership(Told):
    """That a unit belongs to a group."""

    organisation_id: str
    name: str
    since: date
    until: date | None


class GroupEntry(Told):
    """A group with its members, past ones too."""

    id: str
    name: str
    aliases: list[str]
    members: list[Membership]
    seen: str
    """Names this state; given with a change."""


class SeriesEntry(Told):
    """A number series as the office's data has it."""

    id: str
    organisation: str
    regime: str
    doc_type: str | None
    period_from: date
    period_to: date | None
    stands_at: int
    taken: int
    """How many numbers it has given."""
    seen: str
    """Names this state; given with a change."""


@router.get("/organisations/{organisation_id}")
def unit(call: Reads, organisation_id: KeyInPath) -> UnitEntry:
    """Returns one unit to change, to an administrator."""
    with call.looking() as reader:
        require_administrator(reader)
        found = unit_seen(reader.session, organisation_id)
    return UnitEntry.model_validate({**found.entry.model_dump(), "seen": found.seen})


@router.post("/organisations", **DOES)
def adds_unit(call: Administers, body: UnitData) -> Response:
    """Enters a unit; the receipt names it."""
    return call.do(
        lambda desk: save_unit(
            desk.database, None, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.put("/organisations/{organisation_id}", **DOES)
def changes_unit(call: Administers, organisation_id: KeyInPath, body: UnitChange) -> Response:
    """Changes a unit; its further channels and successors stay."""
    return call.do(
        lambda desk: save_unit(
            desk.database, organisation_id, typed(body), seen=body.seen, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.get("/groups/{group_id}")
def group(call: Reads, group_id: KeyInPath) -> GroupEntry:
    """Returns one group with its members, to an administrator."""
    with call.looking() as reader:
        require_administrator(reader)
        found = group_seen(reader.session, group_id, reader.day)
    return GroupEntry.model_validate(
        {
            "id": found.entry.id, "name": found.entry.name, "aliases": found.entry.aliases,
            "members": found.members, "seen": found.seen,
        }
    )  # fmt: skip


@router.post("/groups", **DOES)
def adds_group(call: Administers, body: GroupData) -> Response:
    """Enters a group; the receipt names it."""
    return call.do(
        lambda desk: save_group(
            desk.database, None, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.put("/groups/{group_id}", **DOES)
def changes_group(call: Administers, group_id: KeyInPath, body: GroupChange) -> Response:
    """Changes the names of a group; its members stay."""
    return call.do(
        lambda desk: save_group(
            desk.database, group_id, typed(body), seen=body.seen, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/groups/{group_id}/members", **DOES)
def adds_members(call: Administers, group_id: KeyInPath, body: NewMembers) -> Response:
    """Lets units belong to a group from a day on."""
    return call.do(
        lambda desk: add_members(
            desk.database, group_id, body.organisations, since=body.since, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/groups/{group_id}/members/end", **DOES)
def ends_membership(call: Administers, group_id: KeyInPath, body: MemberEnds) -> Response:
    """Ends a membership with a day."""
    return call.do(
        lambda desk: end_membership(
            desk.database, group_id, body.organisation_id, began=body.began,
            last_day=body.last_day, at=desk.clock(), actor=call.actor,
        )
    )  # fmt: skip


@router.get("/series/{series_id}")
def series(call: Reads, series_id: KeyInPath) -> SeriesEntry:
    """Returns one number series to change, to an administrator."""
    with call.looking() as reader:
        require_administrator(reader)
        found = series_seen(reader.session, series_id, reader.day)
    return SeriesEntry.model_validate(
        {**found.entry.model_dump(), "taken": found.taken, "seen": found.seen}
    )


@router.post("/series", **DOES)
def adds_series(call: Administers, body: SeriesData) -> Response:
    """Enters a number series of the office; the receipt names it."""
    return call.do(
        lambda desk: save_series(
            desk.database, None, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.put("/series/{series_id}", **DOES)
def changes_series(call: Administers, series_id: KeyInPath, body: SeriesChange) -> Response:
    """Changes a number series; what is left out of one that has given numbers stays."""
    given = body.model_dump(exclude={"seen"}, exclude_unset=True)
    return call.do(
        lambda desk: save_series(
            desk.database, series_id, {"period_to": None, **given}, seen=body.seen,
            at=desk.clock(), actor=call.actor,
        )
    )  # fmt: skip


def require_administrator(reader: Reader) -> None:
    """Insists that the officer of the token administers the office.

    Raises:
        NotAuthorisedError: somebody else.
    """
    reader.require_role("xem dữ liệu cơ quan để sửa", Role.ADMINISTRATOR)


def typed(body: Given) -> dict[str, Any]:
    """The fields of a form, as deeds take them."""
    given = body.model_dump(exclude={"seen"})
    return {
        name: list(value) if isinstance(value, tuple) else _tidy(value)
        for name, value in given.items()
    }


def _tidy(value: Any) -> Any:  # noqa: ANN401 (a field of any kind)
    return value.strip() if isinstance(value, str) else value
