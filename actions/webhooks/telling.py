"""Posts what waits to the addresses that asked for it; every try is written down before it begins.

Signed as Standard Webhooks (v1): HMAC-SHA256 over identifier, timestamp and body. Only 2xx is taken
as an answer; a redirect is none and is never followed. Tries go on with growing pauses for three
days; an address that has failed for five is ended, with an audit event that says why.
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

import httpx
from sqlalchemy import select, update

from actions.auditing import MACHINE
from actions.desk import Desk, doing
from delivery.backoff import Backoff, next_attempt
from delivery.http_posting import AddressRefusedError, Poster
from models.webhook import WebhookAttempt, WebhookDelivery, WebhookSubscription

BACKOFF: Final = Backoff(
    first=timedelta(seconds=30), factor=3, longest=timedelta(hours=8), attempts=15
)
"""Tries for about three days."""
ENDED_AFTER: Final = timedelta(days=5)
LEASE: Final = timedelta(minutes=10)
"""Longer than any post may take."""
BATCH: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one round did."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    id: uuid.UUID
    token: str
    attempts: int
    attempt_id: int
    subscription_id: uuid.UUID
    url: str
    serial: int
    body: bytes


def tell(desk: Desk, *, real_now: datetime | None = None, batch: int = BATCH) -> Told:
    """Posts what is due, once each. Safe to run twice and at once.

    Args:
        desk: the tools.
        real_now: what the signature's timestamp says; the office's clock by default.
        batch: so many at most.
    """
    sent = failed = 0
    poster: Poster | None = None
    try:
        for _ in range(batch):
            work = _claim(desk)
            if work is None:
                break
            poster = poster or desk.event_poster()
            status, words = _post(poster, desk, work, real_now or desk.clock())
            is_good = status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
            _record(desk, work, status, words, is_good=is_good)
            sent, failed = sent + is_good, failed + (not is_good)
    finally:
        if poster is not None:
            poster.close()
    return Told(sent=sent, failed=failed)


def _claim(desk: Desk) -> _Work | None:
    at, token = desk.clock(), secrets.token_hex(16)
    with desk.database.writing() as session:
        found = session.execute(
            select(WebhookDelivery, WebhookSubscription)
            .join(WebhookSubscription, WebhookSubscription.id == WebhookDelivery.subscription_id)
            .where(
                WebhookDelivery.state.in_(("queued", "leased")),
                WebhookDelivery.next_at <= at,
                WebhookSubscription.disabled_at.is_(None),
            )
            .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
            .limit(1)
            .with_for_update(of=WebhookDelivery, skip_locked=True)
        ).one_or_none()
        if found is None:
            return None
        one, whom = found
        one.state, one.lease_token, one.next_at = "leased", token, at + LEASE
        one.attempts += 1
        attempt = WebhookAttempt(delivery_id=one.id, started_at=at)
        session.add(attempt)
        session.flush()
        told = {"type": one.kind, "timestamp": one.at.astimezone(UTC).isoformat(), "data": one.data}
        return _Work(
            id=one.id, token=token, attempts=one.attempts, attempt_id=attempt.id,
            subscription_id=whom.id, url=whom.url, serial=whom.serial,
            body=json.dumps(told, ensure_ascii=False).encode(),
        )  # fmt: skip


def _post(poster: Poster, desk: Desk, work: _Work, at: datetime) -> tuple[int | None, str]:
    secret = desk.event_secret(work.subscription_id, work.serial)
    headers = {**signed(work.body, key=f"msg_{work.id.hex}", secret=secret, at=at)}
    try:
        answer = poster.post(work.url, work.body, {**headers, "Content-Type": "application/json"})
    except AddressRefusedError as err:
        return None, str(err)
    except (httpx.TransportError, OSError) as err:
        return None, str(err) or type(err).__name__
    return answer.status, answer.words


def signed(body: bytes, *, key: str, secret: bytes, at: datetime) -> dict[str, str]:
    """Returns the headers by which a receiver knows that a message is ours."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _record(desk: Desk, work: _Work, status: int | None, words: str, *, is_good: bool) -> None:
    at = desk.clock()
    again = None if is_good else next_attempt(work.attempts, at=at, backoff=BACKOFF)
    state = "sent" if is_good else "failed" if again is None else "queued"
    with desk.database.writing() as session:
        session.execute(
            update(WebhookAttempt)
            .where(WebhookAttempt.id == work.attempt_id)
            .values(ended_at=at, status=status, words=words[:300])
        )
        # Who lost the lease has told nobody twice, but another one says how it stands.
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == work.id, WebhookDelivery.lease_token == work.token)
            .values(
                state=state, next_at=again or at, sent_at=at if is_good else None, lease_token=None
            )
        )
        whom = session.get_one(WebhookSubscription, work.subscription_id)
        whom.failing_since = None if is_good else whom.failing_since or at
        is_over = whom.failing_since is not None and whom.failing_since <= at - ENDED_AFTER
    if is_over:
        _end(desk, work.subscription_id)


def _end(desk: Desk, subscription_id: uuid.UUID) -> None:
    """Ends an address that has failed for days, with a record."""
    with doing(desk, MACHINE, "end_webhook", kind="webhook", subject=subscription_id) as deed:
        found = deed.session.get_one(WebhookSubscription, subscription_id)
        found.disabled_at = found.disabled_at or deed.at
        found.disabled_why = f"Không gửi được suốt {ENDED_AFTER.days} ngày; máy đã tự ngừng."
        deed.detail |= {"reason": found.disabled_why}
