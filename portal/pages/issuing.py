"""Issuing: who gets what is shown first, then one button."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.distribution.trials import last_trials, send_test
from actions.errors import InvalidInputError
from actions.expanding import ExpandedUnit
from actions.issuing import IssuePlan, issue, preview
from actions.offices import working_calendar
from actions.sending_limits import rule_for, send_by
from actions.signatures import timestamp_words
from models.base import DirectiveId
from models.lifecycle import DirectiveState
from portal.context import Portal, ThePortal
from portal.dispatch_view import FOLDED_FROM, OTHER_UNITS, titles_of
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.decisions import refused_words
from portal.problems import STALE, problem_of
from portal.rendering import page
from portal.seeing import offer, open_directive

router = APIRouter(prefix="/van-ban/{directive_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUnits:
    """Units that one line of the recipient list leads to, for the same reason."""

    title: str
    """The line as printed."""
    role: str
    units: tuple[ExpandedUnit, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether one of them is not reached as things are."""
        return any(unit.problem for unit in self.units)

    @property
    def channels(self) -> list[tuple[str, int]]:
        """How many units each channel reaches, most first."""
        return Counter(unit.channel for unit in self.units).most_common()


@router.get("/phat-hanh")
def before(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows who would get the directive, and what each of them owes."""
    return _show(request, portal, person, DirectiveId(directive_id))


@router.post("/phat-hanh/gui-thu")
def test(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    organisation: Annotated[str, Form()],
) -> Response:
    """Sends a test message to a unit of the list, and shows the list again."""
    key = DirectiveId(directive_id)
    try:
        send_test(portal.desk, person.actor, organisation)
    except InvalidInputError as refusal:
        problem = problem_of(refusal)
        return _show(request, portal, person, key, refusal=problem.sentence, status=problem.status)
    portal.nudge(key)
    return RedirectResponse(f"/van-ban/{key}/phat-hanh", status_code=303)


@router.post("/phat-hanh")
def send(request: Request, portal: ThePortal, person: Deciding, directive_id: UUID) -> Response:
    """Issues the directive."""
    key = DirectiveId(directive_id)
    try:
        issue(portal.desk, person.actor, key)
    except STALE as refusal:
        words = refused_words(portal, key, refusal)
        return _show(request, portal, person, key, refusal=words, status=problem_of(refusal).status)
    portal.nudge(key)
    return RedirectResponse(f"/phat-hanh/{key}", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    refusal: str = "",
    status: int = 200,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        act = offer(session, directive, person, portal.today()).act
        lacks_timestamp = timestamp_words(session, key)
        urgent = bool(directive.urgency)
        limit = send_by(portal.at(), urgent=urgent, calendar=working_calendar(session))
        titles = titles_of(session, directive)
    if directive.state != DirectiveState.SEALED and not refusal:
        return RedirectResponse(f"/van-ban/{key}", status_code=303)
    plan = preview(portal.desk, key)
    with portal.database.reading() as session:
        tests = last_trials(session, [unit.organisation_id for unit in plan.units])
    return page(
        request, "issuing.html", person=person, status=status, directive=directive, plan=plan,
        lines=_lines(plan, titles), refusal=refusal,
        folded=len(plan.units) > FOLDED_FROM,
        may_issue=act is not None and act.deed == "issue", lacks_timestamp=lacks_timestamp,
        tests=tests, limit=limit, rule=rule_for(urgent=urgent),
    )  # fmt: skip


def _lines(plan: IssuePlan, titles: Mapping[int, str]) -> Sequence[LineUnits]:
    """The units below their lines, in the order of the recipient list."""
    found: dict[tuple[int, str], list[ExpandedUnit]] = {}
    for unit in plan.units:
        found.setdefault((min(unit.lines, default=0), unit.role), []).append(unit)
    return [
        LineUnits(title=titles.get(ordinal, OTHER_UNITS), role=role, units=tuple(units))
        for (ordinal, role), units in sorted(found.items(), key=lambda one: one[0][0])
    ]
