"""What an administrator types of a trust anchor, and a file of certificates on its way to a yes.

A file is looked at first and trusted on the next page. In between it lies nowhere: the form carries
it, and everything is looked at once more.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Form

from actions.anchor_rows import AnchorRow
from actions.errors import InvalidInputError, Problem
from actions.trusting import AnchorTerms, SentFile
from portal.administering import MOST_REASON, day_or_none
from signing.trust import Purpose

LIMIT_BYTES: Final = 256 * 1024
"""A certificate has a few thousand bytes; carried in a form it stays below the form's limit."""
MOST_NAME: Final = 300
MOST_ORGANISATIONS: Final = 200
_DIGITS: Final = 64
_BETWEEN: Final = re.compile(r"[\s:-]+")
_HEXADECIMAL: Final = re.compile(rf"([0-9a-f]{{{_DIGITS}}})+")
_SINCE, _UNTIL = "Tin từ ngày", "Tin đến hết ngày"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    origin: str = ""
    reason: str = ""
    since: str = ""
    until: str = ""
    purposes: Sequence[str] = field(default_factory=lambda: tuple(Purpose))
    organisations: str = ""
    end_entity: bool = False
    published: str = ""
    """Fingerprints as the issuer publishes them, with colons or blanks, over several lines."""

    def compared(self) -> frozenset[str] | None:
        """Returns the fingerprints that the file must have; None where none was typed.

        Raises:
            InvalidInputError: it is no SHA-256.
        """
        whole = "".join(one.rpartition("=")[2] for one in self.published.splitlines())
        plain = _BETWEEN.sub("", whole).lower()
        if not plain:
            return None
        if not _HEXADECIMAL.fullmatch(plain):
            said = "là SHA-256: 64 chữ số 0–9, a–f cho mỗi chứng thư; chép lại cho đủ."
            raise InvalidInputError(Problem(place="Dấu vân tay", reason=said))
        return frozenset(plain[at : at + _DIGITS] for at in range(0, len(plain), _DIGITS))

    def terms(self) -> AnchorTerms:
        """Returns it as deeds take it.

        Raises:
            InvalidInputError: a day is none, or something is trusted for what there is not.
        """
        if not set(self.purposes) <= set(Purpose):
            raise InvalidInputError(Problem(place="Tin cho", reason="chọn trong danh sách."))
        named = [one.strip() for one in self.organisations.splitlines() if one.strip()]
        if len(named) > MOST_ORGANISATIONS:
            said = f"ghi nhiều nhất {MOST_ORGANISATIONS} dòng."
            raise InvalidInputError(Problem(place="Cơ quan được cấp", reason=said))
        return AnchorTerms(
            source=self.origin.strip()[:MOST_REASON], reason=self.reason.strip()[:MOST_REASON],
            name=self.name.strip()[:MOST_NAME], since=day_or_none(self.since, _SINCE),
            until=day_or_none(self.until, _UNTIL),
            purposes=frozenset(Purpose(one) for one in self.purposes),
            organisations=tuple(one[:MOST_NAME] for one in named), end_entity=self.end_entity,
        )  # fmt: skip


def _typed(
    *,
    name: Annotated[str, Form()] = "",
    origin: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    purpose: Annotated[list[str] | None, Form()] = None,
    organisations: Annotated[str, Form()] = "",
    end_entity: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
) -> Typed:
    return Typed(
        name=name, origin=origin, reason=reason, since=since, until=until,
        purposes=tuple(purpose or ()), organisations=organisations, end_entity=bool(end_entity),
        published=published,
    )  # fmt: skip


TypedTerms = Annotated[Typed, Depends(_typed)]
"""What was typed, as a parameter of a page."""


def typed_of(row: AnchorRow) -> Typed:
    """Returns the form of an anchor as it stands."""
    said = row.anchor
    return Typed(
        name=said.name, origin=said.source, reason=said.reason,
        since=said.since.isoformat() if said.since else "",
        until=said.until.isoformat() if said.until else "",
        purposes=tuple(one for one in Purpose if one in said.purposes),
        organisations="\n".join(said.organisations),
    )  # fmt: skip


def carried(file: SentFile) -> str:
    """Returns a file as a form carries it."""
    return base64.b64encode(file.content).decode()


def brought(name: str, content: str) -> SentFile:
    """Returns the file that a form carried.

    Raises:
        InvalidInputError: it did not arrive whole.
    """
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as err:
        raise _broken() from err
    if not 0 < len(found) <= LIMIT_BYTES:
        raise _broken()
    return SentFile(name=plain_name(name), content=found)


def plain_name(name: str) -> str:
    """Returns the name of a file as its sender calls it, to be shown and recorded."""
    return "".join(one for one in name if one.isprintable())[-100:] or "tệp"


def _broken() -> InvalidInputError:
    said = "không còn nguyên vẹn trên đường gửi; chọn lại tệp."
    return InvalidInputError(Problem(place="Tệp", reason=said))
