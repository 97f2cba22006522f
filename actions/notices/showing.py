"""An officer's notices: how many are new, the list, marked as read. Nobody sees another's."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text, union_all, update
from sqlalchemy.orm import Session

from actions.access import may_see, roles_on
from actions.desk import local_day
from actions.errors import NotFoundError
from actions.incoming.showing import seen_by
from actions.listing.paging import Order, Page, page_of
from actions.notices.kinds import BATCH, DRAFT, PAGE, PLACES, WORDS, Kind
from actions.offices import office_facts
from actions.ordering import title_of
from actions.work.answers import READERS
from actions.work.items import DIRECTIVE, INCOMING, MESSAGE
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.officer_notice import NEW, OfficerNotice
from models.session import Database
from models.working import DraftSource, WorkingDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One notice as its officer sees it."""

    id: int
    kind: Kind
    words: str
    """What is told, one sentence."""
    by: str
    """Who did it, name and post; empty for the machine."""
    reason: str
    """What was said of it, where something was; empty where the officer may not see it any more."""
    count: int
    """How often it came before it was read."""
    title: str
    """Number or `Dự thảo`; empty where the officer may not see it any more."""
    subject: str
    directive_id: uuid.UUID | None
    """None where it is about something else."""
    path: str
    """Where one acts; empty where the officer may not see it any more."""
    at: datetime
    read_at: datetime | None
    over_at: datetime | None
    """When nothing was asked any more."""

    @property
    def is_new(self) -> bool:
        """Tells whether the bell counts it."""
        return self.read_at is None and self.over_at is None


def count_new(session: Session, officer_id: str) -> int:
    """Returns how many notices an officer has neither read nor had done by others."""
    counted = session.scalar(
        select(func.count())
        .select_from(OfficerNotice)
        .where(OfficerNotice.officer_id == officer_id, text(NEW))
    )
    return counted or 0


def newest(session: Session, officer_id: str, most: int = 50) -> Sequence[OfficerNotice]:
    """Returns an officer's newest notices, as they are stored."""
    return session.scalars(
        select(OfficerNotice)
        .where(OfficerNotice.officer_id == officer_id, OfficerNotice.own.is_(False))
        .order_by(OfficerNotice.at.desc(), OfficerNotice.id.desc())
        .limit(most)
    ).all()


def notices_of(
    session: Session,
    officer_id: str,
    at: datetime,
    *,
    only_new: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[Shown]:
    """Returns an officer's notices, the newest first.

    What they are about is looked up now: of what the officer may not see any more only the kind is
    shown.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    query = select(OfficerNotice).where(
        OfficerNotice.officer_id == officer_id, OfficerNotice.own.is_(False)
    )
    if only_new:
        query = query.where(text(NEW))
    found = page_of(
        session, query, Order(by=OfficerNotice.at, key=OfficerNotice.id, descending=True),
        after=after, limit=limit, values=lambda one: (one.at, one.id),
    )  # fmt: skip
    return Page(items=shown(session, officer_id, found.items, at), next=found.next)


def shown(
    session: Session, officer_id: str, rows: Sequence[OfficerNotice], at: datetime
) -> list[Shown]:
    """Returns notices with what they are about, as far as their officer may see it."""
    keys = {one.subject_id for one in rows if one.about == DIRECTIVE}
    found = session.scalars(select(Directive).where(Directive.id.in_(keys))) if keys else ()
    day = local_day(at)
    about = {
        uuid.UUID(str(one.id)): (title_of(one), one.subject)
        for one in found
        if may_see(session, officer_id, one, day)
    }
    about |= _papers(
        session, officer_id, [one.subject_id for one in rows if one.about == INCOMING], day
    )
    about |= _mail(
        session, officer_id, [one.subject_id for one in rows if one.about == MESSAGE], day
    )
    about |= {one.subject_id: ("", "") for one in rows if one.about == BATCH}
    about |= _files(session, officer_id, [one.subject_id for one in rows if one.about == DRAFT])
    return [_shown(one, about.get(one.subject_id)) for one in rows]


def _papers(
    session: Session, officer_id: str, keys: Sequence[uuid.UUID], day: date
) -> dict[uuid.UUID, tuple[str, str]]:
    """Returns the numbers and subjects of incoming papers that the officer may see."""
    if not keys:
        return {}
    found = session.scalars(
        select(IncomingDocument).where(
            IncomingDocument.id.in_(keys), seen_by(session, officer_id, day)
        )
    )
    return {one.id: (one.number_symbol or one.sender_name, one.subject) for one in found}


def _mail(
    session: Session, officer_id: str, keys: Sequence[uuid.UUID], day: date
) -> dict[uuid.UUID, tuple[str, str]]:
    """Returns senders and subjects of mail, where the officer deals with it."""
    if not keys or not READERS & roles_on(
        session, officer_id, office_facts(session).organisation_id, day
    ):
        return {}
    found = session.scalars(select(IncomingMessage).where(IncomingMessage.id.in_(keys)))
    return {one.id: (one.sender, one.subject) for one in found}


def _files(
    session: Session, officer_id: str, keys: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str]]:
    """Returns the names of files that an officer's drafts begin with, as far as they still do."""
    if not keys:
        return {}
    read = select(WorkingDraft.id, WorkingDraft.source_name).where(
        WorkingDraft.id.in_(keys), WorkingDraft.officer_id == officer_id
    )
    waiting = select(DraftSource.id, DraftSource.name).where(
        DraftSource.id.in_(keys), DraftSource.officer_id == officer_id
    )
    return {key: ("", name or "") for key, name in session.execute(union_all(read, waiting))}


def _shown(one: OfficerNotice, about: tuple[str, str] | None) -> Shown:
    kind = Kind(one.kind)
    title, subject = about or ("", "")
    return Shown(
        id=one.id, kind=kind, words=WORDS[kind], by=one.detail.get("by", ""),
        reason=one.detail.get("reason", "") if about else "",
        count=one.detail.get("count", 1),
        directive_id=one.subject_id if one.about == DIRECTIVE else None, at=one.at,
        title=title, subject=subject,
        path=PLACES.get(kind, PAGE).format(id=one.subject_id) if about else "",
        read_at=one.read_at, over_at=one.over_at,
    )  # fmt: skip


def notice_of(session: Session, officer_id: str, notice_id: int, at: datetime) -> Shown:
    """Returns one of an officer's notices.

    Raises:
        NotFoundError: the officer has none with this number.
    """
    return shown(session, officer_id, [_mine(session, officer_id, notice_id)], at)[0]


def _mine(session: Session, officer_id: str, notice_id: int) -> OfficerNotice:
    found = session.get(OfficerNotice, notice_id)
    if found is None or found.officer_id != officer_id:
        raise NotFoundError("thông báo", notice_id)
    return found


def mark_read(database: Database, officer_id: str, notice_id: int, at: datetime) -> None:
    """Marks one notice as read. Twice: nothing happens.

    Raises:
        NotFoundError: the officer has none with this number.
    """
    with database.writing() as session:
        found = _mine(session, officer_id, notice_id)
        found.read_at = found.read_at or at


def mark_seen(
    database: Database, officer_id: str, about: str, key: uuid.UUID, at: datetime
) -> None:
    """Marks what an officer was told of a draft or a batch as read: they have its page open."""
    mine = (
        OfficerNotice.officer_id == officer_id, OfficerNotice.about == about,
        OfficerNotice.subject_id == key, OfficerNotice.read_at.is_(None),
    )  # fmt: skip
    with database.reading() as session:
        if session.scalar(select(OfficerNotice.id).where(*mine).limit(1)) is None:
            return
    with database.writing() as session:
        session.execute(
            update(OfficerNotice)
            .where(*mine)
            .values(read_at=at)
            .execution_options(synchronize_session=False)
        )


def mark_all_read(
    database: Database, officer_id: str, at: datetime, *, until: datetime | None = None
) -> int:
    """Marks an officer's notices as read, up to the newest that was seen. Returns how many."""
    with database.writing() as session:
        change = update(OfficerNotice).where(
            OfficerNotice.officer_id == officer_id, OfficerNotice.read_at.is_(None)
        )
        if until is not None:
            change = change.where(OfficerNotice.at <= until)
        marked = session.execute(change.values(read_at=at))
        return int(marked.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
