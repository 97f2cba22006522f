"""Machines of signatories: paired once with a code, known by a token, ended at once.

offered -> paired -> ended. A code is made by an officer who is signed in; it opens once, within ten
minutes, and brings a token that only this machine keeps. Neither is stored, only their digests.

ActionRefusedError
└── PairingRefusedError    no machine was paired; the person is not told for which reason
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session
from typing_extensions import override

from actions.access import ROLE_WORDS, officer_actor, posts_on
from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.desk import local_day
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
)
from actions.recording import recording_refusals
from models.agent import AgentDevice
from models.officer import Account, Role
from models.session import Database

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: no 0 and O, no 1, I and L, no U beside V."""
CODE_LENGTH: Final = 8
CODE_LIFETIME: Final = timedelta(minutes=10)
TOKEN_BYTES: Final = 32
TOKEN_PREFIX: Final = "tka_"  # noqa: S105 (the part that every token has)
LONGEST_LABEL: Final = 80
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often a machine's last visit is written down."""
SIGNING_ROLES: Final = frozenset({Role.SIGNATORY, Role.REGISTRY_CLERK})
"""Whose work needs a key, so who may have a machine of their own."""
_NOBODY: Final = Actor(kind="unknown", id="", name="Máy chưa ghép nối")


class PairingRefusedError(ActionRefusedError):
    """No machine was paired. `reason` goes to the audit trail, never to the person."""

    code = "pairing_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Không ghép nối được: mã không đúng, đã dùng hoặc đã quá "
            f"{CODE_LIFETIME // timedelta(minutes=1)} phút. "
            "Việc cần làm: lấy mã mới ở trang “Máy ký của tôi” trên cổng thông tin rồi nhập lại."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingCode:
    """A code that was just made."""

    code: str
    """To be shown once; not to be had again."""
    expires_at: datetime

    @property
    def spelled(self) -> str:
        """In two groups, as people read it."""
        half = CODE_LENGTH // 2
        return f"{self.code[:half]}-{self.code[half:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDevice:
    """A machine that was just paired."""

    id: uuid.UUID
    token: str
    """For the machine's own file; nowhere else, and not to be had again."""
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInUse:
    """Whose machine a token belongs to."""

    id: uuid.UUID
    actor: Actor
    """The officer with the post held today, for deeds."""
    label: str


def offer_code(database: Database, *, actor: Actor, at: datetime) -> PairingCode:
    """Makes a code for one machine of the officer; ends codes of theirs that nobody used.

    Raises:
        NotAuthorisedError: the actor is no officer whose work needs a key.
    """
    made = PairingCode(
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
        expires_at=at + CODE_LIFETIME,
    )
    with (
        recording_refusals(database, actor, "offer_pairing", kind="device", subject="", at=at),
        database.writing() as session,
    ):
        _require_signer(session, actor, at)
        session.execute(
            update(AgentDevice)
            .where(
                AgentDevice.officer_id == actor.id,
                AgentDevice.token_sha256.is_(None),
                AgentDevice.ended_at.is_(None),
            )
            .values(ended_at=at, code_sha256=None)
        )
        device = AgentDevice(
            id=uuid.uuid4(),
            officer_id=actor.id,
            label="",
            code_sha256=_digest(made.code),
            code_expires_at=made.expires_at,
            created_at=at,
        )
        session.add(device)
        _note(session, actor, "offer_pairing", device, at)
    return made


def pair_device(database: Database, *, code: str, label: str, at: datetime) -> PairedDevice:
    """Takes a code for a token. The code is of no use afterwards.

    Args:
        database: migrated tables.
        code: as it was typed; blanks, hyphens and case mean nothing.
        label: how its owner calls the machine.
        at: aware, UTC.

    Raises:
        InvalidInputError: no name for the machine; the code stays good.
        PairingRefusedError: no such code, used, too old, or an officer who may not sign in.
    """
    label = " ".join(label.split())
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with (
        recording_refusals(database, _NOBODY, "pair_device", kind="device", subject="", at=at),
        database.writing() as session,
    ):
        if not label or len(label) > LONGEST_LABEL or not label.isprintable():
            reason = f"Đặt tên cho máy, không quá {LONGEST_LABEL} ký tự."
            raise InvalidInputError(Problem(place="Tên máy", reason=reason))
        device = _offered(session, code, at)
        actor = _officer_in(session, device.officer_id, at)
        if actor is None:
            raise PairingRefusedError("officer_out")
        device.label, device.paired_at = label, at
        device.token_sha256, device.code_sha256 = _digest(token), None
        _note(session, actor, "pair_device", device, at)
        return PairedDevice(id=device.id, token=token, actor=actor)


def _offered(session: Session, code: str, at: datetime) -> AgentDevice:
    plain = code.upper().replace("-", "").replace(" ", "")
    row = session.scalars(
        select(AgentDevice)
        .where(AgentDevice.code_sha256 == _digest(plain), AgentDevice.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None or row.token_sha256 is not None:
        raise PairingRefusedError("unknown_code")
    if row.code_expires_at is None or row.code_expires_at <= at:
        raise PairingRefusedError("expired_code")
    return row


def device_in_use(database: Database, token: str, at: datetime) -> DeviceInUse | None:
    """Returns whose machine a token is, or None: unknown, ended, or its officer is out."""
    with database.reading() as session:
        row = session.scalars(
            select(AgentDevice).where(
                AgentDevice.token_sha256 == _digest(token), AgentDevice.ended_at.is_(None)
            )
        ).one_or_none()
        actor = _officer_in(session, row.officer_id, at) if row is not None else None
    if row is None or actor is None:
        return None
    if row.last_seen_at is None or row.last_seen_at + SEEN_EVERY <= at:
        with database.writing() as session:
            session.execute(
                update(AgentDevice).where(AgentDevice.id == row.id).values(last_seen_at=at)
            )
    return DeviceInUse(id=row.id, actor=actor, label=row.label)


def end_device(database: Database, device_id: uuid.UUID, *, actor: Actor, at: datetime) -> None:
    """Makes a machine's token of no use, from this instant on. Idempotent.

    Raises:
        NotFoundError: there is no such machine.
        NotAuthorisedError: it is another officer's, and the actor is no administrator.
    """
    with (
        recording_refusals(
            database, actor, "end_device", kind="device", subject=str(device_id), at=at
        ),
        database.writing() as session,
    ):
        device = session.get(AgentDevice, device_id)
        if device is None:
            raise NotFoundError("máy ký", device_id)
        if actor.kind != "officer" or actor.id != device.officer_id:
            require_administrator(session, actor, at, "ngừng máy ký của người khác")
        if device.ended_at is None:
            device.ended_at, device.code_sha256 = at, None
            _note(session, actor, "end_device", device, at)


def devices_of(session: Session, officer_id: str) -> list[AgentDevice]:
    """Returns the machines that an officer ever paired: those in use first, newest first."""
    return list(
        session.scalars(
            select(AgentDevice)
            .where(AgentDevice.officer_id == officer_id, AgentDevice.paired_at.is_not(None))
            .order_by(
                AgentDevice.ended_at.is_not(None), AgentDevice.paired_at.desc(), AgentDevice.id
            )
        )
    )


def may_pair(session: Session, officer_id: str, at: datetime) -> bool:
    """Tells whether an officer's work needs a key today."""
    posts = posts_on(session, officer_id, local_day(at))
    return any(SIGNING_ROLES.intersection(post.roles) for post in posts)


def _require_signer(session: Session, actor: Actor, at: datetime) -> None:
    if actor.kind != "officer" or not may_pair(session, actor.id, at):
        needed = " hoặc ".join(ROLE_WORDS[role] for role in sorted(SIGNING_ROLES))
        raise NotAuthorisedError(actor.name, "ghép nối máy ký", needed)


def _officer_in(session: Session, officer_id: str, at: datetime) -> Actor | None:
    """The officer, unless they have left, lost their account or no longer sign."""
    account = session.scalars(
        select(Account).where(
            Account.officer_id == officer_id,
            or_(Account.disabled_at.is_(None), Account.disabled_at > at),
        )
    ).one_or_none()
    if account is None or not may_pair(session, officer_id, at):
        return None
    try:
        return officer_actor(session, officer_id, local_day(at))
    except NotFoundError:
        return None


def _note(session: Session, actor: Actor, deed: str, device: AgentDevice, at: datetime) -> None:
    append_event(
        session, actor=actor, deed=deed, outcome="done", subject_kind="device",
        subject_id=str(device.id), detail={"officer": device.officer_id, "label": device.label},
        at=at,
    )  # fmt: skip


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
