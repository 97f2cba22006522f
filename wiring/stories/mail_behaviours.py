"""How the simulated mail server treats each address: a JSON file that can change while it runs.

::

    {
      "@connection": {"kind": "refuse", "times": 3},
      "xa-a@example.vn": "bounce",
      "xa-b@example.vn": {"kind": "defer", "times": 2},
      "xa-c@example.vn": {"kind": "silent", "store": false},
      "*": "accept"
    }

``@connection`` is met before any address: new connections are turned away. ``*`` is for all
addresses not named. Addresses are compared without regard to case. An entry that has shown itself
``times`` times turns into ``accept``; a changed entry begins anew.
"""

import json
import logging
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CONNECTION = "@connection"
"""The entry that is met before any address."""

_log = logging.getLogger(__name__)


class BehaviourKind(StrEnum):
    """What happens to a message for an address."""

    ACCEPT = "accept"
    """Taken and stored."""
    BOUNCE = "bounce"
    """550 5.1.1 at RCPT, always unless ``times`` says otherwise."""
    REFUSE = "refuse"
    """451 4.3.0 at RCPT, always unless ``times`` says otherwise; for ``@connection``: 421."""
    DEFER = "defer"
    """451 4.7.1 at RCPT, once unless ``times`` says otherwise, then accepted."""
    ACCEPT_THEN_DSN = "accept_then_dsn"
    """Taken and stored; after ``delay_s`` a failure report goes to the sender."""
    SILENT = "silent"
    """The message is taken, and stored if ``store``; the connection drops without a reply, once."""
    SLOW = "slow"
    """Taken and stored; the reply comes only after ``delay_s``, always."""
    CRASH = "crash"
    """The connection drops at RCPT, before there is any message, once."""


_ONCE = frozenset((BehaviourKind.DEFER, BehaviourKind.SILENT, BehaviourKind.CRASH))


class BehaviourError(Exception):
    """The file of behaviours cannot be understood; ``place`` names the entry."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What happens to messages for one address."""

    kind: BehaviourKind = BehaviourKind.ACCEPT
    """What happens."""

    times: int | None = None
    """How often, before the address accepts; None: for ever."""

    store: bool = True
    """For ``silent``: whether the message was stored before the connection dropped."""

    delay_s: float = 0.2
    """For ``accept_then_dsn``: real seconds until the report; for ``slow``: until the reply."""


ACCEPT = Behaviour()


class Behaviours:
    """The behaviours in force, read again whenever the file has changed. Safe for threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._entries: Mapping[str, Behaviour] = {}
        self._shown: Counter[str] = Counter()
        self._lock = threading.Lock()
        if path is not None and path.exists():
            self.read()

    def read(self) -> None:
        """Read the file; counts go on where an entry is the same as before.

        Raises:
            BehaviourError: the file is no JSON object, or an entry says what no behaviour is.
        """
        if self._path is None:
            return
        stat = self._path.stat()
        entries = parse_behaviours(self._path.read_text(encoding="utf-8"))
        for address, entry in entries.items():
            if self._entries.get(address) != entry:
                self._shown.pop(address, None)
        self._entries, self._stamp = entries, (stat.st_mtime_ns, stat.st_size)

    def show(self, address: str) -> Behaviour:
        """Return what happens to this address now, and count that it has happened."""
        with self._lock:
            self._refresh()
            name = address.lower()
            entry = self._entries.get(name)
            if entry is None:
                entry = ACCEPT if name == CONNECTION else self._entries.get("*", ACCEPT)
            if entry.times is not None and self._shown[name] >= entry.times:
                return ACCEPT
            self._shown[name] += 1
            return entry

    def _refresh(self) -> None:
        """Follow the file; one that is half written or wrong leaves what was in force."""
        if self._path is None:
            return
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._stamp:
                self.read()
        except (OSError, BehaviourError) as err:
            _log.warning("behaviours not read again: %s", err)


def parse_behaviours(text: str) -> dict[str, Behaviour]:
    """Read the file's text.

    Raises:
        BehaviourError: no JSON object, or an entry that says what no behaviour is.
    """
    try:
        entries = json.loads(text)
    except ValueError as err:
        raise BehaviourError("file", str(err)) from err
    if not isinstance(entries, dict):
        raise BehaviourError("file", "not an object")
    return {address.lower(): _behaviour(address, entry) for address, entry in entries.items()}


def _behaviour(address: str, entry: object) -> Behaviour:
    fields = {"kind": entry} if isinstance(entry, str) else entry
    if not isinstance(fields, dict):
        raise BehaviourError(address, "neither a word nor an object")
    try:
        kind = BehaviourKind(fields.get("kind", "accept"))
        given = Behaviour(**{**fields, "kind": kind})
    except (ValueError, TypeError) as err:
        raise BehaviourError(address, str(err)) from err
    if given.times is None and kind in _ONCE and "times" not in fields:
        return Behaviour(kind=kind, times=1, store=given.store, delay_s=given.delay_s)
    return given
