"""Signatures on their way: written down before the key is touched, and again when it has signed.

planned -> signed -> handed in (and removed). After a kill or on a broken line the next call hands
in what was signed; the key is not asked again.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.agent.errors import HomeUnusableError, PortalRefusedError
from cli.agent.home import Home, write_private
from cli.agent.line import Line
from cli.agent.offers import Offer
from cli.agent.showing import folder_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One signature on its way."""

    plan_id: str
    portal: str
    title: str
    subject: str
    act: str
    seen_sha256: str
    prepared_sha256: str
    certificate_sha256: str
    pages: str
    """Folder with its page images, among those of the agent."""
    signature: str = ""
    """Base64; empty until the key has signed."""


class Journal:
    """The signatures of one home on their way to one portal."""

    def __init__(self, home: Home, portal: str) -> None:
        self._home = home
        self._portal = portal

    def plan(self, offer: Offer, prepared_sha256: str) -> Entry:
        """Writes down what is about to be signed."""
        item = offer.item
        entry = Entry(
            plan_id=offer.plan_id,
            portal=self._portal,
            title=item.title,
            subject=item.subject,
            act=item.act,
            seen_sha256=item.sha256,
            prepared_sha256=prepared_sha256,
            certificate_sha256=item.certificate.sha256 if item.certificate else "",
            pages=folder_name(item),
        )
        self._write(entry)
        return entry

    def signed(self, entry: Entry, raw: bytes) -> Entry:
        """Writes down what the key gave."""
        told = {**_told(entry), "signature": base64.b64encode(raw).decode("ascii")}
        made = Entry(**told)
        self._write(made)
        return made

    def unsent(self) -> Iterator[Entry]:
        """What was signed for this portal and never acknowledged, the oldest first."""
        for path in sorted(self._home.signatures.glob("*.json"), key=lambda one: one.name):
            entry = _read(path)
            if entry.signature and entry.portal == self._portal:
                yield entry

    def forget(self, entry: Entry) -> None:
        """Removes what is settled."""
        self._path(entry).unlink(missing_ok=True)

    def _write(self, entry: Entry) -> None:
        write_private(self._path(entry), _told(entry))

    def _path(self, entry: Entry) -> Path:
        return self._home.signatures / f"{entry.plan_id}.json"


def hand_in(line: Line, journal: Journal, entry: Entry) -> str:
    """Sends a signature; returns how far the portal is with it. Harmless when repeated.

    Raises:
        PortalRefusedError: the plan does not count any more; the entry is removed.
        PortalUnreachableError: the line is broken; the entry stays.
    """
    try:
        told = line.ask("PUT", f"/plans/{entry.plan_id}/signature", {"signature": entry.signature})
    except PortalRefusedError as refusal:
        if refusal.status in {403, 404, 409, 422}:
            journal.forget(entry)
        raise
    journal.forget(entry)
    return str(told.get("state", ""))


def _told(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def _read(path: Path) -> Entry:
    try:
        return Entry(**json.loads(path.read_text(encoding="utf-8")))
    except OSError as err:
        raise HomeUnusableError(str(path), err.strerror or "lỗi đọc") from err
    except (ValueError, TypeError) as err:
        raise HomeUnusableError(str(path), "tệp hỏng") from err
