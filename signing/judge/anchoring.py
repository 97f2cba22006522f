"""Whether a chain ends at an anchor that the office trusts for this: purpose, days, organisation.

An anchor says who may be certified under it; a chain that ends there for somebody else leaves the
question open, and an operator can answer it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from signing.certificates import CertificateFacts
from signing.trust import Anchor, Purpose, TrustStore
from signing.verdict import Finding
from signing.words import VIETNAM, finding, say_date


def judge_anchor(
    path: tuple[CertificateFacts, ...],
    trust: TrustStore,
    *,
    purposes: Iterable[Purpose],
    at: datetime,
) -> tuple[Finding, ...]:
    """What the office's own words about an anchor have against a chain; empty: nothing.

    Args:
        path: A good chain, the anchor first.
        trust: With the anchors.
        purposes: What the last certificate is used for; one that the anchor has is enough.
        at: The instant about which the chain was asked; aware.
    """
    anchor = next((one for one in trust.anchors if one.sha256_hex == path[0].sha256_hex), None)
    if anchor is None:
        return ()
    name = anchor.name or path[0].name
    if not anchor.purposes & set(purposes):
        return (finding("anchor_purpose", anchor=name),)
    if not _is_in_time(anchor, at):
        return (finding("anchor_days", anchor=name, days=_days(anchor)),)
    organisation = path[-1].organisation or path[-1].name
    if anchor.organisations and _plain(organisation) not in map(_plain, anchor.organisations):
        return (finding("anchor_organisation", anchor=name, organisation=organisation),)
    return ()


def _is_in_time(anchor: Anchor, at: datetime) -> bool:
    day = at.astimezone(VIETNAM).date()
    early = anchor.since is not None and day < anchor.since
    late = anchor.until is not None and day > anchor.until
    return not early and not late


def _days(anchor: Anchor) -> str:
    ends = (("từ ngày", anchor.since), ("đến ngày", anchor.until))
    return " ".join(f"{word} {say_date(day)}" for word, day in ends if day is not None)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
