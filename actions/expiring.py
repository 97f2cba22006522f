"""What runs out soon: certificates, anchors, time-stamping services, sizes of keys; and warnings.

Each warning goes by mail to the operators, the administrators and the holder, once for each
threshold and last day. Safe to run twice, at once, and again after a kill.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.anchor_rows import last_day_of
from actions.auditing import MACHINE
from actions.certificate_rows import certificate_lines, own_certificates
from actions.desk import Desk, doing, local_day
from actions.notifying import NewNotice, queue_notice
from actions.offices import OfficeFacts, office_facts
from actions.setup_parts import Surroundings
from actions.setup_steps import TIMESTAMPS
from actions.wording import TEST_LINE, cut
from models.dispatch import Notice
from models.officer import Officer, Post, RegisteredCertificate, Role, in_service
from models.organisation import Office, SetupStep
from signing.certificates import read_facts
from signing.strength import last_day_of_key

THRESHOLDS: Final = (90, 30, 7)
"""Days before the last day; each brings one warning."""

NOTICE_KIND: Final = "expiry"
_WARNED_ROLES: Final = {Role.OPERATOR.value, Role.ADMINISTRATOR.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """One thing that the office works with, and its last day."""

    kind: str
    """`certificate`, `anchor`, `timestamp` or `key`."""

    key: str
    """What identifies it: a fingerprint or an address."""

    title: str
    """`Chứng thư của Trần Văn Ký`."""

    last_day: date
    todo: str
    """What to do, in Vietnamese."""

    officer_id: str | None = None
    """The holder, where it is an officer."""

    def days_left(self, day: date) -> int:
        """Returns how many days it lasts after a day; negative once it is over."""
        return (self.last_day - day).days

    def words(self, day: date) -> str:
        """Returns one sentence about how long it lasts."""
        left = self.days_left(day)
        if left < 0:
            return f"{self.title} đã hết hạn ngày {self.last_day:%d/%m/%Y}."
        if left == 0:
            return f"{self.title} hết hạn hôm nay."
        return f"{self.title} hết hạn sau {left} ngày (ngày {self.last_day:%d/%m/%Y})."

    def threshold(self, day: date) -> int | None:
        """Returns the threshold that it has come under, None while it lasts longer than all."""
        return min((one for one in THRESHOLDS if self.days_left(day) <= one), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarnSummary:
    """What one round of warnings did."""

    things: int = 0
    letters: int = 0


class _NothingLeftError(Exception):
    """Another round did it first; the transaction is given up and leaves no trace."""


def expiring(session: Session, around: Surroundings, *, at: datetime) -> tuple[Expiring, ...]:
    """Returns what lasts no longer than the widest threshold, the soonest first."""
    day = local_day(at)
    found = (
        *_certificates(session, at),
        *_anchors(around),
        *_timestamps(session, around),
    )
    return tuple(
        sorted(
            (one for one in found if one.threshold(day) is not None),
            key=lambda one: (one.last_day, one.title),
        )
    )


def _certificates(session: Session, at: datetime) -> Iterator[Expiring]:
    """Those that can still be used, or could until they ran out by themselves."""
    lines = {one.fingerprint: one for one in certificate_lines(session, at)}
    rows = [row for row in own_certificates(session) if _in_use(row)]
    for row in _newest_of_each(rows):
        line = lines[row.fingerprint]
        if line.last_day is None:
            continue
        yield Expiring(
            kind="certificate", key=row.fingerprint, officer_id=row.officer_id,
            title=f"Chứng thư của {line.holder}", last_day=line.last_day,
            todo="xin cấp chứng thư mới rồi đăng ký bằng trinhky key add, ký thử bằng "
            "trinhky key try",
        )  # fmt: skip
        limit = last_day_of_key(read_facts(row.der))
        if limit is not None and limit < line.last_day:
            yield Expiring(
                kind="key", key=row.fingerprint, officer_id=row.officer_id,
                title=f"Độ dài khoá RSA trong chứng thư của {line.holder}", last_day=limit,
                todo="xin cấp chứng thư có khoá RSA từ 3072 bit hoặc khoá EC",
            )  # fmt: skip


def _in_use(row: RegisteredCertificate) -> bool:
    return row.end_reason is None and row.key_kind != "none"


def _newest_of_each(rows: Iterable[RegisteredCertificate]) -> Iterable[RegisteredCertificate]:
    """A certificate that has its successor need not be renewed."""
    newest: dict[tuple[str | None, str | None], RegisteredCertificate] = {}
    for row in rows:
        holder = (row.officer_id, row.organisation_id)
        best = newest.get(holder)
        if best is None or _ends(row) >= _ends(best):
            newest[holder] = row
    return newest.values()


def _ends(row: RegisteredCertificate) -> date:
    try:
        own = local_day(read_facts(row.der).not_after)
    except ValueError:
        return row.valid_from
    return min(own, row.valid_to or own)


def _anchors(around: Surroundings) -> Iterator[Expiring]:
    for anchor in around.anchors:
        facts = read_facts(anchor.der)
        yield Expiring(
            kind="anchor", key=anchor.sha256_hex,
            title=f"Chứng thư gốc {anchor.name or facts.name}",
            last_day=last_day_of(anchor),
            todo="thêm chứng thư gốc mới, hoặc khai lại thời hạn tin (Quản trị, Chứng thư gốc tin "
            "cậy)",
        )  # fmt: skip


def _timestamps(session: Session, around: Surroundings) -> Iterator[Expiring]:
    """By the certificate that the last stamp showed."""
    step = session.get(SetupStep, TIMESTAMPS)
    for one in step.detail.get("services", []) if step else []:
        if one["not_after"] and one["url"] in around.timestamp_urls:
            yield Expiring(
                kind="timestamp", key=one["url"],
                title=f"Chứng thư của dịch vụ dấu thời gian {one['title']}",
                last_day=local_day(datetime.fromisoformat(one["not_after"])),
                todo="hỏi nơi cung cấp; thêm dịch vụ khác bằng TRINHKY_TIMESTAMPS__URLS",
            )  # fmt: skip


def warn(desk: Desk, around: Surroundings) -> WarnSummary:
    """Queues the warnings that are due today and were not queued before. Idempotent."""
    at = desk.clock()
    with desk.database.reading() as session:
        if not _due(session, around, at):
            return WarnSummary()
    try:
        with doing(desk, MACHINE, "warn_of_expiry", kind="office", subject="expiry") as deed:
            due = _still_due(deed.session, around, deed.at)
            office = office_facts(deed.session)
            for letter in due:
                queue_notice(desk, deed, letter.notice(office, deed.day))
            things = {one.thing for one in due}
            deed.detail |= {
                "letters": len(due), "things": sorted(one.words(deed.day) for one in things),
            }  # fmt: skip
            return WarnSummary(things=len(things), letters=len(due))
    except _NothingLeftError:
        return WarnSummary()


def _still_due(session: Session, around: Surroundings, at: datetime) -> "list[_Letter]":
    """Two rounds at once: the second waits here, looks again, and finds nothing left."""
    session.execute(select(Office.id).with_for_update())
    due = _due(session, around, at)
    if not due:
        raise _NothingLeftError
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """One warning to one officer."""

    thing: Expiring
    threshold: int
    officer_id: str
    name: str
    email: str | None

    @property
    def key(self) -> str:
        thing = self.thing
        parts = (NOTICE_KIND, thing.kind, thing.key[:80], thing.last_day.isoformat())
        return ":".join((*parts, str(self.threshold), self.officer_id))

    def notice(self, office: OfficeFacts, day: date) -> NewNotice:
        words, form = self.thing.words(day), office.form_of_address
        text = "\n\n".join(
            (
                f"Kính gửi {form} {self.name}",
                words,
                f"Việc cần làm: {self.thing.todo}.",
                f"Trân trọng.\n{office.name}",
                *((TEST_LINE,) if office.test_only else ()),
            )
        )
        return NewNotice(
            key=self.key, kind=NOTICE_KIND, directive=None, organisation_id=None,
            address=self.email, subject=cut(f"[Sắp hết hạn] {words}"), text=text + "\n",
        )  # fmt: skip


def _due(session: Session, around: Surroundings, at: datetime) -> list[_Letter]:
    day = local_day(at)
    letters = [
        _Letter(
            thing=thing, threshold=threshold, officer_id=officer.id, name=officer.name,
            email=officer.email,
        )
        for thing in expiring(session, around, at=at)
        if (threshold := thing.threshold(day)) is not None
        for officer in _readers(session, thing, day)
    ]  # fmt: skip
    known = set(
        session.scalars(select(Notice.key).where(Notice.key.in_([one.key for one in letters])))
    )
    return [one for one in letters if one.key not in known]


def _readers(session: Session, thing: Expiring, day: date) -> Sequence[Officer]:
    office = office_facts(session)
    # The clerks are to the agency's key what an officer is to his own.
    of_agency = thing.officer_id is None and thing.kind in {"certificate", "key"}
    roles_warned = _WARNED_ROLES | ({Role.REGISTRY_CLERK.value} if of_agency else set())
    rows = session.execute(
        select(Officer, Post.roles)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == office.organisation_id,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
            in_service(day),
        )
        .order_by(Officer.id)
    )
    found = {
        officer.id: officer
        for officer, roles in rows
        if officer.id == thing.officer_id or roles_warned & set(roles)
    }
    return tuple(found.values())
