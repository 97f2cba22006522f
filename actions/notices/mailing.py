"""Letters to officers of what is new for them: at once, or one a working day; each notice in one.

Which notices a letter bears is marked in the transaction that queues it, so that a process that
dies loses none and tells none twice. What was read or done before is told no more. Letters wait for
the end of the office's quiet hours like all that chases.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, or_, select, text
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing, local_day
from actions.notices.choosing import USUAL, Mail
from actions.notices.showing import Shown, shown
from actions.notifying import NewNotice, queue_notice
from actions.offices import office_facts, working_calendar
from actions.reminding.quiet import may_go_at
from actions.wording import TEST_LINE, cut
from models.directive import Directive, Revision
from models.dispatch import Notice
from models.officer import Officer, in_service
from models.officer_notice import NEW, NoticeChoice, OfficerNotice

KIND: Final = "officer"
"""Of these letters among all others."""
MOST_LINES: Final = 30
"""Lines of a letter; of the others only how many they are."""


class _NothingToTellError(Exception):
    """Nothing to tell, or told before; the transaction is given up and leaves no trace."""


def send_at_once(desk: Desk) -> int:
    """Queues a letter to each officer who wants to be told at once. Returns how many.

    Safe to run twice and at once.
    """
    return sum(_send(desk, officer_id, Mail.NOW) for officer_id in _with_news(desk, Mail.NOW))


def send_daily(desk: Desk) -> int:
    """Queues the day's letter to each officer, on a working day, once. Returns how many."""
    with desk.database.reading() as session:
        if not working_calendar(session).is_working(local_day(desk.clock())):
            return 0
    return sum(_send(desk, officer_id, Mail.DAILY) for officer_id in _with_news(desk, Mail.DAILY))


def _with_news(desk: Desk, mail: Mail) -> Sequence[str]:
    chosen = NoticeChoice.mail == mail.value
    with desk.database.reading() as session:
        return session.scalars(
            select(Officer.id)
            .outerjoin(NoticeChoice, NoticeChoice.officer_id == Officer.id)
            .where(
                or_(chosen, NoticeChoice.mail.is_(None)) if mail is USUAL else chosen,
                Officer.email.is_not(None),
                in_service(local_day(desk.clock())),
                exists().where(
                    OfficerNotice.officer_id == Officer.id,
                    OfficerNotice.mailed_at.is_(None),
                    text(NEW),
                ),
            )
            .order_by(Officer.id)
        ).all()


def _send(desk: Desk, officer_id: str, mail: Mail) -> bool:
    try:
        with doing(desk, MACHINE, "tell_officer", kind="officer", subject=officer_id) as deed:
            _write(desk, deed, officer_id, mail)
    except _NothingToTellError:
        return False
    return True


def _write(desk: Desk, deed: Deed, officer_id: str, mail: Mail) -> None:
    session = deed.session
    # One at a time: the second of two rounds sees what the first one told.
    officer = session.get(Officer, officer_id, with_for_update=True)
    rows = session.scalars(
        select(OfficerNotice)
        .where(OfficerNotice.officer_id == officer_id, OfficerNotice.mailed_at.is_(None), text(NEW))
        .order_by(OfficerNotice.at, OfficerNotice.id)
        .with_for_update()
    ).all()
    if officer is None or not rows:
        raise _NothingToTellError
    key = f"officer:{officer_id}:{deed.day.isoformat()}"
    if mail is Mail.NOW:
        last = rows[-1]
        key = f"officer:{officer_id}:{last.id}:{last.detail.get('count', 1)}"
    if session.scalar(select(exists().where(Notice.key == key))):
        raise _NothingToTellError
    for one in rows:
        one.mailed_at = deed.at
    queue_notice(
        desk, deed,
        NewNotice(
            key=key, kind=KIND, directive=None, organisation_id=None, address=officer.email,
            subject=_subject(len(rows)), text=_letter(desk, deed, officer, rows),
            not_before=may_go_at(session, deed.at),
        ),
    )  # fmt: skip
    deed.detail |= {"notices": len(rows)}


def _subject(count: int) -> str:
    return f"[Trình Ký] {count} thông báo mới"


def _letter(desk: Desk, deed: Deed, officer: Officer, rows: Sequence[OfficerNotice]) -> str:
    office = office_facts(deed.session)
    told = shown(deed.session, officer.id, rows[:MOST_LINES], deed.at)
    lines = [f"- {_line(deed.session, one)}" for one in told]
    if len(rows) > MOST_LINES:
        lines.append(f"… và {len(rows) - MOST_LINES} thông báo khác.")
    parts = [
        f"Kính gửi {office.form_of_address} {officer.name}",
        "\n".join([f"Có {len(rows)} thông báo mới:", *lines]),
        f"Xem và xử lý tại: {desk.portal_url}/thong-bao",
        f"Đổi cách nhận thư này tại: {desk.portal_url}/tai-khoan",
        office.name,
        *((TEST_LINE,) if office.test_only else ()),
    ]
    return "\n\n".join(parts) + "\n"


def _line(session: Session, one: Shown) -> str:
    # What others wrote may be secret without a mark that we could read.
    if one.directive_id is None or not one.title or _is_confidential(session, one):
        return one.words
    return f"{one.words} {one.title}: {cut(one.subject)}"


def _is_confidential(session: Session, one: Shown) -> bool:
    """A draft with a word of secrecy is refused later; till then no letter names it."""
    content = session.scalar(
        select(Revision.content)
        .join(Directive, Directive.id == Revision.directive_id)
        .where(Directive.id == one.directive_id, Revision.ordinal == Directive.revision)
    )
    return bool(content and content.get("secrecy"))
