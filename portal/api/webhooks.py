"""Webhooks, for programs and for the administrator: addresses, what they were told, once more."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import JSONResponse, Response

from actions.desk import Desk
from actions.listing import webhooks as listing
from actions.webhooks.subscribing import (
    Subscribed,
    end_subscription,
    open_again,
    renew_secret,
    send_again,
    subscribe,
)
from portal.api.shapes import DOES, After, Given, Limit, Listed, Reasoned, Told
from portal.calling import Call, Decides, Reads, Receipt

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])


class NewWebhook(Given):
    """Where to, and of what."""

    label: Annotated[str, Field(min_length=1, max_length=200)]
    url: Annotated[str, Field(min_length=1, max_length=300)]
    kinds: Annotated[tuple[str, ...], Field(min_length=1, max_length=60)]


class WithSecret(Receipt):
    """What was done, and the secret: shown this once; a repeat by its key shows it no more."""

    id: UUID | None = None
    secret: str | None = None


class Webhook(Told):
    """An address that is told of events."""

    id: UUID
    label: str
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None


class Webhooks(Told):
    """All addresses, and what may be asked for."""

    items: list[Webhook]
    kinds: list[str]


class Delivery(Told):
    """One event for one address."""

    id: UUID
    kind: str
    data: dict[str, Any]
    at: datetime
    state: str
    """queued, leased, sent, failed."""
    attempts: int
    next_at: datetime
    sent_at: datetime | None


class Attempt(Told):
    """One try."""

    started_at: datetime
    ended_at: datetime | None
    status: int | None
    words: str


class Attempts(Told):
    """Every try, oldest first."""

    items: list[Attempt]


@router.get("")
def webhooks(call: Reads) -> Webhooks:
    """Returns the addresses that are told of events, to the administrator and the auditor."""
    with call.looking() as reader:
        found = listing.subscriptions(reader)
    return Webhooks(items=[Webhook.model_validate(one) for one in found], kinds=list(listing.KINDS))


@router.post("", response_model=WithSecret)
def adds(call: Decides, body: NewWebhook) -> Response:
    """Adds an address; its secret is shown this once."""
    return _with_secret(
        call,
        lambda desk: subscribe(desk, call.actor, label=body.label, url=body.url, kinds=body.kinds),
    )


@router.post("/{webhook_id}/secret", response_model=WithSecret)
def renews(call: Decides, webhook_id: UUID) -> Response:
    """Gives an address a new secret; the one before is good no more."""
    return _with_secret(call, lambda desk: renew_secret(desk, call.actor, webhook_id))


@router.post("/{webhook_id}/end", **DOES)
def ends(call: Decides, webhook_id: UUID, body: Reasoned) -> Response:
    """Tells an address nothing more."""
    return call.do(lambda desk: end_subscription(desk, call.actor, webhook_id, reason=body.reason))


@router.post("/{webhook_id}/open", **DOES)
def opens(call: Decides, webhook_id: UUID) -> Response:
    """Tells an address again; what waited for it goes out."""
    return call.do(lambda desk: open_again(desk, call.actor, webhook_id))


@router.get("/{webhook_id}/deliveries")
def deliveries(
    call: Reads,
    webhook_id: UUID,
    state: Annotated[str | None, Query(pattern="^(queued|leased|sent|failed)$")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Delivery]:
    """Returns what an address was told or is still to be told, newest first."""
    with call.looking() as reader:
        found = listing.deliveries(reader, webhook_id, state=state, after=after, limit=limit)
    return Listed(items=[Delivery.model_validate(one) for one in found.items], next=found.next)


@router.get("/deliveries/{delivery_id}/attempts")
def attempts(call: Reads, delivery_id: UUID) -> Attempts:
    """Returns every try to tell of one event: when, what was answered."""
    with call.looking() as reader:
        found = listing.attempts(reader, delivery_id)
    return Attempts(items=[Attempt.model_validate(one) for one in found])


@router.post("/deliveries/{delivery_id}/resend", **DOES)
def resends(call: Decides, delivery_id: UUID) -> Response:
    """Sends an event once more, under the same identifier."""
    return call.do(lambda desk: send_again(desk, call.actor, delivery_id))


def _with_secret(call: Call, act: Any) -> Response:  # noqa: ANN401 (a deed that makes a secret)
    """The secret goes into this answer alone: what is kept under a key is without it."""
    made: list[Subscribed] = []

    def does(desk: Desk) -> None:
        made.append(act(desk))

    answer = call.do(does)
    if not made:
        return answer
    deeds = Receipt.model_validate_json(bytes(answer.body)).model_dump()
    return JSONResponse({**deeds, "id": str(made[0].id), "secret": made[0].secret})
