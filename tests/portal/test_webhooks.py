"""Webhooks against real HTTP servers: a good one, a slow, a lying, a redirecting, a dead one."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select, update
from typing_extensions import override

from actions.auditing import append_event
from actions.desk import Desk
from actions.drafting import submit
from actions.webhooks import telling
from actions.webhooks.subscribing import subscribe
from delivery.http_posting import Poster
from models.webhook import WebhookAttempt, WebhookDelivery, WebhookSubscription
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE, Seeded

ADMINISTRATOR = "truong-my-linh"
Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    url: str
    port: int
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


def good(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(204)
    handler.end_headers()


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)
    good(handler)


def lying(handler: BaseHTTPRequestHandler) -> None:
    """Promises more than it sends, and is no HTTP at all at first."""
    handler.wfile.write(b"OK 200 everything fine\r\n\r\n")


def redirecting(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
    handler.end_headers()


def broken(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(500)
    handler.end_headers()
    handler.wfile.write(b"h\xe1\x00ng")


@contextmanager
def receiving(answer: Answering) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            answer(self)

        @override
        def log_message(self, *_given: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    receiver = Receiver(url=f"http://127.0.0.1:{port}/su-kien", port=port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def desk_for(seeded: Seeded, receiver: Receiver) -> Desk:
    hosts = frozenset({("127.0.0.1", receiver.port)})
    return replace(
        seeded.office.desk, event_poster=lambda: Poster(hosts=hosts, timeout_s=0.5, total_s=2)
    )


def told_of_submission(seeded: Seeded, receiver: Receiver) -> tuple[Desk, Any, str]:
    """Adds an address and hands a draft in; returns what there is to be told."""
    desk = desk_for(seeded, receiver)
    with desk.database.writing() as session:  # others of this office are not asked here
        session.execute(
            update(WebhookSubscription)
            .where(WebhookSubscription.disabled_at.is_(None))
            .values(disabled_at=desk.clock())
        )
    made = subscribe(
        desk, seeded.actor(ADMINISTRATOR), label="Hệ thống thử", url=receiver.url,
        kinds=["directive.submitted"],
    )  # fmt: skip
    submit(desk, seeded.actor(PEOPLE.drafter), seeded.start())
    return desk, made.id, made.secret


def delivery(desk: Desk, subscription_id: Any) -> tuple[WebhookDelivery, list[WebhookAttempt]]:  # noqa: ANN401 (an identifier)
    with desk.database.reading() as session:
        one = session.scalars(
            select(WebhookDelivery).where(WebhookDelivery.subscription_id == subscription_id)
        ).one()
        tries = select(WebhookAttempt).where(WebhookAttempt.delivery_id == one.id)
        return one, list(session.scalars(tries.order_by(WebhookAttempt.id)))


def test_an_event_is_told_once_and_signed(seeded: Seeded) -> None:
    with receiving(good) as receiver:
        desk, key, secret = told_of_submission(seeded, receiver)
        assert telling.tell(desk) == telling.Told(sent=1)
        assert telling.tell(desk) == telling.Told()
    headers, body = receiver.got[0]
    assert len(receiver.got) == 1
    told = json.loads(body)
    assert told["type"] == "directive.submitted"
    assert told["data"]["subject_kind"] == "directive"
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(raw, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    one, tries = delivery(desk, key)
    assert (one.state, [each.status for each in tries]) == ("sent", [204])
    assert headers["webhook-id"] == f"msg_{one.id.hex}"


@pytest.mark.parametrize(
    ("answer", "status"), [(slow, None), (lying, None), (redirecting, 307), (broken, 500)]
)
def test_what_is_no_good_answer_is_tried_again_later(
    seeded: Seeded, answer: Answering, status: int | None
) -> None:
    with receiving(answer) as receiver:
        desk, key, _ = told_of_submission(seeded, receiver)
        assert telling.tell(desk) == telling.Told(failed=1)
        assert telling.tell(desk) == telling.Told()
    one, tries = delivery(desk, key)
    assert one.state == "queued"
    assert one.next_at > desk.clock()
    assert [each.status for each in tries] == [status]
    assert tries[0].words
    assert "\0" not in tries[0].words
    assert len(receiver.got) == 1


def test_an_address_that_fails_for_days_is_ended_with_a_record(seeded: Seeded) -> None:
    with receiving(broken) as receiver:
        desk, key, _ = told_of_submission(seeded, receiver)
        start = desk.clock()
        telling.tell(desk)
        later = replace(desk, clock=lambda: start + telling.ENDED_AFTER + timedelta(hours=1))
        telling.tell(later)
    with desk.database.reading() as session:
        whom = session.get_one(WebhookSubscription, key)
        assert whom.disabled_at is not None
        assert "tự ngừng" in (whom.disabled_why or "")
    assert telling.tell(later) == telling.Told()


def test_what_was_rolled_back_is_told_to_nobody(seeded: Seeded) -> None:
    with receiving(good) as receiver:
        desk, key, _ = told_of_submission(seeded, receiver)
        with pytest.raises(RuntimeError):
            half_done(desk, seeded)
    delivery(desk, key)  # exactly one


def half_done(desk: Desk, seeded: Seeded) -> None:
    with desk.database.writing() as session:
        append_event(
            session, actor=seeded.actor(PEOPLE.drafter), deed="submit", outcome="done",
            subject_kind="directive", subject_id="x", detail={}, at=desk.clock(),
        )  # fmt: skip
        raise RuntimeError


def test_an_administrator_adds_looks_ends_and_sends_again(browsing: Browsing) -> None:
    with receiving(good) as receiver:
        hosts = frozenset({("127.0.0.1", receiver.port)})
        plain = browsing.portal.office
        desk = replace(plain.desk, event_poster=lambda: Poster(hosts=hosts))
        app: Any = browsing.client.app
        before = app.state.portal
        app.state.portal = replace(before, office=replace(plain, desk=desk))
        try:
            _by_program(browsing, desk, receiver)
        finally:
            app.state.portal = before


def _by_program(browsing: Browsing, desk: Desk, receiver: Receiver) -> None:
    body = {"label": "Kho", "url": receiver.url, "kinds": ["directive.submitted"]}
    refused = ask(browsing, PEOPLE.clerk, "POST", "/webhooks", body)
    assert refused.status_code == 403
    word = new_key()
    first = ask(browsing, ADMINISTRATOR, "POST", "/webhooks", body, key=word)
    assert first.json()["secret"].startswith("whsec_")
    again = ask(browsing, ADMINISTRATOR, "POST", "/webhooks", body, key=word)
    assert "secret" not in again.json()
    for wrong in (
        {**body, "url": "http://169.254.169.254/latest"}, {**body, "url": "file:///etc/passwd"},
        {**body, "kinds": ["gi-do"]}, {**body, "url": "https://u:p@127.0.0.1/"},
    ):  # fmt: skip
        assert ask(browsing, ADMINISTRATOR, "POST", "/webhooks", wrong).status_code == 422
    key = first.json()["id"]
    submit(desk, browsing.seeded.actor(PEOPLE.drafter), browsing.seeded.start())
    telling.tell(desk)
    path = f"/webhooks/{key}/deliveries"
    one = ask(browsing, ADMINISTRATOR, "GET", path).json()["items"][0]
    assert one["state"] == "sent"
    tries = ask(browsing, ADMINISTRATOR, "GET", f"/webhooks/deliveries/{one['id']}/attempts")
    assert [each["status"] for each in tries.json()["items"]] == [204]
    resend = f"/webhooks/deliveries/{one['id']}/resend"
    assert ask(browsing, ADMINISTRATOR, "POST", resend).status_code == 200
    telling.tell(desk)
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(ids) >= 2
    assert len(set(ids)) == 1
    end = ask(browsing, ADMINISTRATOR, "POST", f"/webhooks/{key}/end", {"reason": "Thử xong."})
    assert end.status_code == 200
    submit(desk, browsing.seeded.actor(PEOPLE.drafter), browsing.seeded.start())
    telling.tell(desk)
    assert len(receiver.got) == len(ids)
