"""Saved views of the list of directives: kept, called otherwise, forgotten."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import InvalidInputError, NotFoundError
from actions.searching.views import delete_view, rename_view, save_view, views_of
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person
from portal.pages.directives import show
from portal.problems import problem_of
from portal.search_form import address_of, fields_of, read_search
from portal.seeing import Kept

router = APIRouter(prefix="/van-ban/bo-loc")


@router.post("")
def save(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Keeps the search of a page under a name."""
    with portal.looking(person.actor) as reader:
        fields = read_search(reader, fields_of(query)).lasting
    try:
        save_view(portal.desk, person.actor, name=name, filters=fields)
    except InvalidInputError as refusal:
        problem = problem_of(refusal)
        kept = Kept(sentence=problem.sentence, typed={"name": name})
        return show(request, portal, person, fields, kept=kept, status=problem.status)
    return _back_to(fields)


@router.post("/{view_id}")
def rename(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    view_id: UUID,
    name: Annotated[str, Form()] = "",
) -> Response:
    """Calls a view otherwise."""
    fields = _filters(portal, person, view_id)
    try:
        rename_view(portal.desk, person.actor, view_id, name=name)
    except InvalidInputError as refusal:
        problem = problem_of(refusal)
        kept = Kept(sentence=problem.sentence, typed={str(view_id): name})
        return show(request, portal, person, fields, kept=kept, status=problem.status)
    return _back_to(fields)


@router.post("/{view_id}/xoa")
def delete(*, portal: ThePortal, person: Deciding, view_id: UUID) -> Response:
    """Forgets a view; what it showed stays on the page."""
    fields = _filters(portal, person, view_id)
    delete_view(portal.desk, person.actor, view_id)
    return _back_to(fields)


def _filters(portal: Portal, person: Person, view_id: UUID) -> dict[str, str]:
    with portal.database.reading() as session:
        for one in views_of(session, person.officer_id):
            if one.id == view_id:
                return dict(one.filters)
    raise NotFoundError("bộ lọc", view_id)


def _back_to(fields: dict[str, str]) -> Response:
    return RedirectResponse(address_of(fields), status_code=303)
