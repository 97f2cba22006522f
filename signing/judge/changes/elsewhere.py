"""Streams that show something else on paper, or are read from another file.

Source: ISO 32000-2, 7.3.8.2 (/F), 8.9.5.4 (alternate images), 8.10.4 (reference XObjects); ISO
32000-1, 14.11.7 (OPI).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signing.judge.file.document import View
from signing.judge.file.objects import Ref, Stream

_KEYS: Final = frozenset({"Alternates", "OPI", "F"})


def drawn_elsewhere(view: View, numbers: Iterable[int]) -> int | None:
    """Number of the first such stream among these; None where there is none.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    for number in numbers:
        found = view.get(Ref(number))
        if not isinstance(found, Stream):
            continue
        keys = found.dictionary
        if keys.keys() & _KEYS or ("Ref" in keys and keys.get("Subtype") == "Form"):
            return number
    return None
