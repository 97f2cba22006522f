"""Addresses that are told of events: added, listed, ended, opened again; by an administrator."""

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from actions.event_kinds import KINDS
from actions.offices import office_facts
from delivery.http_posting import AddressRefusedError
from models.officer import Role
from models.webhook import WebhookAttempt, WebhookDelivery, WebhookSubscription

SUBJECT: Final = "webhook"
MOST: Final = 50
"""Addresses of an office."""
LONGEST_LABEL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """An address that was just added, or given a new secret."""

    id: uuid.UUID
    secret: str
    """As Standard Webhooks writes it; shown this once. Never log it."""


def subscribe(
    desk: Desk, actor: Actor, *, label: str, url: str, kinds: Sequence[str]
) -> Subscribed:
    """Adds an address that is told of events from now on.

    Raises:
        NotAuthorisedError: the actor does not administer the office.
        InvalidInputError: no name, an address that may not be called, no or unknown kinds.
    """
    made = uuid.uuid4()
    with doing(desk, actor, "add_webhook", kind=SUBJECT, subject=made) as deed:
        _require(deed, "thêm webhook")
        label = " ".join(label.split())
        _check(desk, label, url, kinds)
        if len(deed.session.scalars(select(WebhookSubscription.id)).all()) >= MOST:
            raise InvalidInputError(Problem(place="Webhook", reason=f"Không quá {MOST} địa chỉ."))
        deed.session.add(
            WebhookSubscription(
                id=made, label=label, url=url, kinds=sorted(set(kinds)), created_by=actor.id,
                created_at=deed.at,
            )
        )  # fmt: skip
        deed.detail |= {"label": label, "url": url, "kinds": sorted(set(kinds))}
        secret = secret_text(desk.event_secret(made, 1))
    return Subscribed(id=made, secret=secret)


def renew_secret(desk: Desk, actor: Actor, subscription_id: uuid.UUID) -> Subscribed:
    """Gives an address a new secret; the one before is good no more.

    Raises:
        NotAuthorisedError, NotFoundError: not an administrator; no such address.
    """
    with doing(desk, actor, "renew_webhook_secret", kind=SUBJECT, subject=subscription_id) as deed:
        _require(deed, "đổi bí mật của webhook")
        found = get_subscription(deed.session, subscription_id)
        found.serial += 1
        secret = secret_text(desk.event_secret(found.id, found.serial))
    return Subscribed(id=subscription_id, secret=secret)


def end_subscription(desk: Desk, actor: Actor, subscription_id: uuid.UUID, *, reason: str) -> None:
    """Tells an address nothing more; what waits for it waits on.

    Raises:
        NotAuthorisedError, NotFoundError: not an administrator; no such address.
        WrongStateError: it was ended before.
        InvalidInputError: no reason.
    """
    with doing(desk, actor, "end_webhook", kind=SUBJECT, subject=subscription_id) as deed:
        _require(deed, "ngừng webhook")
        found, why = get_subscription(deed.session, subscription_id), require_reason(reason)
        if found.disabled_at is not None:
            raise WrongStateError("Webhook", expected=("đang dùng",), actual="đã ngừng")
        found.disabled_at, found.disabled_why = deed.at, why
        deed.detail |= {"reason": why}


def open_again(desk: Desk, actor: Actor, subscription_id: uuid.UUID) -> None:
    """Tells an address again; what waited for it goes out now.

    Raises:
        NotAuthorisedError, NotFoundError: not an administrator; no such address.
        WrongStateError: it was not ended.
    """
    with doing(desk, actor, "open_webhook", kind=SUBJECT, subject=subscription_id) as deed:
        _require(deed, "mở lại webhook")
        found = get_subscription(deed.session, subscription_id)
        if found.disabled_at is None:
            raise WrongStateError("Webhook", expected=("đã ngừng",), actual="đang dùng")
        _check(desk, found.label, found.url, found.kinds)
        found.disabled_at = found.disabled_why = found.failing_since = None


def send_again(desk: Desk, actor: Actor, delivery_id: uuid.UUID) -> None:
    """Sends an event once more, under the same identifier.

    Raises:
        NotAuthorisedError, NotFoundError: not an administrator; no such delivery.
        WrongStateError: it is under way, or its address was ended.
    """
    with doing(desk, actor, "resend_webhook", kind=SUBJECT, subject=delivery_id) as deed:
        _require(deed, "gửi lại sự kiện")
        found = deed.session.get(WebhookDelivery, delivery_id)
        if found is None:
            raise NotFoundError("lượt báo", delivery_id)
        if get_subscription(deed.session, found.subscription_id).disabled_at is not None:
            raise WrongStateError("Webhook", expected=("đang dùng",), actual="đã ngừng")
        moved = deed.session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state.in_(("sent", "failed")))
            .values(state="queued", attempts=0, next_at=deed.at)
            .returning(WebhookDelivery.id)
        ).one_or_none()
        if moved is None:
            raise WrongStateError(
                "Lượt báo", expected=("đã gửi", "không gửi được"), actual="đang chờ gửi"
            )


def get_subscription(session: Session, subscription_id: uuid.UUID) -> WebhookSubscription:
    """Returns an address.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(WebhookSubscription, subscription_id)
    if found is None:
        raise NotFoundError("webhook", subscription_id)
    return found


def attempts_of(session: Session, delivery_id: uuid.UUID) -> Sequence[WebhookAttempt]:
    """Returns every try to tell of one event, oldest first."""
    return session.scalars(
        select(WebhookAttempt)
        .where(WebhookAttempt.delivery_id == delivery_id)
        .order_by(WebhookAttempt.id)
    ).all()


def secret_text(secret: bytes) -> str:
    """Returns a secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def _require(deed: Deed, what: str) -> None:
    office = office_facts(deed.session).organisation_id
    require_role(deed, Role.ADMINISTRATOR, office, what)


def _check(desk: Desk, label: str, url: str, kinds: Sequence[str]) -> None:
    problems = []
    if not label or len(label) > LONGEST_LABEL:
        reason = f"Ghi tên hệ thống nhận, không quá {LONGEST_LABEL} ký tự."
        problems.append(Problem(place="Tên", reason=reason))
    try:
        desk.event_poster().check(url)
    except AddressRefusedError as err:
        reason = f"{err}. Người vận hành khai máy chủ ở TRINHKY_WEBHOOK__HOSTS."
        problems.append(Problem(place="Địa chỉ", reason=reason))
    if not kinds or set(kinds) - set(KINDS):
        reason = f"Chọn trong các sự kiện: {', '.join(KINDS)}."
        problems.append(Problem(place="Sự kiện", reason=reason))
    if problems:
        raise InvalidInputError(*problems)
