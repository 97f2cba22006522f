"""What the office trusts, as rows: declared or put in by hand, holding today or not, until when."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from actions.desk import VIETNAM, local_day
from actions.errors import InvalidInputError, NotFoundError, Problem
from signing.anchors import read_anchors, terms_of
from signing.certificates import CertificateFacts, read_facts
from signing.encoding.certificate import Certificate, parse_certificate
from signing.encoding.der import DerFault
from signing.errors import TrustStoreError
from signing.trust import Anchor, Purpose
from signing.visible import made_visible, visible
from signing.words import shifted

_SHORTEST_PREFIX: Final = 8


class Standing(StrEnum):
    """Whether an anchor counts on a day."""

    HOLDS = "holds"
    NOT_YET = "not_yet"
    """The first day of the trust, or of the certificate, is still to come."""

    OVER = "over"
    """The last day of the trust has passed."""

    EXPIRED = "expired"
    """The last day of the certificate has."""


STANDING_WORDS: Final = {
    Standing.HOLDS: "đang tin",
    Standing.NOT_YET: "chưa đến ngày tin",
    Standing.OVER: "hết thời hạn tin",
    Standing.EXPIRED: "chứng thư đã hết hạn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorRow:
    """A certificate that is trusted, or would be."""

    anchor: Anchor
    facts: CertificateFacts
    """Its texts made visible: strangers wrote them."""

    standing: Standing
    is_declared: bool
    """False where the certificate was only copied into the folder: it is trusted for all."""

    may_issue: bool
    """Whether it says that it may issue others. Source: RFC 5280, 4.2.1.9."""

    self_issued: bool
    seen: str
    """Names what is said of it; given with a change, so that of two at once the second is told."""

    @property
    def fingerprint(self) -> str:
        """SHA-256, hexadecimal."""
        return self.facts.sha256_hex

    @property
    def name(self) -> str:
        """How the office calls it, else its own name."""
        return visible(self.anchor.name) or self.own_name

    @property
    def own_name(self) -> str:
        """What the certificate says whose it is."""
        return self.facts.name or self.facts.organisation or self.fingerprint[:16]

    @property
    def first_day(self) -> date:
        """First day on which it counts."""
        own = _day(self.facts.not_before)
        return max(own, self.anchor.since or own)

    @property
    def last_day(self) -> date:
        """Last such day."""
        return last_day_of(self.anchor)


def anchor_rows(folder: Path, at: datetime) -> tuple[AnchorRow, ...]:
    """Returns what the office trusts, by name; what counts no more comes last.

    Raises:
        InvalidInputError: the folder holds what cannot be understood.
    """
    rows = [row_of(one, at) for one in held_anchors(folder)]
    gone = (Standing.OVER, Standing.EXPIRED)
    return tuple(sorted(rows, key=lambda one: (one.standing in gone, one.name, one.fingerprint)))


def held_anchors(folder: Path) -> tuple[Anchor, ...]:
    """Returns what lies in the trust folder; nothing where there is none yet.

    Raises:
        InvalidInputError: the folder holds what cannot be understood.
    """
    with readable(folder):
        return read_anchors(folder) if folder.is_dir() else ()


def row_of(anchor: Anchor, at: datetime) -> AnchorRow:
    """Returns an anchor with what its certificate says."""
    parsed = _parsed(anchor.der)
    return AnchorRow(
        anchor=anchor, facts=made_visible(read_facts(anchor.der)), standing=standing_of(anchor, at),
        is_declared=bool(anchor.source), seen=seen_of(anchor),
        may_issue=parsed is not None and parsed.is_authority,
        self_issued=parsed is not None and parsed.self_issued,
    )  # fmt: skip


def find_anchor(folder: Path, fingerprint: str) -> Anchor:
    """Returns the one anchor whose fingerprint begins so.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: there are several, too few digits were given, or the folder holds what
            cannot be understood.
    """
    wanted = fingerprint.strip().lower().replace(":", "")
    if len(wanted) < _SHORTEST_PREFIX:
        reason = f"ghi ít nhất {_SHORTEST_PREFIX} chữ số đầu của dấu vân tay SHA-256."
        raise InvalidInputError(Problem(place="Chứng thư gốc", reason=reason))
    found = [one for one in held_anchors(folder) if one.sha256_hex.startswith(wanted)]
    if not found:
        raise NotFoundError("chứng thư gốc", fingerprint)
    if len(found) > 1:
        reason = "có nhiều chứng thư bắt đầu như vậy; ghi thêm chữ số."
        raise InvalidInputError(Problem(place="Chứng thư gốc", reason=reason))
    return found[0]


def would_lack(rows: Iterable[AnchorRow], fingerprint: str) -> tuple[Purpose, ...]:
    """Returns what nobody would be trusted for any more without one of the anchors."""
    living = [one for one in rows if one.standing is Standing.HOLDS]
    gone = next((one for one in living if one.fingerprint == fingerprint), None)
    others = [one.anchor.purposes for one in living if one.fingerprint != fingerprint]
    return tuple(
        purpose
        for purpose in Purpose
        if gone is not None
        and purpose in gone.anchor.purposes
        and not any(purpose in one for one in others)
    )


def standing_of(anchor: Anchor, at: datetime) -> Standing:
    """Returns whether an anchor counts at an instant."""
    facts, day = read_facts(anchor.der), local_day(at)
    if facts.not_after < at:
        return Standing.EXPIRED
    if anchor.until is not None and anchor.until < day:
        return Standing.OVER
    if facts.not_before > at or (anchor.since is not None and anchor.since > day):
        return Standing.NOT_YET
    return Standing.HOLDS


def holds(anchor: Anchor, at: datetime) -> bool:
    """Tells whether an anchor counts at an instant."""
    return standing_of(anchor, at) is Standing.HOLDS


def last_day_of(anchor: Anchor) -> date:
    """Returns the last day on which an anchor counts."""
    own = _day(read_facts(anchor.der).not_after)
    return min(own, anchor.until or own)


def seen_of(anchor: Anchor) -> str:
    """Returns what names what is said of an anchor."""
    said = json.dumps(terms_of(anchor), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Says of a trust folder that cannot be used what is wrong with it, for people.

    Raises:
        InvalidInputError: it holds what cannot be understood, or cannot be read or written.
    """
    try:
        yield
    except TrustStoreError as err:
        name = Path(err.path).name
        reason = f"máy chủ không đọc được tệp “{name}”; báo người vận hành sửa hoặc bỏ tệp ấy."
        raise InvalidInputError(Problem(place="Thư mục tin cậy", reason=reason)) from err
    except OSError as err:
        name = folder.name
        reason = f"máy chủ không dùng được thư mục “{name}”; báo người vận hành sửa quyền đọc, ghi."
        raise InvalidInputError(Problem(place="Thư mục tin cậy", reason=reason)) from err


def _day(moment: datetime) -> date:
    """A certificate may claim an instant at the end of the calendar."""
    return shifted(moment, VIETNAM).date()


def _parsed(der: bytes) -> Certificate | None:
    try:
        parsed = parse_certificate(der)
        _ = parsed.is_authority  # its extension is read when it is asked for
    except DerFault:
        return None
    return parsed
