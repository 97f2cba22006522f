"""Passkeys: signing in with a key pair in the person's own phone, computer or security key.

The device looks at the person (finger, face, PIN) before it signs, so a passkey is two factors in
one and no password is asked for. Source: W3C Web Authentication Level 3, 7.1 and 7.2.
"""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from actions.account_rows import (
    SignInRefusedError,
    StepOverError,
    account_of,
    note_done,
    officer_of,
)
from actions.auditing import Actor, append_event
from actions.ceremonies import begin, take
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
)
from actions.guessing import locked_row
from actions.passkey_proofs import (
    Party,
    PasskeyRefusedError,
    authenticated,
    named,
    registered,
    transports,
)
from actions.sessions import NOWHERE, NewSession, Whence
from actions.signing_in import let_in, stands
from models.credential import CeremonyKind, Passkey
from models.session import Database

LONGEST_LABEL: Final = 80
MOST_PASSKEYS: Final = 20
WAIT_MS: Final = 240_000
"""How long the browser waits for the person; shorter than the ceremony lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the browser is to ask its authenticator."""

    token: str
    """Comes back with the answer."""
    options: dict[str, Any]
    """For `navigator.credentials`, binary values in base64url."""


def passkeys_of(session: Session, officer_id: str) -> list[Passkey]:
    """Returns an officer's passkeys, the newest first."""
    return list(
        session.scalars(
            select(Passkey)
            .where(Passkey.officer_id == officer_id)
            .order_by(Passkey.created_at.desc(), Passkey.id)
        )
    )


def begin_adding(
    database: Database, *, label: str, party: Party, key: bytes, actor: Actor, at: datetime
) -> Asked:
    """Asks for a new passkey. The caller has had the officer prove who they are.

    Args:
        database: migrated tables.
        label: how the person calls the device.
        party: the portal as the browser knows it.
        key: the office's account key.
        actor: the officer.
        at: aware, UTC.

    Raises:
        NotAuthorisedError: the actor is no officer.
        NotFoundError: the officer has no account.
        InvalidInputError: no name for the device, or too many passkeys.
    """
    label = " ".join(label.split())
    with database.writing() as session:
        if actor.kind != "officer":
            raise NotAuthorisedError(actor.name, "thêm khoá đăng nhập", "chính người dùng")
        account = account_of(session, actor.id)
        known = passkeys_of(session, actor.id)
        _check(label, known)
        options = generate_registration_options(
            rp_id=party.rp_id,
            rp_name="Trình Ký",
            user_id=user_handle(key, actor.id),
            user_name=account.username,
            user_display_name=officer_of(session, actor.id).name,
            timeout=WAIT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
                for one in known
                if one.rp_id == party.rp_id
            ],
        )
        token = begin(
            session, CeremonyKind.ADD_PASSKEY, officer_id=actor.id, at=at,
            data={
                "challenge": bytes_to_base64url(options.challenge), "label": label,
                "rp_id": party.rp_id, "origin": party.origin,
            },
        )  # fmt: skip
    return Asked(token=token, options=json.loads(options_to_json(options)))


def add_passkey(
    database: Database, *, token: str, response: str, actor: Actor, at: datetime
) -> uuid.UUID:
    """Takes a new passkey into the officer's account.

    Args:
        database: migrated tables.
        token: of `begin_adding`; of no use afterwards.
        response: what the browser sent, JSON.
        actor: the officer.
        at: aware, UTC.

    Raises:
        StepOverError: too late, done already, or begun by somebody else.
        PasskeyRefusedError: the answer is no proof, or the passkey is known already.
    """
    with database.writing() as session:
        begun = take(session, CeremonyKind.ADD_PASSKEY, token, at)
    if begun is None or begun.officer_id != actor.id:
        raise StepOverError
    found = registered(response, begun.data)
    if found is None:
        _refuse(database, actor, "add_passkey", officer_id=actor.id, reason="not_proved", at=at)
    credential_id = bytes_to_base64url(found.credential_id)
    with database.writing() as session:
        account_of(session, actor.id)
        known = session.scalars(
            select(Passkey).where(Passkey.credential_id == credential_id)
        ).first()
        if known is None:
            row = Passkey(
                id=uuid.uuid4(), officer_id=actor.id, credential_id=credential_id,
                public_key=found.credential_public_key, sign_count=found.sign_count,
                rp_id=begun.data["rp_id"], label=begun.data["label"],
                transports=transports(response),
                synced=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
                created_at=at,
            )  # fmt: skip
            session.add(row)
            detail = {"passkey": str(row.id), "label": row.label, "rp_id": row.rp_id}
            note_done(session, actor, "add_passkey", officer_id=actor.id, at=at, detail=detail)
            return row.id
    return _refuse(
        database, actor, "add_passkey", officer_id=actor.id, reason="known_already", at=at
    )


def remove_passkey(
    database: Database, passkey_id: uuid.UUID, *, actor: Actor, at: datetime
) -> None:
    """Takes one of the officer's own passkeys away; it opens nothing any more.

    Raises:
        NotFoundError: the officer has no such passkey.
    """
    with database.writing() as session:
        row = session.get(Passkey, passkey_id)
        if row is None or actor.kind != "officer" or row.officer_id != actor.id:
            raise NotFoundError("khoá đăng nhập", passkey_id)
        detail = {"passkey": str(row.id), "label": row.label, "rp_id": row.rp_id}
        session.delete(row)
        note_done(session, actor, "remove_passkey", officer_id=actor.id, at=at, detail=detail)


def begin_using(database: Database, *, party: Party, at: datetime) -> Asked:
    """Asks for any passkey of this portal; who it is comes with the answer."""
    options = generate_authentication_options(
        rp_id=party.rp_id, timeout=WAIT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    with database.writing() as session:
        token = begin(
            session, CeremonyKind.USE_PASSKEY, officer_id=None, at=at,
            data={
                "challenge": bytes_to_base64url(options.challenge),
                "rp_id": party.rp_id, "origin": party.origin,
            },
        )  # fmt: skip
    return Asked(token=token, options=json.loads(options_to_json(options)))


def use_passkey(
    database: Database,
    *,
    token: str,
    response: str,
    key: bytes,
    at: datetime,
    whence: Whence = NOWHERE,
) -> NewSession:
    """Signs an officer in by a passkey, without a password.

    Raises:
        StepOverError: too late, or done already.
        PasskeyRefusedError: unknown, of another host, no user verification, a counter that went
            back (somebody may have a copy of the key), or simply no proof.
        SignInRefusedError: the account is locked or closed, or the officer has left.
    """
    with database.writing() as session:
        begun = take(session, CeremonyKind.USE_PASSKEY, token, at)
    if begun is None:
        raise StepOverError
    nobody = Actor(kind="unknown", id="", name="Chưa đăng nhập")
    credential_id, handle = named(response)
    with database.reading() as session:
        row = session.scalars(
            select(Passkey).where(
                Passkey.credential_id == credential_id, Passkey.rp_id == begun.data["rp_id"]
            )
        ).one_or_none()
    if row is None:
        _refuse(database, nobody, "sign_in", officer_id="", reason="unknown_passkey", at=at)
    mine = hmac.compare_digest(handle, bytes_to_base64url(user_handle(key, row.officer_id)))
    proof = authenticated(response, begun.data, row) if mine else None
    if proof is None:
        _refuse(
            database,
            nobody,
            "sign_in",
            officer_id=row.officer_id,
            reason="not_proved",
            at=at,
        )
    with database.writing() as session:
        account = locked_row(session, row.officer_id)
        current = session.get(Passkey, row.id, with_for_update=True)
        reason = stands(session, account, at)
        # The same counter twice at the same moment is two keys, or one answer sent twice.
        if reason is None and current is not None and current.sign_count == row.sign_count:
            current.sign_count, current.last_used_at = proof.new_sign_count, at
            return let_in(session, row.officer_id, way="passkey", at=at, whence=whence)
        refusal = SignInRefusedError(reason or "passkey_moved_on")
        _note_refusal(session, nobody, "sign_in", row.officer_id, refusal, at=at)
    raise refusal


def user_handle(key: bytes, officer_id: str) -> bytes:
    """Returns by which bytes authenticators know an officer; says nothing of who it is."""
    return hmac.new(key, b"passkey\0" + officer_id.encode(), hashlib.sha256).digest()


def _check(label: str, known: list[Passkey]) -> None:
    problems = []
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        reason = f"Đặt tên cho thiết bị, không quá {LONGEST_LABEL} ký tự."
        problems.append(Problem(place="Tên thiết bị", reason=reason))
    if len(known) >= MOST_PASSKEYS:
        reason = f"Đã có {MOST_PASSKEYS} khoá; xoá bớt khoá không dùng nữa."
        problems.append(Problem(place="Khoá đăng nhập", reason=reason))
    if problems:
        raise InvalidInputError(*problems)


def _refuse(
    database: Database, actor: Actor, deed: str, *, officer_id: str, reason: str, at: datetime
) -> NoReturn:
    refusal = PasskeyRefusedError(reason)
    with database.writing() as session:
        _note_refusal(session, actor, deed, officer_id, refusal, at=at)
    raise refusal


def _note_refusal(
    session: Session,
    actor: Actor,
    deed: str,
    officer_id: str,
    refusal: PasskeyRefusedError | SignInRefusedError,
    *,
    at: datetime,
) -> None:
    append_event(
        session, actor=actor, deed=deed, outcome="refused", subject_kind="account",
        subject_id=officer_id, detail={"code": refusal.code, "reason": refusal.reason}, at=at,
    )  # fmt: skip
