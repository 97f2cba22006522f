"""What the simulated mail server is told, and the file it stands in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class MailServerError(Exception):
    """The server's file is not what it should be, or the port cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServerConfig:
    """What one server is told."""

    folder: Path
    """Where messages lie."""

    office: tuple[str, ...]
    """Addresses of the office's own mailbox."""

    maildir: Path | None = None
    """The office's mailbox; FOLDER/office by default."""

    behaviours: Path | None = None
    """The file of behaviours; without it everything is accepted."""

    host: str = "127.0.0.1"
    """Address to listen on."""

    port: int = 0
    """0: any free one."""

    name: str = "thu.trinhky.example"
    """The name the server gives itself."""

    offer_dsn: bool = False
    """Offer delivery reports (RFC 3461), and send those of success that are asked for."""

    size_limit_bytes: int = 70_000_000
    """Larger messages are refused with 552."""

    messages_per_session: int | None = None
    """Further ones on the same connection are refused with 452."""

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the JSON file.

        Raises:
            MailServerError: no JSON object, an unknown field, or one that is missing.
        """
        try:
            given = dict(json.loads(path.read_text(encoding="utf-8")))
            for name in ("folder", "maildir", "behaviours"):
                if given.get(name):
                    given[name] = path.parent / given[name]
            config = cls(**{**given, "office": tuple(given["office"])})
        except (OSError, ValueError, TypeError, KeyError) as err:
            raise MailServerError(f"{path}: {err}") from err
        return config
