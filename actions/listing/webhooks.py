"""Webhooks, as their administrator and the auditor see them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from actions.errors import NotFoundError
from actions.event_kinds import KINDS
from actions.listing.administration import OVERSEES
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from actions.webhooks.subscribing import attempts_of, get_subscription
from models.webhook import WebhookAttempt, WebhookDelivery, WebhookSubscription

__all__ = ["KINDS", "attempts", "deliveries", "subscriptions"]

_WHAT = "xem các webhook"


def subscriptions(reader: Reader) -> Sequence[WebhookSubscription]:
    """Returns every address, the newest first.

    Raises:
        NotAuthorisedError: the reader does not oversee the office.
    """
    reader.require_role(_WHAT, *OVERSEES)
    return reader.session.scalars(
        select(WebhookSubscription).order_by(
            WebhookSubscription.created_at.desc(), WebhookSubscription.id
        )
    ).all()


def deliveries(
    reader: Reader,
    subscription_id: uuid.UUID,
    *,
    state: str | None,
    after: str | None,
    limit: int,
) -> Page[WebhookDelivery]:
    """Returns what an address was told or is still to be told, newest first.

    Raises:
        NotAuthorisedError, NotFoundError: the reader does not oversee; no such address.
    """
    reader.require_role(_WHAT, *OVERSEES)
    found = get_subscription(reader.session, subscription_id)
    query = select(WebhookDelivery).where(WebhookDelivery.subscription_id == found.id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return page_of(
        reader.session, query,
        Order(by=WebhookDelivery.at, key=WebhookDelivery.id, descending=True),
        after=after, limit=limit, values=lambda one: (one.at, one.id),
    )  # fmt: skip


def attempts(reader: Reader, delivery_id: uuid.UUID) -> Sequence[WebhookAttempt]:
    """Returns every try to tell of one event.

    Raises:
        NotAuthorisedError, NotFoundError: the reader does not oversee; no such event.
    """
    reader.require_role(_WHAT, *OVERSEES)
    if reader.session.get(WebhookDelivery, delivery_id) is None:
        raise NotFoundError("lượt báo", delivery_id)
    return attempts_of(reader.session, delivery_id)
