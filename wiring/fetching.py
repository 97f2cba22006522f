"""What the settings allow to be fetched about a checked file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiring.sections import RevocationSettings

if TYPE_CHECKING:
    from signing.online import OnlinePolicy


def online_policy(settings: RevocationSettings) -> OnlinePolicy | None:
    """Returns which hosts may be asked, and how much; None where none may."""
    if not settings.allowed:
        return None
    from signing.online import OnlinePolicy  # noqa: PLC0415 (loads the HTTP client)

    return OnlinePolicy(
        hosts=settings.allowed,
        timeout_s=settings.timeout_s,
        total_s=settings.total_s,
        requests=settings.requests,
        size_limit=settings.size_limit_mib << 20,
    )
