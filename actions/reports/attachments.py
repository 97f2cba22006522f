"""Files that come beside a report: any kind within the limits, never opened, only kept.

Workbooks are the one exception: one that was made of a form of the directive is read as figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from actions.errors import InvalidInputError, Problem
from archive.store import Store
from delivery.names import ANY_KIND, safe_file_name, safe_media_type

MOST: Final = 20
"""Files beside a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file as it came."""

    name: str
    """As the sender named it; made safe before it is kept."""
    media_type: str = ANY_KIND
    """What the sender says; shown to nobody as true."""
    content: bytes = field(repr=False)


def require_fit(attachments: Sequence[NewAttachment], main: bytes, limit_bytes: int) -> None:
    """Refuses too many files, or more bytes in all than the office takes; nothing is kept.

    Raises:
        InvalidInputError: too many, too large in all, or one is empty.
    """
    if len(attachments) > MOST:
        _refuse(f"Gửi không quá {MOST} tệp kèm theo; nén các tệp liên quan thành một tệp.")
    if len(main) + sum(len(one.content) for one in attachments) > limit_bytes:
        limit_mb = limit_bytes / (1 << 20)
        _refuse(f"Các tệp gửi cùng một lần lớn hơn giới hạn {limit_mb:g} MB. "
                "Giảm dung lượng rồi gửi lại.")  # fmt: skip
    for one in attachments:
        if not one.content:
            name = safe_file_name(one.name)
            _refuse(f"Tệp “{name}” rỗng (0 byte). Chọn lại tệp rồi gửi lại.")


def keep(archive: Store, attachments: Sequence[NewAttachment]) -> list[dict[str, Any]]:
    """Puts the files in the archive; returns what a report says of them, names all different."""
    seen: dict[str, int] = {}
    return [
        {
            "name": _distinct(safe_file_name(one.name), seen),
            "media_type": safe_media_type(one.media_type),
            "sha256": archive.put(one.content), "size": len(one.content),
        }
        for one in attachments
    ]  # fmt: skip


def _distinct(name: str, seen: dict[str, int]) -> str:
    seen[name] = seen.get(name, 0) + 1
    if seen[name] == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    numbered = f"{stem or name} ({seen[name]}){dot if stem else ''}{ending if stem else ''}"
    return _distinct(numbered, seen)


def _refuse(reason: str) -> None:
    raise InvalidInputError(Problem(place="Tệp kèm theo", reason=reason))
