"""Forms that units fill for a directive: which table each task asks for, said by an officer."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, NotFoundError
from actions.obliging import tasks_of
from actions.reports.forms import define_form, drop_form, forms_of, template_for
from delivery.names import ascii_file_name
from documents.workbook import XLSX
from models.base import DirectiveId
from models.directive import Directive
from models.officer import Role
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.form_lines import columns_in, lines_of
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.directive import download
from portal.problems import problem_of, sentence_of
from portal.rendering import page
from portal.seeing import open_directive

router = APIRouter(prefix="/theo-doi/{directive_id}/bieu")


@router.get("")
def forms(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows the tasks with the tables that they ask for."""
    return _show(request, portal, person, DirectiveId(directive_id))


@router.get("/{ref}.xlsx")
def template(portal: ThePortal, person: SignedInPerson, directive_id: UUID, ref: str) -> Response:
    """Returns the workbook as units get it, with the office's own name."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, DirectiveId(directive_id))
        form = next(iter(forms_of(session, directive.id, [ref])), None)
        if form is None:
            raise NotFoundError("biểu số liệu", ref)
        office = session.get_one(Organisation, directive.organisation_id)
        content = template_for(session, directive, form, office, portal.at())
    return download(content, ascii_file_name(f"{ref}-{form.title}.xlsx"), XLSX)


@router.post("/{ref}")
def define(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    ref: str,
    title: Annotated[str, Form()] = "",
    columns: Annotated[str, Form()] = "",
    rows: Annotated[str, Form()] = "",
) -> Response:
    """Says which table a task asks for."""
    key = DirectiveId(directive_id)

    def defines() -> object:
        return define_form(
            portal.desk, person.actor, key, ref, title=title, columns=columns_in(columns),
            rows=[one for one in rows.splitlines() if one.strip()],
        )  # fmt: skip

    typed = {"ref": ref, "title": title, "columns": columns, "rows": rows}
    return _act(request, portal, person, key, typed, defines)


@router.post("/{ref}/bo")
def drop(
    *, request: Request, portal: ThePortal, person: Deciding, directive_id: UUID, ref: str
) -> Response:
    """Asks for no table any more."""
    key = DirectiveId(directive_id)
    return _act(
        request, portal, person, key, {}, lambda: drop_form(portal.desk, person.actor, key, ref)
    )


def _act(  # noqa: PLR0917 (what a page needs, and the deed)
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    typed: dict[str, str],
    deed: Callable[[], object],
) -> Response:
    try:
        deed()
    except ActionRefusedError as refusal:
        return _show(request, portal, person, key, refusal=refusal, typed=typed)
    return RedirectResponse(f"/theo-doi/{key}/bieu", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    refusal: ActionRefusedError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        tasks = _tasks(session, directive)
    return page(
        request, "report_forms.html", person=person, directive=directive, tasks=tasks,
        status=problem_of(refusal).status if refusal else 200, typed=typed or {},
        refusal=sentence_of(refusal) if refusal else "",
        may_define=person.has(directive.organisation_id, Role.FOLLOW_UP, Role.DRAFTER),
    )  # fmt: skip


def _tasks(session: Session, directive: Directive) -> list[dict[str, Any]]:
    found = {one.task_ref: one for one in forms_of(session, directive.id)}
    return [
        {
            "task": task,
            "form": found.get(task.ref),
            "lines": lines_of(found[task.ref].columns) if task.ref in found else "",
        }
        for task in tasks_of(session, directive)
    ]
