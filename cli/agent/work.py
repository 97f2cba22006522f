"""What waits for this officer, as the portal tells it; texts are made safe to show."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cli.agent.errors import PortalUnclearError, WorkUnclearError
from cli.agent.line import Line, Said
from cli.visible import visible
from signing.certificates import CertificateFacts, read_facts
from signing.request import SignatureKind

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER: Final = re.compile(r"[0-9a-f-]{36}")
_LEAST_LETTERS: Final = 4
"""Of an identifier that is typed in part."""
ACTS: Final = {SignatureKind.OFFICER: "Ký số", SignatureKind.SEAL: "Đóng dấu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The certificate that must sign."""

    sha256: str
    der: bytes
    facts: CertificateFacts
    mechanism: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One document that waits."""

    ordinal: int
    """From 1, in the portal's order."""
    id: str
    kind: SignatureKind
    number: str
    doc_type: str
    subject: str
    urgency: str
    capacity: tuple[str, ...]
    sha256: str
    certificate: Named | None
    problem: str

    @property
    def title(self) -> str:
        """How it is called in one word."""
        return self.number or f"chưa có số ({self.id[:8]})"

    @property
    def act(self) -> str:
        """What is asked."""
        return ACTS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that waits."""

    office: str
    officer: str
    test_only: bool
    items: tuple[Item, ...]


def fetch_work(line: Line) -> Work:
    """Asks what waits.

    Raises:
        PortalUnclearError: the answer cannot be understood.
    """
    told = line.ask("GET", "/waiting")
    try:
        return Work(
            office=_text(told["office"]),
            officer=_text(told["officer"]),
            test_only=bool(told["test_only"]),
            items=tuple(_item(number, one) for number, one in enumerate(told["items"], 1)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise PortalUnclearError("danh sách văn bản") from err


def _item(ordinal: int, told: Said) -> Item:
    kind = SignatureKind(told["kind"])
    if kind not in ACTS:
        raise ValueError(kind)
    return Item(
        ordinal=ordinal,
        id=matched(_IDENTIFIER, told["id"]),
        kind=kind,
        number=_text(told["number"]),
        doc_type=_text(told["doc_type"]),
        subject=_text(told["subject"]),
        urgency=_text(told["urgency"]),
        capacity=tuple(_text(line) for line in told["capacity"]),
        sha256=matched(_DIGEST, told["sha256"]),
        certificate=_named(told["certificate"]) if told["certificate"] else None,
        problem=_text(told["problem"]),
    )


def _named(told: Said) -> Named:
    """The fingerprint is made here: what is shown of a certificate is what signs."""
    der = base64.b64decode(told["der"], validate=True)
    return Named(
        sha256=hashlib.sha256(der).hexdigest(),
        der=der,
        facts=read_facts(der),
        mechanism=_text(told["mechanism"]),
    )


def matched(pattern: re.Pattern[str], value: Any) -> str:  # noqa: ANN401 (whatever the portal sends)
    """Returns a text that looks as it must.

    Raises:
        ValueError: it does not.
    """
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(type(value).__name__)
    return value


def _text(value: Any) -> str:  # noqa: ANN401 (same)
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return visible(value)


def select(items: Sequence[Item], typed: str) -> Item:
    """Returns the document that was named: by its place in the list, its number, or its identifier.

    Raises:
        WorkUnclearError: none, or several.
    """
    wanted = typed.strip()
    if wanted.isdigit() and 1 <= int(wanted) <= len(items):
        return items[int(wanted) - 1]
    found = [one for one in items if one.number and one.number.casefold() == wanted.casefold()]
    if not found and len(wanted) >= _LEAST_LETTERS:
        found = [one for one in items if one.id.startswith(wanted.lower())]
    if len(found) != 1:
        raise WorkUnclearError(typed, tuple(one.title for one in found))
    return found[0]
