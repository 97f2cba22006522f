"""What orders an officer's own work, for programs: queues, saved views, how they are told."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from actions.errors import InvalidInputError, Problem
from actions.notices.choosing import Mail, choose_mail, mail_choice
from actions.searching.views import LONGEST_NAME, delete_view, rename_view, save_view, views_of
from actions.work.claiming import claim, give_back
from actions.work.items import DIRECTIVE, INCOMING, MESSAGE, Subject, Waiting
from actions.work.listing import everything_for
from portal.api.shapes import DOES, LARGEST, Given, Limit, Listed, Told
from portal.calling import Reads, Writes
from portal.search_form import FIELDS, read_search

router = APIRouter(prefix="/api/v1", tags=["own work"])
About = Annotated[str, Field(pattern=f"^({DIRECTIVE}|{INCOMING}|{MESSAGE})$")]
ViewName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class WorkSubject(Given):
    """What can be taken up: a thing and what is to be done with it."""

    about: About
    id: UUID
    step: Annotated[str, Field(min_length=1, max_length=40)]
    revision: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class NewView(Given):
    """A search of the list of directives, by the fields of its page's address."""

    name: ViewName
    filters: Annotated[
        dict[str, Annotated[str, Field(max_length=500)]],
        Field(max_length=len(FIELDS), description="Fields: " + ", ".join(FIELDS)),
    ]


class ViewCalled(Given):
    """How a view is called."""

    name: ViewName


class MailChoice(Given):
    """How the officer is told by mail: at once, one letter a working day, not at all."""

    mail: Mail


class WorkWaiting(Told):
    """One thing that waits for the officer, or was taken up by a colleague."""

    about: str
    id: UUID
    step: str
    revision: int
    title: str
    text: str
    words: str
    """What is asked, one sentence."""
    urgency: str | None
    due: date | None
    since: datetime
    queue: str
    """Empty where nobody else could do it."""
    holder_id: str | None
    """Who has taken it up."""


class View(Told):
    """A saved view."""

    id: UUID
    name: str
    filters: dict[str, str]


class Views(Told):
    """The officer's own views, by name; a few at most."""

    items: list[View]


@router.get("/waiting")
def all_work(
    call: Reads, limit: Limit = 50, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0
) -> Listed[WorkWaiting]:
    """Returns everything that waits, the most urgent first; what colleagues took up at the end.

    Steps of directives, opinions, reports, incoming papers, mail. `after` counts rows.
    """
    with call.looking() as reader:
        found = everything_for(reader.session, call.actor.id, call.portal.at())
    rows = (*found.mine, *found.taken)
    shown = rows[after : after + limit]
    is_more = after + limit < len(rows)
    return Listed(
        items=[_waiting(one) for one in shown], next=str(after + limit) if is_more else None
    )


@router.post("/waiting/claim", **DOES)
def claims(call: Writes, body: WorkSubject) -> Response:
    """Takes up what lies in a queue of the officer's; it bars nobody, and tells colleagues."""
    return call.do(lambda desk: claim(desk, call.actor, Subject(**body.model_dump())))


@router.post("/waiting/give-back", **DOES)
def gives_back(call: Writes, body: WorkSubject) -> Response:
    """Gives back what the officer has taken up; it waits for everybody again."""
    return call.do(lambda desk: give_back(desk, call.actor, Subject(**body.model_dump())))


@router.get("/views")
def views(call: Reads) -> Views:
    """Returns the officer's saved views of the list of directives."""
    with call.looking() as reader:
        found = views_of(reader.session, call.actor.id)
    return Views(items=[View.model_validate(one) for one in found])


@router.post("/views", **DOES)
def keeps(call: Writes, body: NewView) -> Response:
    """Keeps a search under a name; the receipt names it."""
    unknown = sorted(set(body.filters) - set(FIELDS))
    if unknown:
        reason = f"không có mục lọc này; dùng {', '.join(FIELDS)}."
        raise InvalidInputError(*(Problem(place=one[:80], reason=reason) for one in unknown))
    with call.looking() as reader:
        fields = read_search(reader, body.filters).lasting
    return call.do(lambda desk: save_view(desk, call.actor, name=body.name, filters=fields))


@router.put("/views/{view_id}", **DOES)
def calls(call: Writes, view_id: UUID, body: ViewCalled) -> Response:
    """Calls a view otherwise."""
    return call.do(lambda desk: rename_view(desk, call.actor, view_id, name=body.name))


@router.delete("/views/{view_id}", **DOES)
def forgets(call: Writes, view_id: UUID) -> Response:
    """Forgets a view."""
    return call.do(lambda desk: delete_view(desk, call.actor, view_id))


@router.get("/notices/mail")
def told(call: Reads) -> MailChoice:
    """Returns how the officer is told by mail."""
    with call.looking() as reader:
        return MailChoice(mail=mail_choice(reader.session, call.actor.id))


@router.put("/notices/mail", **DOES)
def chooses(call: Writes, body: MailChoice) -> Response:
    """Chooses how the officer is told by mail."""
    return call.do(
        lambda desk: choose_mail(desk.database, body.mail, actor=call.actor, at=desk.clock())
    )


def _waiting(one: Waiting) -> WorkWaiting:
    return WorkWaiting(
        about=one.subject.about, id=one.subject.id, step=one.subject.step,
        revision=one.subject.revision, title=one.title, text=one.text, words=one.words,
        urgency=one.urgency, due=one.due, since=one.since, queue=one.queue,
        holder_id=one.holder.officer_id if one.holder else None,
    )  # fmt: skip
