"""What is known of an upload that was accepted, and its way through a pipe."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from signing.uploaded.errors import REFUSALS, UploadRefusedError

LEVELS: Final = ("B-B", "B-T", "B-LT")
_LONGEST_SIGNATURE: Final = 2048
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedSignature:
    """The one signature that was added, as plain facts."""

    raw_signature: bytes
    """The signature value of the CMS."""

    mechanism: str
    """Name of the scheme with its hash, as `signing.mechanism` writes it."""

    claimed_time: datetime | None
    """/M as the tool wrote it; aware. A claim, no proof."""

    has_time_stamp: bool
    """Whether it brings a time stamp of its own, whose mathematics holds."""

    level: str
    """One of `LEVELS`."""

    certifies: bool
    """Whether it is a certification; else an ordinary signature."""


def dump(found: UploadedSignature | UploadRefusedError) -> bytes:
    """As JSON; `load` gives it back."""
    state: dict[str, Any]
    if isinstance(found, UploadRefusedError):
        state = {"refused": found.code, "facts": found.facts}
    else:
        claimed = found.claimed_time
        state = {
            "raw_signature": b64encode(found.raw_signature).decode(),
            "mechanism": found.mechanism,
            "claimed_time": claimed.isoformat() if claimed is not None else None,
            "has_time_stamp": found.has_time_stamp,
            "level": found.level,
            "certifies": found.certifies,
        }
    return json.dumps(state).encode()


def load(answer: bytes) -> UploadedSignature:
    """What `dump` wrote, from a process that is not believed.

    Raises:
        UploadRefusedError: That is what it says.
        ValueError: It is neither.
    """
    try:
        state = json.loads(answer)
        if "refused" in state:
            raise REFUSALS[state["refused"]](**state["facts"])
        return _signature(state)
    except (TypeError, KeyError, AttributeError, RecursionError) as err:
        raise ValueError(f"no answer: {type(err).__name__}") from err


def _signature(state: dict[str, Any]) -> UploadedSignature:
    claimed = state["claimed_time"]
    found = UploadedSignature(
        raw_signature=b64decode(state["raw_signature"], validate=True),
        mechanism=state["mechanism"],
        claimed_time=None if claimed is None else datetime.fromisoformat(claimed),
        has_time_stamp=state["has_time_stamp"],
        level=state["level"],
        certifies=state["certifies"],
    )
    flags = (found.has_time_stamp, found.certifies)
    aware = found.claimed_time is None or found.claimed_time.tzinfo is not None
    if (
        not 0 < len(found.raw_signature) <= _LONGEST_SIGNATURE
        or not 0 < len(found.mechanism) <= _LONGEST_NAME
        or not found.mechanism.isascii()
        or found.level not in LEVELS
        or not all(type(one) is bool for one in flags)
        or not aware
    ):
        raise ValueError("no answer: values")
    return found
