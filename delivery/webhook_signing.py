"""How a webhook is signed, and how a receiver checks it.

``X-TrinhKy-Signature: sha256=<hex>`` is the HMAC-SHA256, under the secret that both sides hold, of
the timestamp (seconds since 1970 in digits, header ``X-TrinhKy-Timestamp``), a dot, and the body's
bytes. The timestamp is that of the attempt; a receiver refuses what is more than 300 s away, and
treats a known ``Idempotency-Key`` as a repeat. ``X-TrinhKy-Key-Id`` says with which secret, without
saying the secret: a receiver that knows many need not try them all. It may be left out.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote

TIMESTAMP: Final = "X-TrinhKy-Timestamp"
SIGNATURE: Final = "X-TrinhKy-Signature"
KEY: Final = "Idempotency-Key"
KEY_ID: Final = "X-TrinhKy-Key-Id"
WINDOW_S: Final = 300
"""How far the timestamp may lie from the receiver's clock, either way."""

_DIGITS = re.compile(r"[0-9]{1,12}")
_KEY_CHARACTERS = ":-._~/+@=,"


class Checked(StrEnum):
    """What a receiver finds; everything but `GENUINE` is to be answered with 401."""

    GENUINE = "genuine"
    INCOMPLETE = "incomplete"
    """A header is missing or is no number."""
    EXPIRED = "expired"
    """Outside the window: an old message played again, or a clock that goes wrong."""
    FORGED = "forged"
    """Another secret, or a changed byte."""


def signed_headers(body: bytes, *, key: str, secret: bytes, at: datetime) -> dict[str, str]:
    """Return the headers that prove a body.

    Args:
        body: exactly what is sent.
        key: the consignment key; what no header can hold is written as %XX.
        secret: shared with this receiver.
        at: the instant of the attempt, aware.
    """
    stamp = str(int(at.timestamp()))
    return {
        TIMESTAMP: stamp,
        SIGNATURE: f"sha256={_mac(secret, stamp, body)}",
        KEY: quote(key, safe=_KEY_CHARACTERS, errors="replace"),
        KEY_ID: key_id(secret),
    }


def key_id(secret: bytes) -> str:
    """Return the name of a secret: 32 hex digits that tell nothing of one drawn at random."""
    return hmac.new(secret, b"trinhky key id", hashlib.sha256).hexdigest()[:32]


def is_fresh(stamp: str, at: datetime) -> bool:
    """Tell whether a timestamp is a number within the window around an instant (aware)."""
    return bool(_DIGITS.fullmatch(stamp)) and abs(at.timestamp() - int(stamp)) <= WINDOW_S


def check_signature(
    headers: Mapping[str, str], body: bytes, *, secret: bytes, at: datetime
) -> Checked:
    """Say whether a message is genuine and fresh. For receivers; never raises.

    Args:
        headers: of the request, in any case.
        body: the request's bytes, before anything was read into them.
        secret: shared with the sender.
        at: the receiver's instant, aware.
    """
    said = {name.lower(): value for name, value in headers.items()}
    stamp, signature = said.get(TIMESTAMP.lower(), ""), said.get(SIGNATURE.lower(), "")
    if not _DIGITS.fullmatch(stamp) or not signature or not said.get(KEY.lower()):
        return Checked.INCOMPLETE
    wanted = f"sha256={_mac(secret, stamp, body)}"
    if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")):
        return Checked.FORGED
    if not is_fresh(stamp, at):
        return Checked.EXPIRED
    return Checked.GENUINE


def _mac(secret: bytes, stamp: str, body: bytes) -> str:
    mac = hmac.new(secret, stamp.encode("ascii") + b".", hashlib.sha256)
    mac.update(body)
    return mac.hexdigest()
