"""Dãy số: the number series of the office, one at a time, for an administrator."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.office_forms.series import SeriesSeen, save_series, series_lines, series_seen
from actions.offices import office_facts
from actions.working.choices import types_of
from documents.content import Regime
from models.organisation import Organisation
from portal.administering import PREFIX, Administrator, ChangingAdministrator, day_or_none
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Person
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/day-so"
DONE: Final = {"ghi": noted("Đã ghi."), "them": noted("Đã thêm dãy số.")}
_MOST_DIGITS: Final = 7

router = APIRouter(prefix=PATH)


@router.get("")
def all_series(
    request: Request, portal: ThePortal, person: Administrator, xong: str = ""
) -> Response:
    """Lists the series, and offers a new one."""
    year = portal.today().year
    first = {"doc_type": "", "from": f"{year}-01-01", "to": f"{year}-12-31", "start": "1"}
    return _list(request, portal, person, typed=first, done=DONE.get(xong, ""))


@router.post("")
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    doc_type: Annotated[str, Form()] = "",
    first: Annotated[str, Form(alias="from")] = "",
    last: Annotated[str, Form(alias="to")] = "",
    start: Annotated[str, Form()] = "",
) -> Response:
    """Enters a series."""
    typed = {"doc_type": doc_type, "from": first, "to": last, "start": start}
    try:
        save_series(portal.database, None, _values(typed), at=portal.at(), actor=person.actor)
    except ActionRefusedError as refusal:
        return _list(request, portal, person, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}?xong=them", status_code=303)


@router.get("/{series_id}")
def one_series(
    request: Request, portal: ThePortal, person: Administrator, series_id: str
) -> Response:
    """Shows one series to change."""
    return _show(request, portal, person, series_id)


@router.post("/{series_id}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    series_id: str,
    doc_type: Annotated[str | None, Form()] = None,
    first: Annotated[str | None, Form(alias="from")] = None,
    last: Annotated[str, Form(alias="to")] = "",
    start: Annotated[str | None, Form()] = None,
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Changes a series; of one that has given numbers only the last day is sent."""
    given = {"doc_type": doc_type, "from": first, "to": last, "start": start}
    typed = {name: value for name, value in given.items() if value is not None}
    try:
        save_series(
            portal.database, series_id, _values(typed), seen=seen, at=portal.at(),
            actor=person.actor,
        )  # fmt: skip
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return _show(request, portal, person, series_id, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}?xong=ghi", status_code=303)


def _values(typed: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {"period_to": day_or_none(typed["to"], "Đến hết ngày")}
    if "doc_type" in typed:
        values["doc_type"] = typed["doc_type"].strip()
    if "from" in typed:
        values["period_from"] = day_or_none(typed["from"], "Từ ngày")
    if "start" in typed:
        values["stands_at"] = _start(typed["start"]) - 1
    return values


def _start(text: str) -> int:
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS and int(plain):
        return int(plain)
    said = "phải là số nguyên từ 1 trở lên, ví dụ 1."
    raise InvalidInputError(Problem(place="Bắt đầu từ số", reason=said))


def _list(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    typed: dict[str, str],
    refusal: ActionRefusedError | None = None,
    done: str = "",
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        rows = series_lines(session, portal.today())
    return page(
        request, "number_series.html", person=person, status=problem.status if problem else 200,
        rows=rows, typed=typed, done=done, refusal=problem.sentence if problem else "",
        kinds=_kinds(portal), one=None,
    )  # fmt: skip


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    series_id: str,
    *,
    typed: dict[str, str] | None = None,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        one = series_seen(session, series_id, portal.today())
    return page(
        request, "number_series.html", person=person, status=problem.status if problem else 200,
        rows=[], typed={**_typed(one), **(typed or {})}, done="", one=one, kinds=_kinds(portal),
        refusal=problem.sentence if problem else "",
    )  # fmt: skip


def _typed(one: SeriesSeen) -> dict[str, str]:
    entry = one.entry
    return {
        "doc_type": entry.doc_type or "", "from": entry.period_from.isoformat(),
        "to": entry.period_to.isoformat() if entry.period_to else "",
        "start": str(entry.stands_at + 1),
    }  # fmt: skip


def _kinds(portal: Portal) -> tuple[str, ...]:
    with portal.database.reading() as session:
        own = session.get_one(Organisation, office_facts(session).organisation_id)
        return types_of(Regime(own.regime), portal.today())
