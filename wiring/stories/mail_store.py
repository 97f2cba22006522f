"""Where the simulated mail server puts what it has taken; see `wiring.stories.mail_server`."""

import hashlib
import itertools
import json
import os
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from uuid import uuid4


class MailStore:
    """Keeps each Message-ID once, also over restarts; repeats are written down, not kept."""

    def __init__(self, folder: Path, *, maildir: Path, office: Sequence[str]) -> None:
        self._folder, self._maildir = folder, maildir
        self._office = frozenset(address.lower() for address in office)
        self._numbers = itertools.count()
        for place in (
            folder / "sent",
            folder / "received",
            *(maildir / p for p in ("tmp", "new", "cur")),
        ):
            place.mkdir(parents=True, exist_ok=True)

    def is_office(self, address: str) -> bool:
        """Tell the office's own mailbox; ``vanthu+anything@…`` is ``vanthu@…``."""
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in self._office

    def take(self, content: bytes, recipients: Sequence[str]) -> None:
        """Store one message for all its recipients; to the office goes a copy of its own."""
        others = [address for address in recipients if not self.is_office(address)]
        if others:
            self._once("sent", content, others)
        if len(others) < len(recipients):
            self._into_maildir(content)
            self._once("received", content, [one for one in recipients if one not in others])

    def _once(self, place: str, content: bytes, recipients: Sequence[str]) -> None:
        message_id = message_id_of(content)
        digest = hashlib.sha256(message_id.encode() or content).hexdigest()[:32]
        target = self._folder / place / f"{digest}.eml"
        if not target.exists():
            part = target.with_suffix(".part")
            part.write_bytes(content)
            part.replace(target)
            return
        repeat = {
            "message_id": message_id,
            "recipients": list(recipients),
            "file": f"{place}/{target.name}",
            "same_bytes": target.read_bytes() == content,
        }
        with (self._folder / "repeats.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(repeat, ensure_ascii=False) + "\n")

    def _into_maildir(self, content: bytes) -> None:
        """Deliver as a Maildir wants it: written in ``tmp``, then moved to ``new`` whole."""
        name = f"{next(self._numbers):08d}.{os.getpid()}.{uuid4().hex}"
        (self._maildir / "tmp" / name).write_bytes(content)
        (self._maildir / "tmp" / name).replace(self._maildir / "new" / name)


def header_of(content: bytes, name: str) -> str:
    """Return a header as it stands in the message, on one line; empty where there is none."""
    value = BytesHeaderParser(policy=compat32).parsebytes(content).get(name, "")
    return " ".join(str(value).encode("utf-8", "replace").decode().split())


def message_id_of(content: bytes) -> str:
    """Return the Message-ID with its brackets; empty where there is none."""
    return header_of(content, "Message-ID")


def delivery_report(
    content: bytes, *, sender: str, recipient: str, host: str, failed: bool
) -> bytes:
    """Write the report a mail server would send about a message (RFC 3464).

    Its Date is that of the message: the server of a story has no clock of its own.
    """
    status, action = ("5.1.1", "failed") if failed else ("2.0.0", "delivered")
    words = "550 5.1.1 mailbox unavailable" if failed else "250 2.0.0 delivered to mailbox"
    digest = hashlib.sha256(f"{message_id_of(content)} {recipient} {action}".encode()).hexdigest()
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0].replace(b"\n", b"\r\n")
    lines = f"""\
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {sender}
Subject: {"Undelivered Mail Returned to Sender" if failed else "Delivery report"}
Date: {header_of(content, "Date") or "Thu, 01 Jan 1970 00:00:00 +0000"}
Message-ID: <{digest[:32]}@{host}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{digest}"

--{digest}
Content-Type: text/plain; charset=us-ascii

This is the mail system at {host}.
<{recipient}>: {words}

--{digest}
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--{digest}
Content-Type: text/rfc822-headers

"""
    return lines.replace("\n", "\r\n").encode() + head + f"\r\n\r\n--{digest}--\r\n".encode()
