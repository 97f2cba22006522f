"""What runs in the sandbox where a file has taken its process over: one deed per first word."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from signing.worker import ANSWER

ANSWERS_GO_TO = 4
"""Number of the pipe in the child: 3 and 4 are the first free ones."""


def _sleep(_: bytes) -> NoReturn:
    while True:
        time.sleep(60)


def _spin(_: bytes) -> NoReturn:
    while True:
        pass


def _grow(_: bytes) -> NoReturn:
    kept = []
    while True:
        kept.append(bytes(64 << 20))


def _kill(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _end(_: bytes) -> NoReturn:
    os._exit(3)


def _claim_huge(_: bytes) -> NoReturn:
    os.write(ANSWERS_GO_TO, ANSWER.pack(b"", 1 << 40))
    _sleep(_)


def _flood(_: bytes) -> NoReturn:
    with contextlib.suppress(OSError):
        while True:
            os.write(ANSWERS_GO_TO, b"\0" * 4096)
    _sleep(_)


def _fall_silent(_: bytes) -> NoReturn:
    os.close(ANSWERS_GO_TO)
    _sleep(_)


def report_of(data: bytes, **changed: object) -> bytes:
    """A report that says nothing bad of these bytes, but for what is changed."""
    state = {
        "name": "",
        "sha256_hex": "",
        "size_bytes": len(data),
        "policy_name": "integrity",
        "policy_version": "2026.2",
        "at": "2026-11-25T03:00:00+00:00",
        "signatures": [],
        "findings": [],
        "test_only": False,
        "milliseconds": 0.0,
    }
    return json.dumps(state | changed).encode()


def _answer_twice(data: bytes) -> bytes:
    """Once in order, and a moment later again, for the next file."""
    again = report_of(b"the next file")
    block = ANSWER.pack(b"", len(again)) + again
    threading.Timer(0.05, os.write, (ANSWERS_GO_TO, block)).start()
    return report_of(data)


def _answer_early(data: bytes) -> bytes:
    """Before it was asked, as a task before this one may have done."""
    answer = report_of(data)
    os.write(ANSWERS_GO_TO, ANSWER.pack(b"", len(answer)) + answer)
    return answer


def _print_first(data: bytes) -> bytes:
    os.write(1, b"a library says hello\n")
    return report_of(data)


def _secrets(data: bytes) -> bytes:
    told = {"code": "x", "severity": "info", "effect": "passed", "message": " ".join(os.environ)}
    return report_of(data, findings=[told])


_FINDING = {"code": "x", "severity": "info", "effect": "passed", "message": "m"}

Deed = Callable[[bytes], bytes]
NO_REPORTS: dict[str, Deed] = {
    "empty": lambda _: b"",
    "no-json": lambda _: b"<html>",
    "no-utf8": lambda _: b"\xff\xfe",
    "nested": lambda _: b"[" * 200_000,
    "claim-huge": _claim_huge,
    "flood": _flood,
    "secret-field": lambda data: report_of(data, verdict="passed"),
    "answer-early": _answer_early,
    "other-file": lambda _: report_of(b"another file"),
    "other-policy": lambda data: report_of(data, policy_name="official"),
    "other-instant": lambda data: report_of(data, at="2020-01-01T00:00:00+00:00"),
    "naive-instant": lambda data: report_of(data, at="2026-11-25T03:00:00"),
    "long-number": lambda data: report_of(data).replace(b": 0.0", b": " + b"9" * 9999),
    "no-number": lambda data: report_of(data, milliseconds=float("nan")),
    "text-for-truth": lambda data: report_of(data, test_only="no"),
    "number-for-text": lambda data: report_of(data, findings=[{**_FINDING, "message": 5}]),
    "half-character": lambda data: report_of(data, findings=[{**_FINDING, "message": "\ud800"}]),
    "other-effect": lambda data: report_of(data, findings=[{**_FINDING, "effect": "fine"}]),
    "signature-of-text": lambda data: report_of(data, signatures=["good"]),
}
"""Answers that must be refused."""

_HOARD: list[bytes] = []


def _hoard(data: bytes) -> bytes:
    _HOARD.append(b"x" * (120 << 20))
    return report_of(data)


DEEDS: dict[str, Deed] = NO_REPORTS | {
    "honest": report_of,
    "lying-digest": lambda data: report_of(data, sha256_hex="00" * 32, name="another"),
    "answer-twice": _answer_twice,
    "print-first": _print_first,
    "secrets": _secrets,
    "hoard": _hoard,
    "sleep": _sleep,
    "spin": _spin,
    "grow": _grow,
    "kill": _kill,
    "end": _end,
    "fall-silent": _fall_silent,
}


class TakenOver:
    """Does what the file's first word says; a PDF is judged."""

    def __init__(self, setting: bytes) -> None:
        self._setting = setting

    def answer(self, head: bytes, data: bytes) -> bytes:
        if data.startswith(b"%PDF"):
            from signing.inside import Judge  # noqa: PLC0415 (most tests judge no PDF)

            return Judge(self._setting).answer(head, data)
        return DEEDS[data.split(b" ")[0].decode()](data)


def __getattr__(name: str) -> type:
    """`Deaf` never comes to reading its pipe."""
    if name == "Deaf":
        time.sleep(60)
    raise AttributeError(name)
