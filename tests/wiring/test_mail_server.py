"""The simulated mail server speaks real SMTP and misbehaves exactly as told."""

import json
import mailbox
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wiring.stories.mail_behaviours import BehaviourError, BehaviourKind, parse_behaviours
from wiring.stories.mail_config import MailServerConfig, MailServerError
from wiring.stories.mail_server import MailServer, main

OFFICE = "vanthu@btg.example"
UNIT = "xa-a@donvi.example"


def message(
    message_id: str = "<1@btg.example>", *, to: str = UNIT, text: str = "Kinh gui"
) -> bytes:
    head = f"From: {OFFICE}\r\nTo: {to}\r\nMessage-ID: {message_id}\r\nSubject: Huong dan\r\n"
    return f"{head}Date: Thu, 02 Jan 2025 10:00:00 +0700\r\n\r\n{text}\r\n.\r\n".encode()


@contextmanager
def serving(
    folder: Path, behaviours: dict[str, object] | None = None, **more: object
) -> Iterator[MailServer]:
    file = folder / "behaviours.json"
    file.write_text(json.dumps(behaviours or {}))
    config = MailServerConfig(folder=folder / "mail", office=(OFFICE,), behaviours=file, **more)  # type: ignore[arg-type]  # of the fields' types, whatever the test names
    with MailServer(config) as server:
        yield server


def send(server: MailServer, content: bytes, *, to: str = UNIT) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10) as client:
        client.sendmail(OFFICE, [to], content)


def files(server: MailServer, place: str) -> list[bytes]:
    return sorted(path.read_bytes() for path in (server.store._folder / place).iterdir())


def repeats(server: MailServer) -> list[dict[str, object]]:
    file = server.store._folder / "repeats.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError


def test_an_accepted_message_lies_in_sent_byte_for_byte(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        send(server, message())
        assert files(server, "sent") == [message()]
        assert files(server, "received") == []


def test_a_repeat_is_written_down_and_not_stored_twice(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        send(server, message())
        send(server, message())
        send(server, message(text="khac"))
        send(server, message("<2@btg.example>"))
        assert len(files(server, "sent")) == 2
        assert [(r["message_id"], r["same_bytes"]) for r in repeats(server)] == [
            ("<1@btg.example>", True),
            ("<1@btg.example>", False),
        ]


def test_a_repeat_is_known_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        send(server, message())
    with serving(tmp_path) as server:
        send(server, message())
    assert len(files(server, "sent")) == len(repeats(server)) == 1


def test_mail_to_the_office_goes_to_its_maildir_and_to_received(tmp_path: Path) -> None:
    with serving(tmp_path, {"*": "bounce"}) as server:
        send(server, message(to=OFFICE), to="VanThu+96@btg.example")
        assert files(server, "received") == [message(to=OFFICE)]
        assert files(server, "sent") == []
    box = mailbox.Maildir(server.maildir, create=False)
    assert [mail["Message-ID"] for mail in box] == ["<1@btg.example>"]


@pytest.mark.parametrize(
    ("behaviour", "code"), [("bounce", 550), ("refuse", 451), ({"kind": "defer", "times": 9}, 451)]
)
def test_a_refused_recipient_gets_nothing(tmp_path: Path, behaviour: object, code: int) -> None:
    with serving(tmp_path, {UNIT.upper(): behaviour}) as server:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            send(server, message())
        assert caught.value.recipients[UNIT][0] == code
        send(server, message("<2@btg.example>"), to="khac@donvi.example")
        assert len(files(server, "sent")) == 1


def test_a_deferred_recipient_is_accepted_after_so_many_attempts(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: {"kind": "defer", "times": 2}}) as server:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                send(server, message())
        send(server, message())
        assert files(server, "sent") == [message()]


def test_a_late_failure_report_reaches_the_office(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: {"kind": "accept_then_dsn", "delay_s": 0.05}}) as server:
        send(server, message())
        assert files(server, "sent") == [message()]
        wait_until(lambda: len(files(server, "received")) == 1)
        (report,) = files(server, "received")
    assert b"Final-Recipient: rfc822; xa-a@donvi.example\r\nAction: failed" in report
    assert b"Message-ID: <1@btg.example>" in report


def test_a_report_still_due_is_delivered_when_the_server_stops(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: {"kind": "accept_then_dsn", "delay_s": 600}}) as server:
        send(server, message())
        assert files(server, "received") == []
    assert len(files(server, "received")) == 1


@pytest.mark.parametrize("store", [True, False])
def test_a_silent_server_drops_the_connection_after_the_message(
    tmp_path: Path, store: object
) -> None:
    with serving(tmp_path, {UNIT: {"kind": "silent", "store": store}}) as server:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(server, message())
        assert len(files(server, "sent")) == (1 if store else 0)
        send(server, message())
        assert files(server, "sent") == [message()]
        assert len(repeats(server)) == (1 if store else 0)


def test_a_slow_server_has_the_message_before_it_answers(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: {"kind": "slow", "delay_s": 0.3}}) as server:
        started = time.monotonic()
        send(server, message())
        assert time.monotonic() - started >= 0.3
        assert len(files(server, "sent")) == 1


def test_a_crashing_server_drops_the_connection_before_the_message(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: "crash"}) as server:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(server, message())
        assert files(server, "sent") == []
        send(server, message())
        assert files(server, "sent") == [message()]


def test_connections_are_turned_away_for_a_while(tmp_path: Path) -> None:
    with serving(tmp_path, {"@connection": {"kind": "refuse", "times": 2}}) as server:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPConnectError, match="421"):
                send(server, message())
        send(server, message())
        assert files(server, "sent") == [message()]


def test_the_behaviours_are_read_again_when_the_file_changes(tmp_path: Path) -> None:
    with serving(tmp_path, {UNIT: "bounce"}) as server:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(server, message())
        (tmp_path / "behaviours.json").write_text("{ half a file")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(server, message())
        (tmp_path / "behaviours.json").write_text(json.dumps({UNIT: "accept"}))
        send(server, message())
        assert files(server, "sent") == [message()]


def test_a_session_takes_no_more_messages_than_its_limit(tmp_path: Path) -> None:
    with (
        serving(tmp_path, messages_per_session=1) as server,
        smtplib.SMTP("127.0.0.1", server.port, "localhost") as client,
    ):
        client.sendmail(OFFICE, [UNIT], message())
        with pytest.raises(smtplib.SMTPSenderRefused, match="452"):
            client.sendmail(OFFICE, [UNIT], message())


def test_a_message_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, size_limit_bytes=1000) as server:
        with pytest.raises(smtplib.SMTPResponseException, match="552"):
            send(server, message(text="x\r\n" * 1000))
        assert files(server, "sent") == []


def test_the_server_stops_with_a_client_still_connected(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        client = smtplib.SMTP("127.0.0.1", server.port, "localhost")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()


def test_a_taken_port_is_an_error_and_not_a_hang(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        config = MailServerConfig(folder=tmp_path / "b", office=(OFFICE,), port=server.port)
        with pytest.raises(MailServerError):
            MailServer(config).start()


def test_the_process_prints_its_port_serves_and_stops_on_sigterm(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({UNIT: "bounce"}))
    config = {"folder": "mail", "office": [OFFICE], "behaviours": "b.json"}
    (tmp_path / "server.json").write_text(json.dumps(config))
    command = [
        sys.executable,
        "-m",
        "wiring.stories.mail_server",
        "--config",
        str(tmp_path / "server.json"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=10) as client:
            client.sendmail(OFFICE, ["xa-b@donvi.example"], message())
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail(OFFICE, [UNIT], message())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert len(list((tmp_path / "mail" / "sent").glob("*.eml"))) == 1


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"folder": "x"}', '{"folder": "x", "office": [], "y": 1}']
)
def test_a_wrong_configuration_is_one_line_and_status_1(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.json").write_text(text)
    assert main(["--config", str(tmp_path / "server.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": "sing"}', '{"a": {"tims": 1}}'])
def test_what_is_no_behaviour_is_refused(text: str) -> None:
    with pytest.raises(BehaviourError):
        parse_behaviours(text)


def test_what_passes_does_so_once_and_what_stays_stays() -> None:
    entries = parse_behaviours(json.dumps({kind.value: kind.value for kind in BehaviourKind}))
    assert {name for name, entry in entries.items() if entry.times == 1} == {
        "defer",
        "silent",
        "crash",
    }
    assert parse_behaviours('{"a": {"kind": "defer", "times": null}}')["a"].times is None
