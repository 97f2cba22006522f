"""Đơn vị: the units of the office's data, one at a time, for an administrator."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, NotFoundError, WrongStateError
from actions.office_forms.keeping import FIELDS
from actions.office_forms.units import (
    REGIME_WORDS,
    UnitSeen,
    save_unit,
    unit_lines,
    unit_names,
    unit_seen,
)
from actions.offices import office_facts
from actions.ways import CHANNEL_WORDS
from models.organisation import Organisation
from portal.administering import PREFIX, Administrator, ChangingAdministrator, day_or_none
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Person
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/don-vi"
DONE: Final = {"ghi": noted("Đã ghi."), "them": noted("Đã thêm đơn vị.")}
MOST: Final = 200
"""Units on one page of the list; a name narrows it."""

router = APIRouter(prefix=PATH)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a unit, as it came."""

    name: Annotated[str, Form()] = ""
    abbreviation: Annotated[str, Form()] = ""
    aliases: Annotated[str, Form()] = ""
    regime: Annotated[str, Form()] = ""
    parent: Annotated[str, Form()] = ""
    agency_id: Annotated[str, Form()] = ""
    channel: Annotated[str, Form()] = "smtp"
    address: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    place: Annotated[str, Form()] = ""
    valid_from: Annotated[str, Form()] = ""
    valid_to: Annotated[str, Form()] = ""
    successor: Annotated[str, Form()] = ""
    successor_basis: Annotated[str, Form()] = ""

    def values(self) -> dict[str, Any]:
        """Returns it as the deed takes it.

        Raises:
            InvalidInputError: a day is none.
        """
        plain = ("name", "abbreviation", "regime", "parent", "agency_id", "channel", "address",
                 "email", "place", "successor", "successor_basis")  # fmt: skip
        return {
            **{name: getattr(self, name).strip() for name in plain},
            "aliases": [one.strip() for one in self.aliases.splitlines() if one.strip()],
            "valid_from": day_or_none(self.valid_from, "Từ ngày"),
            "valid_to": day_or_none(self.valid_to, "Đến hết ngày"),
        }


@router.get("")
def units(
    request: Request, portal: ThePortal, person: Administrator, q: str = "", loc: str = ""
) -> Response:
    """Lists the units that exist, or those that are no more."""
    over, asked = loc == "da-het", q.strip()[:100]
    with portal.database.reading() as session:
        rows = unit_lines(session, portal.today(), named=asked, over=over)
    return page(
        request, "units.html", person=person, rows=rows[:MOST], whole=len(rows), most=MOST,
        asked=asked, over=over,
    )  # fmt: skip


@router.get("/moi")
def new_unit(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows the form for a new unit."""
    with portal.database.reading() as session:
        regime = session.get_one(Organisation, office_facts(session).organisation_id).regime
    first = Typed(valid_from=portal.today().isoformat(), regime=regime)
    return _show(request, portal, person, None, typed=first)


@router.post("")
def add(
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    typed: Annotated[Typed, Depends()],
) -> Response:
    """Enters a unit."""
    try:
        kept = save_unit(
            portal.database, None, typed.values(), at=portal.at(), actor=person.actor
        )  # fmt: skip
    except ActionRefusedError as refusal:
        return _show(request, portal, person, None, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}/{kept.key}?xong=them", status_code=303)


@router.get("/{organisation_id}")
def unit(
    request: Request, portal: ThePortal, person: Administrator, organisation_id: str, xong: str = ""
) -> Response:
    """Shows one unit to change."""
    return _show(request, portal, person, organisation_id, done=DONE.get(xong, ""))


@router.post("/{organisation_id}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    organisation_id: str,
    typed: Annotated[Typed, Depends()],
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Changes a unit."""
    try:
        kept = save_unit(
            portal.database, organisation_id, typed.values(), seen=seen, at=portal.at(),
            actor=person.actor,
        )  # fmt: skip
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return _show(request, portal, person, organisation_id, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}/{kept.key}?xong=ghi", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: str | None,
    *,
    typed: Typed | None = None,
    refusal: ActionRefusedError | None = None,
    done: str = "",
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        stands = unit_seen(session, key) if key is not None else None
        names = unit_names(session)
    return page(
        request, "office_unit.html", person=person, status=problem.status if problem else 200,
        stands=stands, typed=typed or _typed(stands), names=names, done=done, key=key,
        standing=_standing(typed, stands, refusal),
        refusal=problem.sentence if problem else "", channels=CHANNEL_WORDS, regimes=REGIME_WORDS,
    )  # fmt: skip


def _standing(
    typed: Typed | None, stands: UnitSeen | None, refusal: ActionRefusedError | None
) -> list[tuple[str, str]]:
    """Returns what stands otherwise than it was typed, where somebody else was quicker."""
    if typed is None or stands is None or not isinstance(refusal, WrongStateError):
        return []
    now = _typed(stands)
    return [
        (FIELDS[one.name], str(getattr(now, one.name)) or "–")
        for one in fields(now)
        if one.name in FIELDS and getattr(now, one.name) != getattr(typed, one.name).strip()
    ]


def _typed(stands: UnitSeen | None) -> Typed:
    if stands is None:
        return Typed()
    one = stands.entry
    return Typed(
        name=one.name, abbreviation=one.abbreviation or "", aliases="\n".join(one.aliases),
        regime=one.regime, parent=one.parent or "", agency_id=one.agency_id or "",
        channel=one.channel, address=one.address or "", email=one.email or "",
        place=one.place or "", valid_from=_day(one.valid_from), valid_to=_day(one.valid_to),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
