"""Cán bộ: name, posts and authorities to sign, as an administrator enters and ends them."""

from collections.abc import Callable
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.access import ROLE_DEEDS, ROLE_WORDS
from actions.administering.people import person as person_line
from actions.errors import ActionRefusedError
from actions.office_forms.officers import (
    CAPACITY_WORDS,
    add_authority,
    add_post,
    end_authority,
    end_post,
    officer_seen,
    save_officer,
)
from actions.office_forms.units import unit_names
from actions.offices import office_facts
from actions.setting_up import signing_officers
from actions.working.choices import types_of
from documents.content import Regime
from documents.regimes.deputies import deputy_line
from models.officer import Capacity
from models.organisation import Organisation
from portal.administering import (
    PREFIX,
    Administrator,
    ChangingAdministrator,
    day_or_none,
    day_typed,
    done_or_said,
)
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Person
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/can-bo"
ONE: Final = f"{PATH}/{{officer_id}}"
DONE: Final = {
    "ghi": noted("Đã ghi."), "them": noted("Đã thêm cán bộ."),
    "chuc-vu": noted("Đã thêm chức vụ."), "quyen-ky": noted("Đã thêm quyền ký."),
    "het": noted("Đã ghi ngày kết thúc."),
}  # fmt: skip
FIRST, LAST = "Từ ngày", "Đến hết ngày"

router = APIRouter()


@router.get(f"{PATH}/moi")
def new_officer(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows the form for a new officer with a first post."""
    return _new(request, portal, person, {"valid_from": portal.today().isoformat()})


@router.post(PATH)
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    role: Annotated[list[str] | None, Form()] = None,
    valid_from: Annotated[str, Form()] = "",
) -> Response:
    """Enters an officer."""
    typed = {
        "name": name, "email": email, "title": title, "unit": unit, "role": role or [],
        "valid_from": valid_from,
    }  # fmt: skip
    try:
        values = {"name": name.strip(), "email": email.strip(), **_post(typed)}
        kept = save_officer(
            portal.database, None, values, at=portal.at(), actor=person.actor
        )  # fmt: skip
    except ActionRefusedError as refusal:
        return _new(request, portal, person, typed, refusal=refusal)
    where = f"{PATH}/{quote(kept.key, safe='')}/du-lieu?xong=them"
    return RedirectResponse(where, status_code=303)


@router.get(f"{ONE}/du-lieu")
def data(
    request: Request, portal: ThePortal, person: Administrator, officer_id: str, xong: str = ""
) -> Response:
    """Shows what the office's data has of an officer, to change."""
    return _show(request, portal, person, officer_id, done=DONE.get(xong, ""))


@router.post(f"{ONE}/du-lieu")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Changes name and address."""
    typed = {"name": name, "email": email}

    def deed() -> None:
        values = {"name": name.strip(), "email": email.strip()}
        save_officer(
            portal.database, officer_id, values, seen=seen, at=portal.at(), actor=person.actor
        )

    return _done_or_said(request, portal, person, officer_id, deed, done="ghi", typed=typed)


@router.post(f"{ONE}/chuc-vu")
def add_a_post(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    title: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    role: Annotated[list[str] | None, Form()] = None,
    valid_from: Annotated[str, Form()] = "",
    valid_to: Annotated[str, Form()] = "",
) -> Response:
    """Gives the officer a post."""
    typed = {
        "form": "chuc-vu", "title": title, "unit": unit, "role": role or [],
        "valid_from": valid_from, "valid_to": valid_to,
    }  # fmt: skip

    def deed() -> None:
        add_post(portal.database, officer_id, _post(typed), at=portal.at(), actor=person.actor)

    return _done_or_said(request, portal, person, officer_id, deed, done="chuc-vu", typed=typed)


@router.post(f"{ONE}/chuc-vu/ket-thuc")
def end_a_post(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    title: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
    began: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
) -> Response:
    """Ends a post of the officer with a day."""

    def deed() -> None:
        end_post(
            portal.database, officer_id, organisation_id=unit, title=title,
            began=day_typed(began, portal, FIRST), last_day=day_typed(last, portal, LAST),
            at=portal.at(), actor=person.actor,
        )  # fmt: skip

    return _done_or_said(request, portal, person, officer_id, deed, done="het")


@router.post(f"{ONE}/quyen-ky")
def add_an_authority(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    capacity: Annotated[str, Form()] = "",
    position: Annotated[str, Form()] = "",
    lines: Annotated[str, Form()] = "",
    kind: Annotated[list[str] | None, Form()] = None,
    basis: Annotated[str, Form()] = "",
    valid_from: Annotated[str, Form()] = "",
    valid_to: Annotated[str, Form()] = "",
) -> Response:
    """Lets the officer sign."""
    typed = {
        "form": "quyen-ky", "capacity": capacity, "position": position, "lines": lines,
        "kind": kind or [], "basis": basis, "valid_from": valid_from, "valid_to": valid_to,
    }  # fmt: skip

    def deed() -> None:
        values = {
            "capacity": capacity, "position": position.strip(), "basis": basis.strip(),
            "lines": [one.strip() for one in lines.splitlines() if one.strip()],
            "doc_types": kind or [], "valid_from": day_or_none(valid_from, FIRST),
            "valid_to": day_or_none(valid_to, LAST),
        }  # fmt: skip
        add_authority(portal.database, officer_id, values, at=portal.at(), actor=person.actor)

    return _done_or_said(request, portal, person, officer_id, deed, done="quyen-ky", typed=typed)


@router.post(f"{ONE}/quyen-ky/ket-thuc")
def end_an_authority(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    authority: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
) -> Response:
    """Ends an authority of the officer with a day."""

    def deed() -> None:
        end_authority(
            portal.database, officer_id, authority, last_day=day_typed(last, portal, LAST),
            at=portal.at(), actor=person.actor,
        )  # fmt: skip

    return _done_or_said(request, portal, person, officer_id, deed, done="het")


def _post(typed: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": typed["title"].strip(), "organisation": typed["unit"], "roles": typed["role"],
        "valid_from": day_or_none(typed["valid_from"], FIRST),
        "valid_to": day_or_none(typed.get("valid_to", ""), LAST),
    }  # fmt: skip


def _done_or_said(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    deed: Callable[[], None],
    *,
    done: str,
    typed: dict[str, Any] | None = None,
) -> Response:
    def again(refusal: ActionRefusedError) -> Response:
        return _show(request, portal, person, officer_id, typed=typed, refusal=refusal)

    where = f"{PATH}/{quote(officer_id, safe='')}/du-lieu?xong={done}"
    return done_or_said(deed, again, where)


def _new(
    request: Request,
    portal: Portal,
    person: Person,
    typed: dict[str, Any],
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        choices = _choices(session, portal)
    return page(
        request, "officer_data.html", person=person, status=problem.status if problem else 200,
        stands=None, typed=typed, done="", refusal=problem.sentence if problem else "", **choices,
    )  # fmt: skip


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    *,
    done: str = "",
    typed: dict[str, Any] | None = None,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        stands = officer_seen(session, officer_id)
        choices = _choices(session, portal)
        signs = officer_id in signing_officers(session, portal.today())
        line = person_line(session, person.actor, officer_id, at=portal.at())
    title = stands.posts[-1][0].title if stands.posts else ""
    above = deputy_line(title, choices["regime"])
    return page(
        request, "officer_data.html", person=person, status=problem.status if problem else 200,
        stands=stands, done=done, is_new=done == DONE["them"], lacks_account=line.lacks_account,
        powerless=signs and not stands.authorities, refusal=problem.sentence if problem else "",
        typed={
            "name": stands.entry.name, "email": stands.entry.email or "",
            "valid_from": portal.today().isoformat(), "form": "", "position": title.upper(),
            "capacity": Capacity.KT.value if above else "", "lines": above,
            **(typed or {}),
        },
        **choices,
    )  # fmt: skip


def _choices(session: Session, portal: Portal) -> dict[str, Any]:
    own = session.get_one(Organisation, office_facts(session).organisation_id)
    return {
        "names": unit_names(session),
        "own": own.id,
        "regime": Regime(own.regime),
        "role_names": ROLE_WORDS,
        "role_deeds": ROLE_DEEDS,
        "sample": "K/T TRƯỞNG BAN" if own.regime == Regime.PARTY else "KT. GIÁM ĐỐC",
        "capacities": CAPACITY_WORDS,
        "kinds": types_of(Regime(own.regime), portal.today()),
    }
