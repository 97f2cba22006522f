"""What the parent asks; apart, for the parent must not load the drawing library."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of one file. Trusted: it comes from the parent."""

    signed_length: int
    """Bytes of the file as it was signed."""

    password: bytes = field(default=b"", repr=False)
