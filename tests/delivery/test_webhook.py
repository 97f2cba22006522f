"""Webhooks: signed, fresh, repeated without harm, to named hosts alone."""

import base64
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.channel import Receipt
from delivery.errors import EnvelopeError, PermanentDeliveryError, TransientDeliveryError
from delivery.http_posting import read_hosts
from delivery.secret_file import secrets_of
from delivery.webhook import WebhookChannel
from delivery.webhook_parcel import JSONParcel
from delivery.webhook_signing import KEY, SIGNATURE, TIMESTAMP, Checked, check_signature
from delivery.webhook_signing import signed_headers as sign
from tests.support.server_certificates import make_server_certificate
from tests.support.webhook_receiver import SECRET, Receiver, drips, says

Make = Callable[..., JSONParcel]
AT = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def send(receiver: Receiver, json_parcel: Make) -> Iterator[Callable[..., Receipt]]:
    """Sends one parcel to the receiver, by a channel with the changes given."""
    opened: list[WebhookChannel] = []

    def run(key: str = "key", *, to: str | None = None, **changed: object) -> Receipt:
        fields: dict[str, object] = {
            "secret_of": lambda _: SECRET,
            "clock": lambda: datetime.now(UTC),
            "hosts": frozenset({("127.0.0.1", receiver.port)}),
            "timeout_s": 5,
        }
        opened.append(WebhookChannel(**{**fields, **changed}))  # type: ignore[arg-type]  # the names are the test's own
        return opened[-1].send(json_parcel(key, recipient_address=to or receiver.url))

    yield run
    for one in opened:
        one.close()


Send = Callable[..., Receipt]


def test_the_document_says_what_people_and_programs_need(json_parcel: Make) -> None:
    document = json.loads(json_parcel("k").to_bytes())
    assert document["version"] == 1
    assert (document["key"], document["number"]) == ("k", "96-HD/BTGTU")
    assert document["sent_at"] == "2025-01-02T10:04:05+07:00"
    (file,) = document["files"]
    content = base64.b64decode(file["content"])
    assert content == b"%PDF-1.7\n."
    assert (file["size"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert json_parcel("k").to_bytes() == json_parcel("k").to_bytes()


def test_what_no_text_can_hold_is_an_envelope_error(json_parcel: Make) -> None:
    with pytest.raises(EnvelopeError):
        json_parcel(text="\ud800").to_bytes()
    with pytest.raises(EnvelopeError):
        json_parcel(at=datetime(2025, 1, 1))  # noqa: DTZ001 (that is the fault)


def test_a_receiver_proves_the_message_and_knows_a_repeat(send: Send, receiver: Receiver) -> None:
    first, second = send("khoá:1"), send("khoá:1")
    assert [first.code, second.code] == ["202", "409"]
    assert first.text == "da nhan"
    assert receiver.checked == [Checked.GENUINE, Checked.GENUINE]
    (_, headers), _ = receiver.calls
    assert headers[KEY] == "kho%C3%A1:1"
    assert headers["Content-Type"] == "application/json"


def test_a_wrong_secret_and_a_wrong_clock_are_refused(send: Send, receiver: Receiver) -> None:
    with pytest.raises(PermanentDeliveryError, match="401"):
        send(secret_of=lambda _: b"x" * 32)
    with pytest.raises(PermanentDeliveryError, match="401"):
        send(clock=lambda: datetime.now(UTC) - timedelta(seconds=301))
    assert receiver.checked == [Checked.FORGED, Checked.EXPIRED]
    assert receiver.taken == {}


@given(body=st.binary(max_size=200), at=st.integers(0, 400_000))
def test_any_changed_byte_is_a_forgery(body: bytes, at: int) -> None:
    headers = sign(body, key="k", secret=SECRET, at=AT)
    assert check_signature(headers, body, secret=SECRET, at=AT) is Checked.GENUINE
    changed = bytearray(body + b"x")
    changed[at % len(changed)] ^= 1 + at % 255
    assert check_signature(headers, bytes(changed), secret=SECRET, at=AT) is Checked.FORGED


@pytest.mark.parametrize(
    ("apart_s", "found"),
    [(0, Checked.GENUINE), (300, Checked.GENUINE), (-300, Checked.GENUINE),
     (301, Checked.EXPIRED), (-301, Checked.EXPIRED)],
)  # fmt: skip
def test_the_window_is_five_minutes_either_way(apart_s: int, found: Checked) -> None:
    headers = sign(b"x", key="k", secret=SECRET, at=AT)
    at = AT + timedelta(seconds=apart_s)
    assert check_signature(headers, b"x", secret=SECRET, at=at) is found


@pytest.mark.parametrize(
    "changed",
    [{TIMESTAMP: ""}, {TIMESTAMP: "-1"}, {TIMESTAMP: "9" * 400}, {SIGNATURE: ""}, {KEY: ""}],
)
def test_missing_or_broken_headers_are_incomplete(changed: dict[str, str]) -> None:
    headers = {**sign(b"x", key="k", secret=SECRET, at=AT), **changed}
    assert check_signature(headers, b"x", secret=SECRET, at=AT) is Checked.INCOMPLETE
    lower = {
        name.lower(): value for name, value in sign(b"", key="k", secret=SECRET, at=AT).items()
    }
    assert check_signature(lower, b"", secret=SECRET, at=AT) is Checked.GENUINE


@pytest.mark.parametrize("status", [200, 201, 204, 409])
def test_taken_or_known_is_a_receipt(send: Send, receiver: Receiver, status: int) -> None:
    receiver.answer = says(status)
    assert send().code == str(status)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_come_again_is_transient_and_says_when(send: Send, receiver: Receiver, status: int) -> None:
    receiver.answer = says(status, "bảo trì\n\0".encode(), Retry_After="120")
    with pytest.raises(TransientDeliveryError) as caught:
        send()
    assert caught.value.reply_code == str(status)
    assert caught.value.reply_text == "bảo trì � (Retry-After: 120)"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 415, 422])
def test_refused_is_permanent(send: Send, receiver: Receiver, status: int) -> None:
    receiver.answer = says(status, b"khong nhan")
    with pytest.raises(PermanentDeliveryError, match=f"{status} khong nhan"):
        send()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(send: Send, receiver: Receiver, status: int) -> None:
    receiver.answer = says(status, Location=f"{receiver.url}/khac")
    with pytest.raises(PermanentDeliveryError, match=str(status)):
        send()
    assert [path for path, _ in receiver.calls] == ["/nhan"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://127.0.0.1:1/nhan", "host_not_allowed"),
        ("http://localhost:{port}/nhan", "host_not_allowed"),
        ("http://127.0.0.1/nhan", "host_not_allowed"),
        ("https://noi-khac.example/nhan", "host_not_allowed"),
        ("http://[::1]:{port}/nhan", "host_not_allowed"),
        ("http://127.0.0.1:{port}@noi-khac.example/", "not_an_address"),
        ("http://ai:gi@127.0.0.1:{port}/nhan", "not_an_address"),
        ("http://127.0.0.1:{port}\\@noi-khac.example/", "not_an_address"),
        ("http://127.0.0.1:{port}/nhan#x", "not_an_address"),
        ("http://127.0.0.1:{port}/a\r\nX: y", "not_an_address"),
        ("http://127.0.0.1:99999/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("ftp://127.0.0.1:{port}/", "not_an_address"),
        ("xa-a@donvi.example", "not_an_address"),
        ("http://[x/", "not_an_address"),
        ("http:///nhan", "not_an_address"),
    ],
)
def test_nobody_but_the_named_hosts_is_called(
    send: Send, receiver: Receiver, address: str, code: str
) -> None:
    with pytest.raises(PermanentDeliveryError) as caught:
        send(to=address.replace("{port}", str(receiver.port)))
    assert caught.value.reply_code == code
    assert receiver.calls == []


def test_without_tls_only_this_machine_is_called_unless_the_operator_says_so(send: Send) -> None:
    hosts = read_hosts("may-khac.invalid:80")
    with pytest.raises(PermanentDeliveryError, match="without_tls"):
        send(to="http://may-khac.invalid/", hosts=hosts)
    with pytest.raises(TransientDeliveryError, match="connection_lost"):
        send(to="http://may-khac.invalid/", hosts=hosts, allow_http=True)


def test_hosts_are_read_with_their_ports() -> None:
    assert read_hosts(" A.example, b.example:8443,[::1]:80 ,") == {
        ("a.example", 443), ("b.example", 8443), ("::1", 80),
    }  # fmt: skip


def test_an_address_without_secret_is_permanent_and_a_shared_file_transient(
    send: Send, receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "webhook.secrets"
    with pytest.raises(PermanentDeliveryError, match="no_secret"):
        send(secret_of=secrets_of(file))
    file.write_text(f"# mỗi dòng một nơi\n\n{receiver.url} {SECRET.decode()}\n")
    file.chmod(0o640)
    with pytest.raises(TransientDeliveryError, match="chmod 600"):
        send(secret_of=secrets_of(file))
    file.chmod(0o600)
    assert send(secret_of=secrets_of(file)).code == "202"
    file.write_text(f"{receiver.url} ngan")
    with pytest.raises(TransientDeliveryError, match="dòng 1") as caught:
        send(secret_of=secrets_of(file))
    assert "ngan" not in caught.value.diagnosis()


def test_a_server_that_answers_a_byte_at_a_time_is_left(send: Send, receiver: Receiver) -> None:
    receiver.answer = drips
    with pytest.raises(TransientDeliveryError, match="connection_lost"):
        send(total_s=0.5)


def test_of_an_endless_answer_only_the_beginning_is_read(send: Send, receiver: Receiver) -> None:
    receiver.answer = says(200, b"x" * 5_000_000)
    assert send().text == "x" * 300


@pytest.mark.parametrize(
    "said", [b"", b"what?\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]
)
def test_what_speaks_no_http_or_stops_midway_is_transient(send: Send, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(said)

        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(TransientDeliveryError, match="connection_lost"):
            send(to=f"http://127.0.0.1:{port}/", hosts=frozenset({("127.0.0.1", port)}))
        thread.join()


def test_over_tls_only_hosts_that_are_vouched_for_get_the_message(
    send: Send, tmp_path: Path
) -> None:
    certificate = make_server_certificate(tmp_path / "certificates")
    with Receiver(tls=certificate.serving()) as secured:
        hosts = frozenset({("127.0.0.1", secured.port)})
        with pytest.raises(TransientDeliveryError, match="CERTIFICATE_VERIFY_FAILED"):
            send(to=secured.url, hosts=hosts, tls_context=ssl.create_default_context())
        assert secured.calls == []
        sent = send(to=secured.url, hosts=hosts, tls_context=certificate.trusting())
        assert sent.code == "202"


def test_the_environment_names_no_proxy_for_us(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send().code == "202"
