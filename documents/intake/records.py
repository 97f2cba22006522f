"""Signature records that stand in the text: what signing programs write into a PDF.

They are claims: nothing here proves that a signature exists or holds.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from documents.intake.folding import is_upper
from documents.intake.paper import Line
from documents.intake.result import Field, HolderKind, SignatureClaim, Unresolved

_REASON = re.compile(r"(?P<name>[^<>:\t]{2,80}?)\s*<+\s*(?P<email>[^<>\s@]+@[^<>\s]+?)\s*>+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\s*(?:Z|[+-]\d\d:?\d\d)?")
_KNOWN = re.compile(
    r"^\s*(?:\[?\s*ch[ữu] k[ýy] s[ốo].*|contactinfo:.*|location:.*|fax:.*|"
    r"c[ụu]c ch[ứu]ng th[ựu]c s[ốo].*|vi[ệe]t nam|----.*)\s*$",
    re.IGNORECASE,
)


def read_records(
    lines: Sequence[Line],
) -> tuple[tuple[Field[SignatureClaim], ...], tuple[Unresolved, ...]]:
    """Return the claims in order, and the lines that belong to none of them."""
    claims: list[Field[SignatureClaim]] = []
    left: list[Unresolved] = []
    time: tuple[datetime | None, str] = (None, "")
    for line in lines:
        if line.is_blank:
            continue
        stamp, reason = _TIME.search(line.text), _REASON.search(line.text)
        if stamp:
            time = (_instant(stamp.group()), stamp.group())
        if reason:
            claims.append(_claim(reason, time))
            time = (None, "")
        if not (stamp or reason or _KNOWN.match(line.text)):
            left.append(
                Unresolved(
                    text=line.text.strip(),
                    where="signatures",
                    why="Không rõ dòng này thuộc phần nào của thông tin chữ ký số.",
                )
            )
    return tuple(claims), tuple(left)


def _instant(text: str) -> datetime | None:
    text = re.sub(r"\s", "", text)
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _claim(reason: re.Match[str], time: tuple[datetime | None, str]) -> Field[SignatureClaim]:
    name = re.sub(r"^\s*(?:Reason)\s*:?", "", reason["name"]).strip()
    kind = HolderKind.ORGANISATION if is_upper(name) else HolderKind.PERSON
    return Field(
        value=SignatureClaim(kind=kind, name=name, email=reason["email"].strip(), at=time[0]),
        confidence=0.9 if time[0] else 0.7,
        evidence=" | ".join(part for part in (time[1], reason.group().strip()) if part),
    )
