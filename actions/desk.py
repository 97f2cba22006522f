"""What a deed works with, and the frame in which every deed is done."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from actions.auditing import Actor, append_event
from actions.errors import ActionRefusedError, UnavailableError
from archive.store import Store
from delivery.channel import Channel
from models.officer import RegisteredCertificate
from models.session import Database
from signing.keys.key import SigningKey
from signing.outcome import VerificationReport
from signing.services import TrustServices
from signing.uploaded.errors import UploadUnreadableError
from signing.uploaded.outcome import UploadedSignature

if TYPE_CHECKING:
    from delivery.http_posting import Poster
    from signing.keys.cryptoki import PinState

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of every date on paper."""


def _no_uploads(*_given: object, **_named: object) -> UploadedSignature:
    """A desk without a sandbox reads no stranger's file."""
    raise UploadUnreadableError(reason="máy chủ này không nhận tệp ký ở nơi khác.")


def _no_poster() -> "Poster":
    """A desk that was opened without one tells nobody of events."""
    raise UnavailableError("Kênh webhook", "máy chủ này không mở")


def _no_secret(*_given: object) -> bytes:
    """A desk without the office's key tells nobody of events."""
    raise UnavailableError("Khoá của cơ quan", "máy chủ này không có")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The tools of all deeds, joined once per process in `wiring.bootstrap`."""

    database: Database
    archive: Store
    clock: Callable[[], datetime]
    """Returns the instant of now: aware, UTC; simulated while a story is played."""
    fonts: Path
    services: TrustServices
    """Where time stamps and revocation data come from."""
    open_key: Callable[[RegisteredCertificate, str], SigningKey]
    """Opens the key of a registered certificate with a PIN.

    Raises `signing.errors.KeyRefusedError` for a wrong PIN, `KeyUnavailableError` without a key.
    """
    pin_state: "Callable[[RegisteredCertificate], PinState | None] | None" = None
    """What a token tells of the PIN of a key, where it lies on one; asks for no PIN.

    Raises `signing.errors.KeyUnavailableError` where the token is not there.
    """
    judge: Callable[[bytes, str, datetime], VerificationReport]
    """Judges a PDF (bytes, name, instant) under the official profile in a sandboxed child."""
    read_upload: Callable[..., UploadedSignature] = _no_uploads
    """Checks a document that was signed elsewhere, in a sandboxed child.

    As `signing.uploaded.asking.ask_upload` without its first argument; raises what that one does.
    """
    handwriting: Callable[[str], bytes | None] = lambda _officer_id: None
    """Returns an officer's own handwriting (identifier) as a PNG; None: the name is drawn."""
    channels: Mapping[str, Callable[[], Channel]]
    """Makes a channel by the name that organisations carry in `channel`."""
    mail_domain: str
    """Right-hand side of our Message-IDs."""
    unit_link: Callable[..., str]
    """Makes the personal link of a unit (organisation id, directive id, serial = 1). The first one
    is a secret of Message-IDs too; what letters show is `actions.unit_links.current_link`."""
    public_address: str = ""
    """Of the page where anybody asks whether a paper is real; without it no code is printed."""
    portal_url: str = ""
    """Where officers open the portal; what letters to them lead to."""
    link_days: int = 90
    """Days that a link is good after the last day of what it is for."""
    size_limit_bytes: int = 50 * 1024 * 1024
    event_poster: "Callable[[], Poster]" = _no_poster
    """Opens what posts events, to the hosts that the operator named."""
    event_secret: Callable[[uuid.UUID, int], bytes] = _no_secret
    """Makes the secret of a webhook from its identifier and serial. Never log it."""
    connections: int = 1
    """How many messages are under way at once in a process that dispatches."""


@dataclass(slots=True)
class Deed:
    """One deed while it is being done."""

    session: Session
    actor: Actor
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    """Goes into the audit event: what was decided, on which revision, by which rule."""
    subject_id: str = ""

    @property
    def day(self) -> date:
        """Today's date in Vietnam."""
        return local_day(self.at)


def local_day(at: datetime) -> date:
    """Returns the date in Vietnam at an instant."""
    return at.astimezone(VIETNAM).date()


def start_of(day: date) -> datetime:
    """Returns the instant at which a day begins in Vietnam, in UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


@contextmanager
def doing(
    desk: Desk, actor: Actor, name: str, *, kind: str = "directive", subject: object = ""
) -> Iterator[Deed]:
    """The frame of a deed: one transaction that ends with its audit event.

    A refusal inside rolls everything back, is written to the audit trail in a transaction of its
    own, and goes on to the caller.

    Args:
        desk: the tools.
        actor: who acts.
        name: the deed, a verb of the glossary: `approve`, `take_number`, …
        kind: kind of thing the deed is done to.
        subject: its identifier; a deed that makes the thing sets `Deed.subject_id` instead.
    """
    at = desk.clock()
    deed = None
    try:
        with desk.database.writing() as session:
            deed = Deed(session=session, actor=actor, at=at, subject_id=str(subject))
            yield deed
            append_event(
                session, actor=actor, deed=name, outcome="done", subject_kind=kind,
                subject_id=deed.subject_id, detail=deed.detail, at=at,
            )  # fmt: skip
    except ActionRefusedError as refusal:
        record_refusal(
            desk, actor, name, refusal, kind=kind, subject=deed.subject_id if deed else subject
        )
        raise


def record_refusal(
    desk: Desk,
    actor: Actor,
    name: str,
    refusal: ActionRefusedError,
    *,
    kind: str = "directive",
    subject: object = "",
) -> None:
    """Writes to the audit trail that somebody tried and was refused."""
    with desk.database.writing() as session:
        append_event(
            session,
            actor=actor,
            deed=name,
            outcome="refused",
            subject_kind=kind,
            subject_id=str(subject),
            detail={"code": refusal.code, **refusal.facts()},
            at=desk.clock(),
        )
