"""Puts together the page of one directive; shown by itself, and again where a form was refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from actions.auditing import MACHINE, verify_events_of
from actions.boards.directives import Standing, standing_of
from actions.deed_words import TALK
from actions.discussing.asked import askers_of, opinions_of
from actions.discussing.looks import keep_look, news_for
from actions.discussing.opinions import BEFORE_APPROVAL
from actions.discussing.threads import summary_of
from actions.dossier import signatures_of
from actions.draft_rows import content_of, lines_of
from actions.errors import NotFoundError
from actions.issuing import preview
from actions.legal_steps import legal_steps
from actions.listing.sight import Reader
from actions.obliging import due_of, tasks_of
from actions.offices import working_calendar
from actions.progress import NextStep, TimelineEntry, next_steps, timeline
from actions.signatures import timestamp_words
from documents.checks import FormFinding, Severity, check_form, check_text
from models.base import DirectiveId
from models.directive import Directive, Document, RecipientLine, Revision
from models.dispatch import Consignment
from models.lifecycle import ANSWERED_OBLIGATIONS, REACHED
from models.obligation import Obligation
from models.officer import Officer
from models.organisation import Organisation
from portal.after_issue import after_issue
from portal.context import Portal
from portal.dispatch_view import counts
from portal.i18n.catalogue import gettext, noted
from portal.i18n.said import said
from portal.identity import Person
from portal.live import Watched, live_of
from portal.rendering import page
from portal.seeing import Kept, Offer, is_moving, offer, open_directive, pages_of
from portal.words import KIND_WORDS, happened, moment

TABS: Final = {
    "tien-trinh": "Tiến trình",
    "noi-nhan": "Nơi nhận",
    "nhiem-vu": "Nhiệm vụ",
    "phien-ban": "Phiên bản",
    "chung-cu": "Chứng cứ",
}
"""Tabs of the page, by the value of `?the=`."""
_NOBODY: Final = noted("Một người khác")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """One line of the recipient list as printed, with the units that it comes down to."""

    line: RecipientLine
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task with its day and how far it is."""

    task: Any
    due: Any
    """`deadlines.due.ComputedDue`."""
    units: int
    answered: int


def show(
    request: Request,
    portal: Portal,
    person: Person,
    directive_id: DirectiveId,
    *,
    tab: str = "tien-trinh",
    kept: Kept | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Returns the page.

    Raises:
        NotFoundError, NotAuthorisedError: as in `portal.seeing.open_directive`.
    """
    chosen = tab if tab in TABS else "tien-trinh"
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, directive_id)
        state = state_values(session, portal, person, directive)
        values = {
            "live": live_of(session, portal, person, Watched.DIRECTIVE, directive.id),
            "directive": directive,
            "people": _people(session, directive),
            **state,
            "news": news_for(session, directive, person.officer_id),
            "discussion": summary_of(session, directive, person.officer_id),
            "findings": _findings(session, portal, directive, state["offer"]),
            "opinions": opinions_of(session, directive, person.officer_id, portal.at()),
            "may_ask_opinions": person.officer_id in askers_of(directive)
            and directive.state in BEFORE_APPROVAL,
            **after_issue(session, directive, person),
            **_tab_values(session, portal, directive, chosen, state["steps"]),
        }
    if kept is None:
        keep_look(portal.database, directive, person.officer_id, at=portal.at())
    if chosen == "noi-nhan":
        values |= _recipients(portal, directive, values["lines"])
    return page(
        request, "directive.html", person=person, status=status, tabs=TABS, tab=chosen,
        pages=pages_of(portal, directive_id), kept=kept or Kept(), **values,
    )  # fmt: skip


def _findings(
    session: Session, portal: Portal, directive: Directive, offered: Offer
) -> list[FormFinding] | None:
    """Returns what the form check found, for who checks the form or approves; None for others."""
    if offered.act is None or offered.act.deed not in {"check_form", "approve"}:
        return None
    content = content_of(session, directive)
    found = (*check_text(content), *check_form(content, at=portal.today()))
    return [one for one in dict.fromkeys(found) if one.severity is not Severity.INFO]


def state_values(
    session: Session, portal: Portal, person: Person, directive: Directive
) -> dict[str, Any]:
    """Returns what the part of the page that refreshes itself shows."""
    steps = next_steps(session, directive)
    return {
        "steps": steps,
        "moving": is_moving(steps),
        "lacks_timestamp": timestamp_words(session, DirectiveId(directive.id)),
        "offer": offer(session, directive, person, portal.today(), steps),
        **(_issued(session, portal, person, directive) if directive.issued_at else {"units": 0}),
    }


def _issued(
    session: Session, portal: Portal, person: Person, directive: Directive
) -> dict[str, Any]:
    """How many units it has gone out to, and how they stand with what is asked of them."""
    stands = counts(session, [directive.id]).get(directive.id, Counter())
    reader = Reader(session=session, actor=person.actor, day=portal.today())
    return {
        "sent_to": sum(stands[state] for state in REACHED),
        "units": stands.total(),
        "standing": standing_of(reader, [directive.id]).get(directive.id, Standing()),
    }


def stale_sentence(session: Session, directive_id: DirectiveId, now_words: str) -> str:
    """Returns who was quicker, what they did and when.

    Args:
        session: a look.
        directive_id: the directive.
        now_words: the sentence of the refusal, for when nobody was.
    """
    done = [
        entry
        for entry in timeline(session, directive_id)
        if entry.outcome == "done" and entry.actor != MACHINE.name and entry.deed not in TALK
    ]
    return _quicker(done[-1]) if done else now_words


def _quicker(entry: TimelineEntry) -> str:
    return gettext(
        "Văn bản đã được %(who)s %(happened)s lúc %(moment)s",
        who=entry.actor or gettext(_NOBODY), happened=said(happened(entry.deed)),
        moment=moment(entry.at),
    )  # fmt: skip


def _people(session: Session, directive: Directive) -> list[tuple[str, str]]:
    named = (
        ("Soạn thảo", directive.drafter_id),
        ("Kiểm tra nội dung", directive.content_reviewer_id),
        ("Kiểm tra thể thức", directive.form_reviewer_id),
        ("Người ký", directive.signatory_id),
    )
    found = ((role, session.get(Officer, key) if key else None) for role, key in named)
    return [(role, officer.name) for role, officer in found if officer]


def _tab_values(
    session: Session, portal: Portal, directive: Directive, tab: str, steps: Sequence[NextStep]
) -> dict[str, Any]:
    if tab == "noi-nhan":
        return {"lines": lines_of(session, directive)}
    if tab == "nhiem-vu":
        return {
            "tasks": _tasks(session, portal, directive),
            "calendar": working_calendar(session),
        }
    if tab == "phien-ban":
        return {
            "revisions": _revisions(session, directive),
            "documents": _files(session, directive),
        }
    chain = verify_events_of(session, "directive", str(directive.id))
    if tab == "chung-cu":
        return {"chain": chain, "signatures": signatures_of(session, directive.id)}
    entries = timeline(session, directive.id)
    legal = legal_steps(session, directive, entries, steps)
    return {"chain": chain, "entries": entries, "legal_steps": legal}


def _recipients(
    portal: Portal, directive: Directive, lines: Sequence[RecipientLine]
) -> dict[str, Any]:
    """Lines with their units: as planned now, or as they were sent to."""
    units: list[tuple[tuple[int, ...], str]] = []
    problem = ""
    if directive.issued_at:
        units = _sent_to(portal, directive)
    else:
        try:
            plan = preview(portal.desk, DirectiveId(directive.id))
            units = [(unit.lines, unit.name) for unit in plan.units]
        except NotFoundError as refusal:
            problem = refusal.diagnosis()
    rows = [
        RecipientRow(
            line=line, units=tuple(name for ordinals, name in units if line.ordinal in ordinals)
        )
        for line in lines
    ]
    return {"recipients": rows, "recipients_problem": problem, "unit_count": len(units)}


def _sent_to(portal: Portal, directive: Directive) -> list[tuple[tuple[int, ...], str]]:
    with portal.database.reading() as session:
        found = session.execute(
            select(Consignment.lines, Organisation.name)
            .join(Organisation, Organisation.id == Consignment.organisation_id)
            .where(Consignment.directive_id == directive.id, Consignment.rerouted_to_id.is_(None))
            .order_by(Organisation.sort_key)
        )
        return [(tuple(lines), name) for lines, name in found]


def _tasks(session: Session, portal: Portal, directive: Directive) -> list[TaskRow]:
    counted = {
        (ref, state): count
        for ref, state, count in session.execute(
            select(Obligation.task_ref, Obligation.state, func.count())
            .where(Obligation.directive_id == directive.id)
            .group_by(Obligation.task_ref, Obligation.state)
        )
    }
    issued = directive.issue_date or portal.today()
    return [
        TaskRow(
            task=task,
            due=due_of(session, task, issued=issued),
            units=sum(count for (ref, _), count in counted.items() if ref == task.ref),
            answered=sum(counted.get((task.ref, state.value), 0) for state in ANSWERED_OBLIGATIONS),
        )
        for task in tasks_of(session, directive)
    ]


def _revisions(session: Session, directive: Directive) -> list[tuple[Revision, str]]:
    rows = session.execute(
        select(Revision, Officer.name)
        .join(Officer, Officer.id == Revision.created_by)
        .where(Revision.directive_id == directive.id)
        .order_by(Revision.ordinal.desc())
    )
    return [(revision, name) for revision, name in rows]


def _files(session: Session, directive: Directive) -> Sequence[Document]:
    rows = session.scalars(
        select(Document).where(Document.directive_id == directive.id, Document.kind.in_(KIND_WORDS))
    )
    order = list(KIND_WORDS)
    return sorted(rows, key=lambda row: (row.created_at, order.index(row.kind), row.name))
