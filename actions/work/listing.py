"""Everything that waits for one person, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.desk import local_day
from actions.offices import office_facts, working_calendar
from actions.work.answers import waiting_answers, waiting_deliveries, waiting_letters
from actions.work.cases import waiting_cases
from actions.work.items import Kind, Waiting
from actions.work.opinions import waiting_opinions
from actions.work.papers import waiting_papers
from actions.work.queues import with_queues
from models.officer import Role

_SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What waits for one person."""

    mine: tuple[Waiting, ...]
    """Theirs, and what lies in a queue of theirs that nobody has taken up."""
    taken: tuple[Waiting, ...]
    """What a colleague has taken up."""

    def counts(self) -> dict[Kind, int]:
        """Returns how many of each kind there are, in the order of the kinds."""
        found = dict.fromkeys(Kind, 0)
        for one in self.mine:
            found[one.kind] += 1
        return {kind: count for kind, count in found.items() if count}


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """One group of the list."""

    key: str
    """`late`, `today`, `week`, `later` or `none`."""
    rows: tuple[Waiting, ...]


def everything_for(session: Session, officer_id: str, at: datetime) -> Work:
    """Returns everything that waits for an officer at an instant."""
    day = local_day(at)
    roles: dict[str, frozenset[Role]] = {}
    for post in posts_on(session, officer_id, day):
        held = roles.get(post.organisation_id, frozenset())
        roles[post.organisation_id] = held | {Role(role) for role in post.roles}
    office = office_facts(session).organisation_id
    here = roles.get(office, frozenset())
    found = [
        *waiting_cases(session, officer_id, at, working_calendar(session)),
        *waiting_opinions(session, officer_id, at),
        *waiting_answers(session, _where(roles, Role.FOLLOW_UP)),
        *waiting_deliveries(session, _where(roles, Role.REGISTRY_CLERK)),
        *waiting_papers(session, officer_id, office, here, at),
        *waiting_letters(session, office, here),
    ]
    sorted_ = sorted(with_queues(session, found, day), key=_urgency)
    return Work(
        mine=tuple(one for one in sorted_ if _is_open_to(one, officer_id)),
        taken=tuple(one for one in sorted_ if not _is_open_to(one, officer_id)),
    )


def by_day(rows: Sequence[Waiting], today: date) -> tuple[When, ...]:
    """Returns rows grouped by when they are due: late, today, this week, later, without a day."""
    sunday = today + timedelta(days=_SUNDAY - today.weekday())
    groups: dict[str, list[Waiting]] = {
        key: [] for key in ("late", "today", "week", "later", "none")
    }
    for one in rows:
        if one.due is None:
            key = "none"
        elif one.due < today:
            key = "late"
        elif one.due == today:
            key = "today"
        else:
            key = "week" if one.due <= sunday else "later"
        groups[key].append(one)
    return tuple(When(key=key, rows=tuple(found)) for key, found in groups.items() if found)


def _where(roles: dict[str, frozenset[Role]], role: Role) -> list[str]:
    return sorted(where for where, held in roles.items() if role in held)


def _is_open_to(one: Waiting, officer_id: str) -> bool:
    return one.holder is None or one.holder.officer_id == officer_id


def _urgency(one: Waiting) -> tuple[bool, date, bool, datetime]:
    return one.due is None, one.due or date.max, not one.urgency, one.since
