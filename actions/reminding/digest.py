"""The daily digest for the follow-up officers: who is late, what is new, what waits for a decision.

One letter on a working day, only where there is something to tell.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select

from actions.auditing import MACHINE
from actions.closing import RUNNING
from actions.desk import VIETNAM, Deed, Desk, doing
from actions.notifying import NewNotice, queue_notice
from actions.offices import follow_up_officers, office_facts, working_calendar
from actions.reminding.quiet import may_go_at
from actions.wording import TEST_LINE, directive_line
from deadlines.calendar import ONE_DAY
from models.directive import Directive
from models.dispatch import Notice
from models.lifecycle import ObligationState
from models.obligation import ExtensionRequest, Obligation
from models.organisation import Office, Organisation

MOST_LINES = 30
"""Lines of a section; of the others only how many they are."""


class _NothingToTellError(Exception):
    """Nothing to tell, or told before; the transaction is given up and leaves no trace."""


def send_digest(desk: Desk) -> bool:
    """Queues today's digest, once. Tells whether it did. Safe to run twice and at once."""
    try:
        with doing(desk, MACHINE, "digest", kind="office") as deed:
            _write(desk, deed)
    except _NothingToTellError:
        return False
    return True


def _write(desk: Desk, deed: Deed) -> None:
    # One at a time: the second of two rounds sees the first one's letter.
    deed.session.execute(select(Office.id).with_for_update())
    office = office_facts(deed.session)
    key = f"digest:{office.organisation_id}:{deed.day.isoformat()}"
    told = deed.session.scalar(select(exists().where(Notice.key == key)))
    calendar = working_calendar(deed.session)
    officers = follow_up_officers(deed.session, office.organisation_id, deed.day)
    addresses = [one.email for one in officers if one.email]
    sections = [] if told or not calendar.is_working(deed.day) else _sections(deed)
    if not sections or not addresses:
        raise _NothingToTellError
    first, *others = addresses
    foot = f"\n\n{TEST_LINE}" if office.test_only else ""
    queue_notice(
        desk, deed,
        NewNotice(
            key=key, kind="digest", directive=None, organisation_id=None, address=first,
            subject=f"[Theo dõi] Tình hình thực hiện ngày {deed.day:%d/%m/%Y}",
            text="\n\n".join([*sections, office.name]) + foot + "\n", copy_to=tuple(others),
            not_before=may_go_at(deed.session, deed.at),
        ),
    )  # fmt: skip
    deed.subject_id = office.organisation_id
    deed.detail |= {"sections": len(sections)}


def _sections(deed: Deed) -> list[str]:
    found = (_waiting(deed), _new(deed), _late(deed))
    return [one for one in found if one]


def _section(head: str, lines: Sequence[str], count: int) -> str:
    if not count:
        return ""
    more = [f"… và {count - len(lines)} dòng khác."] if count > len(lines) else []
    return "\n".join([f"{head} ({count}):", *(f"- {line}" for line in lines), *more])


def _waiting(deed: Deed) -> str:
    """Reports and requests for more time that nobody has decided."""
    asked = select(ExtensionRequest.obligation_id).where(ExtensionRequest.state == "asked")
    is_asked = Obligation.id.in_(asked)
    about = (Obligation.state == ObligationState.REPORTED.value) | is_asked
    query = (
        select(Obligation, Organisation.name, Directive, is_asked)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .join(Directive, Directive.id == Obligation.directive_id)
        .where(about, Directive.state.in_([state.value for state in RUNNING]))
    )
    rows = deed.session.execute(query.order_by(Obligation.due, Obligation.id).limit(MOST_LINES))
    lines = [
        f"{unit}: {'xin gia hạn' if more_time else 'đã báo cáo'} mục {one.task_ref}, "
        f"{directive_line(directive)}"
        for one, unit, directive, more_time in rows
    ]
    count = deed.session.scalars(select(func.count()).select_from(query.subquery())).one()
    return _section("Chờ quyết định", lines, count)


def _new(deed: Deed) -> str:
    """Reports of the last working day and since."""
    calendar = working_calendar(deed.session)
    since = calendar.last_working_day_on_or_before(deed.day - ONE_DAY)
    midnight = deed.at.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = midnight - timedelta(days=(deed.day - since).days)
    rows = deed.session.execute(
        select(Organisation.name, func.count(Obligation.id))
        .join(Obligation, Obligation.organisation_id == Organisation.id)
        .where(Obligation.reported_at >= begins)
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.sort_key)
    ).all()
    lines = [f"{unit}: {count} nhiệm vụ" for unit, count in rows]
    head = f"Mới báo cáo từ ngày {since:%d/%m/%Y}"
    return _section(head, lines[:MOST_LINES], len(lines))


def _late(deed: Deed) -> str:
    """Units with anything late, the most first."""
    number = func.count(Obligation.id)
    rows = deed.session.execute(
        select(Organisation.name, number, func.min(Obligation.due))
        .join(Obligation, Obligation.organisation_id == Organisation.id)
        .join(Directive, Directive.id == Obligation.directive_id)
        .where(
            Obligation.state.in_((ObligationState.OPEN.value, ObligationState.RETURNED.value)),
            Obligation.due < deed.day,
            Obligation.reports_through_id.is_(None),
            Directive.state.in_([state.value for state in RUNNING]),
        )
        .group_by(Organisation.id, Organisation.name)
        .order_by(number.desc(), Organisation.sort_key)
    ).all()
    lines = [
        f"{unit}: {count} nhiệm vụ quá hạn, sớm nhất {due:%d/%m/%Y}" for unit, count, due in rows
    ]
    return _section("Đơn vị chậm báo cáo", lines[:MOST_LINES], len(lines))
