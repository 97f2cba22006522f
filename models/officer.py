"""Officers, their posts and authority with dates, their accounts and certificates."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from models.alphabet import person_key
from models.base import Base


class Role(StrEnum):
    """What a post is for; rights follow from it."""

    DRAFTER = "drafter"
    CONTENT_REVIEWER = "content_reviewer"
    FORM_REVIEWER = "form_reviewer"
    SIGNATORY = "signatory"
    REGISTRY_CLERK = "registry_clerk"
    FOLLOW_UP = "follow_up"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a program may do with a token; never more than its officer may."""

    READ = "read"
    WRITE = "write"
    DECIDE = "decide"
    SIGN = "sign"
    ADMINISTER = "administer"


class Capacity(StrEnum):
    """In which capacity a signatory signs. Source: NĐ 30/2020 Đ13; HD 36-HD/VPTW II.1.7.1."""

    HEAD = "head"
    TM = "TM"
    KT = "KT"
    TL = "TL"
    TUQ = "TUQ"
    Q = "Q"


class Officer(Base):
    """A person who works for the office (cán bộ)."""

    __tablename__ = "officer"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(
        Text, server_default=text("''"),
        default=lambda row: person_key(row.get_current_parameters()["name"]),
    )  # fmt: skip
    """By which lists of people are ordered: `models.alphabet`. Follows the name by itself."""
    email: Mapped[str | None] = mapped_column(String(300))
    left_on: Mapped[date | None] = mapped_column()
    """Last day of service."""

    @validates("name")
    def _keep_order(self, _key: str, name: str) -> str:
        self.sort_key = person_key(name)
        return name


def in_service(day: date) -> ColumnElement[bool]:
    """The condition on `Officer` under which one is in service on a day, the last one included."""
    return or_(Officer.left_on.is_(None), Officer.left_on >= day)


class Post(Base):
    """That an officer holds a post at an organisation, with the roles it carries."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]] = mapped_column(default=list)
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()


class SigningAuthority(Base):
    """That an officer may sign for an organisation in a capacity, for some kinds, from a day."""

    __tablename__ = "signing_authority"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    capacity: Mapped[str] = mapped_column(String(10))
    on_behalf_of: Mapped[str | None] = mapped_column(String(200))
    """For whom: `Trưởng ban` for K/T, the collective for T/M."""
    position: Mapped[str] = mapped_column(String(200))
    """The signatory's own post as printed: `Phó Trưởng ban Thường trực`."""
    capacity_lines: Mapped[list[Any]] = mapped_column(default=list)
    """The lines printed above the position: `["K/T TRƯỞNG BAN"]`."""
    doc_types: Mapped[list[Any]] = mapped_column(default=list)
    """Kinds of directive covered; empty means all."""
    basis: Mapped[str | None] = mapped_column(String(300))
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()


class RegisteredCertificate(Base):
    """A certificate that the office knows to be an officer's or an agency's."""

    __tablename__ = "registered_certificate"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the DER, lower-case hex."""
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str] = mapped_column(String(500))
    der: Mapped[bytes] = mapped_column(LargeBinary)
    key_kind: Mapped[str] = mapped_column(String(20), default="none")
    """How its key is reached: `pkcs12` (file on this server), `pkcs11` (token or HSM at this
    server), `csc` (remote signing service), `agent` (token at the signatory's own machine),
    `upload` (any other tool), `none` where it is not ours to use."""
    key_location: Mapped[str | None] = mapped_column(String(500))
    """File in the key folder, for `pkcs12`."""
    key_settings: Mapped[dict[str, Any] | None] = mapped_column()
    """What else finds the key: module, token and key of `pkcs11`; service and credential of `csc`.
    Never a secret."""
    mechanism: Mapped[str | None] = mapped_column(String(30))
    """How it signs, for instance `rsa-pss/sha384`; empty for the usual one of its key."""
    trial: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True for a certificate of the trial authority: nothing signed with it has legal value."""
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
    """Until when the office accepts it, not the certificate's own end."""
    end_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was ended: token lost, officer left."""

    __table_args__ = (
        CheckConstraint("(officer_id is null) <> (organisation_id is null)", name="one_holder"),
    )


class Account(Base):
    """How an officer signs in."""

    __tablename__ = "account"

    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(300))
    """argon2id, encoded form."""
    disabled_at: Mapped[datetime | None] = mapped_column()
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong passwords and codes since the last whole sign-in."""
    locked_until: Mapped[datetime | None] = mapped_column()
    must_change: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The password was given by somebody else; nothing else is done before it is changed."""


class SignInSession(Base):
    """One signed-in browser; the token itself is never stored."""

    __tablename__ = "sign_in_session"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    way: Mapped[str] = mapped_column(String(20), default="password", server_default="password")
    """`password`, `code` (password and one-time code), `recovery` (password and recovery code),
    `passkey`, `sso`."""
    address: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """IP address it was opened from; empty where it is not known."""
    agent: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    """What the browser calls itself (User-Agent), cut off."""
    last_used_at: Mapped[datetime | None] = mapped_column()
    """To the minute."""


class APIToken(Base):
    """A token for `/api/v1`; the token itself is never stored."""

    __tablename__ = "api_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token_sha256: Mapped[str] = mapped_column(String(64))
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    scopes: Mapped[list[Any]] = mapped_column(
        default=lambda: [Scope.READ.value], server_default=text("'[\"read\"]'")
    )
    """Values of `Scope`."""
    expires_at: Mapped[datetime | None] = mapped_column()
    """Of no use from then on; empty where it does not end by itself."""
    last_used_at: Mapped[datetime | None] = mapped_column()
    """To the minute."""

    __table_args__ = (
        UniqueConstraint("token_sha256"),
        Index("ix_api_token_officer", "officer_id"),
    )
