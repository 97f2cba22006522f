"""Nhóm đơn vị: the groups that recipient lists name, with their members by days."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError
from actions.office_forms.groups import (
    add_members,
    end_membership,
    group_lines,
    group_seen,
    save_group,
)
from actions.office_forms.units import unit_names
from portal.administering import (
    PREFIX,
    Administrator,
    ChangingAdministrator,
    day_typed,
    done_or_said,
)
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Person
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/nhom"
DONE: Final = {
    "ghi": noted("Đã ghi."), "them": noted("Đã thêm thành viên."),
    "go": noted("Đã ghi ngày thôi là thành viên."), "moi": noted("Đã thêm nhóm; chọn thành viên."),
}  # fmt: skip

router = APIRouter(prefix=PATH)


@router.get("")
def groups(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Lists the groups, and offers a new one."""
    return _list(request, portal, person)


@router.post("")
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    name: Annotated[str, Form()] = "",
    aliases: Annotated[str, Form()] = "",
) -> Response:
    """Enters a group."""
    try:
        kept = save_group(
            portal.database, None, _names(name, aliases), at=portal.at(), actor=person.actor
        )
    except ActionRefusedError as refusal:
        return _list(request, portal, person, typed=(name, aliases), refusal=refusal)
    return RedirectResponse(f"{PATH}/{kept.key}?xong=moi", status_code=303)


@router.get("/{group_id}")
def group(
    request: Request, portal: ThePortal, person: Administrator, group_id: str, xong: str = ""
) -> Response:
    """Shows one group with its members."""
    return _show(request, portal, person, group_id, done=DONE.get(xong, ""))


@router.post("/{group_id}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    group_id: str,
    name: Annotated[str, Form()] = "",
    aliases: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Changes the names of a group."""

    def deed() -> None:
        save_group(
            portal.database, group_id, _names(name, aliases), seen=seen, at=portal.at(),
            actor=person.actor,
        )  # fmt: skip

    return _done_or_said(request, portal, person, group_id, deed, done="ghi", typed=(name, aliases))


@router.post("/{group_id}/them")
def add_to(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    group_id: str,
    unit: Annotated[list[str] | None, Form()] = None,
    since: Annotated[str, Form()] = "",
) -> Response:
    """Lets units belong to a group from a day on."""

    def deed() -> None:
        add_members(
            portal.database, group_id, unit or [], since=day_typed(since, portal, "Từ ngày"),
            at=portal.at(), actor=person.actor,
        )  # fmt: skip

    return _done_or_said(
        request, portal, person, group_id, deed, done="them", chosen=(unit or [], since)
    )


@router.post("/{group_id}/go")
def take_out(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    group_id: str,
    unit: Annotated[str, Form()] = "",
    began: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
) -> Response:
    """Ends a membership with a day."""

    def deed() -> None:
        end_membership(
            portal.database, group_id, unit, began=day_typed(began, portal, "Từ ngày"),
            last_day=day_typed(last, portal, "Đến hết ngày"), at=portal.at(), actor=person.actor,
        )  # fmt: skip

    return _done_or_said(request, portal, person, group_id, deed, done="go")


def _names(name: str, aliases: str) -> dict[str, object]:
    return {
        "name": name.strip(),
        "aliases": [one.strip() for one in aliases.splitlines() if one.strip()],
    }


def _done_or_said(
    request: Request,
    portal: Portal,
    person: Person,
    group_id: str,
    deed: Callable[[], None],
    *,
    done: str,
    typed: tuple[str, str] | None = None,
    chosen: tuple[list[str], str] = ([], ""),
) -> Response:
    def again(refusal: ActionRefusedError) -> Response:
        return _show(request, portal, person, group_id, refusal=refusal, typed=typed, chosen=chosen)

    return done_or_said(deed, again, f"{PATH}/{group_id}?xong={done}")


def _list(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    typed: tuple[str, str] = ("", ""),
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        rows = group_lines(session, portal.today())
    return page(
        request, "groups.html", person=person, status=problem.status if problem else 200, rows=rows,
        typed=typed, refusal=problem.sentence if problem else "",
    )  # fmt: skip


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    group_id: str,
    *,
    done: str = "",
    refusal: ActionRefusedError | None = None,
    typed: tuple[str, str] | None = None,
    chosen: tuple[list[str], str] = ([], ""),
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        stands = group_seen(session, group_id, portal.today())
        names = unit_names(session)
    held = {one.organisation_id for one in stands.members if not one.is_over}
    return page(
        request, "group.html", person=person, status=problem.status if problem else 200,
        stands=stands, done=done, refusal=problem.sentence if problem else "",
        typed=typed or (stands.entry.name, "\n".join(stands.entry.aliases)), chosen=chosen[0],
        since=chosen[1] or portal.today().isoformat(),
        names=[one for one in names if one[0] not in held],
    )  # fmt: skip
