"""The page of one incoming paper: facts, files, what the reader may do, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from actions.errors import ActionRefusedError, NotAuthorisedError
from actions.incoming import words
from actions.incoming.assigning import ASSIGNABLE, may_assign
from actions.incoming.rows import AT_WORK
from actions.incoming.showing import WholePaper, may_see, whole_paper
from actions.offices import office_facts, working_calendar
from archive.errors import ArchiveError
from documents.copies import page_total
from documents.errors import CopyRefusedError
from models.directive import Directive
from models.officer import Officer, Post, Role
from models.organisation import Organisation
from portal.context import Portal
from portal.identity import Person
from portal.problems import problem_of
from portal.rendering import page

MOST_PAGES: Final = 60
"""Pages drawn of one file; the file itself has them all."""
WORDS: Final = {
    "STATES": words.STATE_WORDS,
    "FILE_VERDICTS": words.FILE_VERDICT_WORDS,
    "PARTS": words.ASSIGNMENT_WORDS,
    "REQUESTS": words.REQUEST_WORDS,
    "WAYS": words.VIA_WORDS,
    "CODES": words.CODE_WORDS,
}
_GONE: Final = ("recalled",)


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """What the reader may do now; deeds look for themselves again."""

    register: bool
    """Accept or refuse."""
    assign: bool
    reply: bool
    answer: bool
    """Answer the sender's request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A unit or officer who can be given the work."""

    value: str
    """`unit:<id>` or `officer:<id>`."""
    name: str


def tone_of(state: str) -> str:
    """Returns the colour class of a state."""
    if state == "done":
        return "good"
    if state in ("refused", "recalled", "replaced"):
        return "bad"
    return "wait" if state in ("arrived", "recall_asked") else "plain"


def verdict_tone(verdict: str) -> str:
    """Returns the colour class of a verdict on a file."""
    return {"passed": "good", "failed": "bad", "not_pdf": "plain", "paper": "plain"}.get(
        verdict, "wait"
    )


def require_sight(session: Session, portal: Portal, person: Person, document_id: UUID) -> None:
    """Refuses a reader who has nothing to do with a paper.

    Raises:
        NotAuthorisedError: of another office, and handling nothing of it.
    """
    if not may_see(session, person.officer_id, document_id, portal.today()):
        raise NotAuthorisedError(person.actor.name, "xem văn bản đến này", "cán bộ của cơ quan")


def show(
    request: Request,
    portal: Portal,
    person: Person,
    document_id: UUID,
    *,
    refusal: ActionRefusedError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """Returns the page, with the reason where something was refused."""
    with portal.database.reading() as session:
        require_sight(session, portal, person, document_id)
        whole = whole_paper(session, document_id, officer_id=person.officer_id, at=portal.at())
        may = _may(session, portal, person, whole)
        values: dict[str, Any] = {
            "choices": choices(session, portal) if may.assign else (),
            "leaders": _leaders(session, portal) if may.register else (),
            "sealed": _sealed(session, person) if may.reply else (),
            "calendar": working_calendar(session),
        }
    status = problem_of(refusal).status if refusal is not None else 200
    return page(
        request, "incoming_paper.html", person=person, status=status, whole=whole,
        paper=whole.document, may=may, sheets=_sheets(portal, whole), tone_of=tone_of,
        verdict_tone=verdict_tone, refusal=refusal.diagnosis() if refusal else "",
        typed=typed or {}, limit_bytes=portal.desk.size_limit_bytes,
        limit_mb=portal.desk.size_limit_bytes >> 20, **WORDS, **values,
    )  # fmt: skip


def _may(session: Session, portal: Portal, person: Person, whole: WholePaper) -> May:
    paper = whole.document
    clerk = person.has(office_facts(session).organisation_id, Role.REGISTRY_CLERK)
    leads = may_assign(session, person.officer_id, paper, portal.today())
    return May(
        register=clerk and paper.state == "arrived",
        assign=leads and paper.state in ASSIGNABLE,
        reply=paper.state in AT_WORK and bool(leads or whole.mine),
        answer=clerk,
    )


def _sheets(portal: Portal, whole: WholePaper) -> list[tuple[int, str, range]]:
    """Index, name and pages of each PDF that can be drawn; nothing of a paper taken back."""
    if whole.document.state in _GONE:
        return []
    found = []
    for index, file in enumerate(whole.document.files):
        if file["media_type"] != "application/pdf":
            continue
        try:
            total = page_total(portal.desk.archive.get(file["sha256"]))
        except (CopyRefusedError, ArchiveError):
            continue
        found.append((index, file["name"], range(1, min(total, MOST_PAGES) + 1)))
    return found


def choices(session: Session, portal: Portal) -> Sequence[Choice]:
    """Returns who can be given the work: officers of this office, then units below it."""
    own, day = office_facts(session).organisation_id, portal.today()
    people = session.scalars(
        select(Officer)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == own,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .distinct()
        .order_by(Officer.sort_key)
    )
    units = session.scalars(
        select(Organisation)
        .where(
            Organisation.parent_id == own,
            Organisation.valid_from <= day,
            or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
        )
        .order_by(Organisation.sort_key)
    )
    return (
        *(Choice(value=f"unit:{one.id}", name=one.name) for one in units),
        *(Choice(value=f"officer:{one.id}", name=one.name) for one in people),
    )


def _leaders(session: Session, portal: Portal) -> Sequence[Choice]:
    own, day = office_facts(session).organisation_id, portal.today()
    rows = session.execute(
        select(Officer, Post)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == own,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .order_by(Officer.sort_key)
    )
    return tuple(
        Choice(value=officer.id, name=f"{officer.name}, {post.title}")
        for officer, post in rows
        if Role.SIGNATORY.value in post.roles or Role.FOLLOW_UP.value in post.roles
    )


def _sealed(session: Session, person: Person) -> Sequence[Directive]:
    """Returns papers of this office that went to seal here: each can be the reply."""
    return session.scalars(
        select(Directive)
        .where(Directive.organisation_id.in_(person.roles), Directive.sealed_sha256.is_not(None))
        .order_by(Directive.updated_at.desc())
        .limit(50)
    ).all()
