"""The office's own signature on PDF reports; the PIN is typed, never a word of the command."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from signing.keys.software import open_pkcs12
from signing.report.sealing import seal_report
from wiring.clock import SystemClock

if TYPE_CHECKING:
    from signing.services import TrustServices


def open_seal(file: Path, *, stamped: bool, from_stdin: bool) -> Callable[[bytes], bytes]:
    """Opens the key; returns what signs a report with it.

    Args:
        file: PKCS#12.
        stamped: level B-LT, for which the office's time-stamping authority and OCSP are asked;
            else B-B, which asks nobody.
        from_stdin: the PIN is the first line of standard input, instead of being asked for.

    Raises:
        KeyRefusedError: wrong PIN, or no usable key.
        KeyUnavailableError: the file cannot be read.
        SettingsError: of level B-LT only.
    """
    key = open_pkcs12(file, _ask_pin(from_stdin=from_stdin))
    clock = SystemClock()
    services = _services(clock) if stamped else None

    def seal(pdf: bytes) -> bytes:
        return seal_report(pdf, key=key, at=clock.now(), services=services)

    return seal


def _services(clock: SystemClock) -> "TrustServices":
    from wiring.bootstrap import make_services  # noqa: PLC0415 (slow to import)
    from wiring.settings import load_settings  # noqa: PLC0415 (same)

    return make_services(load_settings(), clock)


def _ask_pin(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Mã PIN của khoá", hide_input=True, err=True))
