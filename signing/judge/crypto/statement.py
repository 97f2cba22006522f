"""What an authority says about the revocation of one certificate, whichever way it says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from signing.judge.crypto.faults import unsure

_ON_HOLD: Final = 6
_OFF_THE_LIST: Final = 8
"""removeFromCRL. Source: RFC 5280, 5.3.1."""

_LIFE_WITHOUT_END: Final = timedelta(minutes=30)
"""Of a statement that names no next one: newer ones may be had at any time (RFC 6960, 4.2.2.1)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Good or revoked, and from when until when that is said."""

    since: datetime
    """thisUpdate."""

    until: datetime | None
    """nextUpdate."""

    known: bool
    """False: the authority does not know the certificate."""

    revoked_at: datetime | None = None
    reason: int = 0
    invalid_since: datetime | None = None
    """The key is suspected since then, before it was revoked."""

    def revokes(self, moment: datetime) -> bool:
        """Whether the certificate was revoked at an instant.

        However old or new the statement is: what was revoked stays so.

        Raises:
            UnsureMessage: It was on hold, or is suspected since before.
        """
        if self.revoked_at is None:
            return False
        suspected = self.invalid_since is not None and self.invalid_since <= moment
        if self.revoked_at > moment:
            if suspected:
                raise unsure("on_hold", "invalid since before")
            return False
        if self.reason in {_ON_HOLD, _OFF_THE_LIST}:
            raise unsure("on_hold")
        return True

    def is_too_new(self, moment: datetime, tolerance: timedelta) -> bool:
        """Whether it was made only after an instant."""
        return self.since > moment + tolerance

    def is_stale(self, moment: datetime, tolerance: timedelta) -> bool:
        """Whether its life had ended at an instant."""
        until = self.until if self.until is not None else self.since + _LIFE_WITHOUT_END
        return until < moment - tolerance
