"""What officers sign in with beside a password, and sign-ins that are half way."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class AuthenticatorApp(Base):
    """One-time codes of an officer's phone (TOTP, RFC 6238); counts once it is confirmed.

    The secret is not here: it is made from the salt and the office's key file, which lies outside
    the database.
    """

    __tablename__ = "authenticator_app"

    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    """32 random bytes."""
    created_at: Mapped[datetime] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column()
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """Time step (30 s since 1970) of the last code taken; no code of it or before is taken."""


class RecoveryCode(Base):
    """A code for the day the phone is lost; good once."""

    __tablename__ = "recovery_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    selector: Mapped[str] = mapped_column(String(8))
    """First group of the code: finds the row, proves nothing."""
    code_hash: Mapped[str] = mapped_column(String(300))
    """argon2id of the rest, encoded form."""
    created_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (UniqueConstraint("officer_id", "selector"),)


class Passkey(Base):
    """A key pair in a phone, computer or security key (WebAuthn); only the public half is here."""

    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """base64url without padding; at most 1023 bytes (WebAuthn 4, credential ID)."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """COSE_Key."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """The authenticator's own counter at its last use; 0 where it keeps none."""
    rp_id: Mapped[str] = mapped_column(String(253))
    """Host name under which it was made; of no use under another."""
    label: Mapped[str] = mapped_column(String(80))
    transports: Mapped[list[Any]] = mapped_column(default=list)
    """How the browser reaches it: `internal`, `usb`, `nfc`, `hybrid` …"""
    synced: Mapped[bool] = mapped_column(default=False)
    """Its maker keeps copies on the person's other devices."""
    created_at: Mapped[datetime] = mapped_column()
    last_used_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (Index("ix_passkey_officer", "officer_id"),)


class ExternalIdentity(Base):
    """That somebody known to a sign-on service is one of our officers."""

    __tablename__ = "external_identity"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    """`sub` of the service's ID tokens: at most 255 ASCII letters (OpenID Connect Core 2)."""
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    basis: Mapped[str] = mapped_column(String(20))
    """`linked` by an administrator, or `email`: the service vouches for the officer's address."""
    created_at: Mapped[datetime] = mapped_column()
    last_used_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        Index("ix_external_identity_officer", "officer_id"),
    )


class CeremonyKind(StrEnum):
    """What a browser is in the middle of."""

    SECOND_STEP = "second_step"
    """The password was right, the code is still to come."""
    ADD_PASSKEY = "add_passkey"
    USE_PASSKEY = "use_passkey"
    SINGLE_SIGN_ON = "single_sign_on"


class Ceremony(Base):
    """Something of two halves that a browser has begun; good once and for minutes."""

    __tablename__ = "ceremony"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the second half is held against: challenge, state, nonce, where to go afterwards."""
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(index=True)
