"""What is known of the sending to one unit: its channels in order, each attempt, each word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.answers.moving import events_of
from actions.errors import NotFoundError
from actions.follow_up_words import DELIVERY_WORDS
from actions.ways import Way, channel_words, ways_of
from models.directive import Directive
from models.dispatch import Consignment, DeliveryAttempt, DeliveryEvent
from models.lifecycle import DeliveryState
from models.organisation import Organisation

SOURCE_WORDS: Final[Mapping[str, str]] = {
    "channel": "kênh gửi",
    "dsn": "máy chủ thư của đơn vị",
    "mdn": "chương trình thư của đơn vị",
    "edxml": "hệ thống của đơn vị",
    "portal": "đơn vị",
    "officer": "cán bộ",
    "machine": "phần mềm",
}
"""Who said a word, to people."""

OUTCOME_WORDS: Final[Mapping[str, str]] = {
    "started": "đang gửi",
    "sent": "nơi nhận đã lấy",
    "transient": "lỗi tạm thời, sẽ gửi lại",
    "permanent": "nơi nhận từ chối hẳn",
    "unfit": "không lập được thư",
    "unknown": "không rõ kết quả",
    "lease_lost": "quá giờ, lượt khác đã thay",
    "not_sent": "không gửi nữa",
}
"""How an attempt ended, to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of the history."""

    at: datetime
    title: str
    """What happened."""
    words: str
    """The other side's or the person's own words."""
    tone: str
    """good, wait, bad or plain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSending:
    """How far a directive came to one unit."""

    unit: Organisation
    current: Consignment
    """The one that counts."""
    chain: tuple[Consignment, ...]
    """All of them, in the order in which they were planned."""
    ways: tuple[Way, ...]
    """The unit's channels in order, as the office's data have them now."""
    history: tuple[Moment, ...]
    """The newest first."""


def sending_to(session: Session, directive: Directive, organisation_id: str) -> UnitSending:
    """Returns what is known of the sending of a directive to a unit.

    Raises:
        NotFoundError: the directive does not go to this unit.
    """
    chain = session.scalars(
        select(Consignment)
        .where(
            Consignment.directive_id == directive.id,
            Consignment.organisation_id == organisation_id,
        )
        .order_by(Consignment.revision, Consignment.planned_at, Consignment.id)
    ).all()
    current = [one for one in chain if one.rerouted_to_id is None]
    if not current:
        raise NotFoundError("lượt gửi cho đơn vị", organisation_id)
    unit = session.get_one(Organisation, organisation_id)
    return UnitSending(
        unit=unit, current=current[-1], chain=tuple(chain),
        ways=ways_of(session, (unit,))[unit.id], history=tuple(_history(session, chain)),
    )  # fmt: skip


def _history(session: Session, chain: Sequence[Consignment]) -> list[Moment]:
    by_key = {one.key: one for one in chain}
    attempts = session.scalars(
        select(DeliveryAttempt).where(DeliveryAttempt.ikey.in_(list(by_key)))
    ).all()
    ids = {one.id: one for one in chain}
    found = [_attempt(one, by_key[one.ikey]) for one in attempts]
    for key, rows in events_of(session, list(ids)).items():
        # What a channel said of an attempt stands in the attempt already.
        found += [_event(row, ids[key]) for row in rows if row.source != "channel"]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _attempt(one: DeliveryAttempt, consignment: Consignment) -> Moment:
    ended = one.outcome
    tone = {"sent": "good", "permanent": "bad", "unfit": "bad"}.get(ended, "wait")
    words = " ".join(part for part in (one.code, one.text) if part)
    return Moment(
        at=one.ended_at or one.started_at,
        title=(
            f"Lần gửi {one.ordinal} qua {channel_words(consignment.channel)}: "
            f"{OUTCOME_WORDS.get(ended, ended)}"
        ),
        words=words,
        tone="plain" if ended == "started" else tone,
    )


def _event(one: DeliveryEvent, consignment: Consignment) -> Moment:
    who = SOURCE_WORDS.get(one.source, one.source).capitalize()
    state = f": {DELIVERY_WORDS[DeliveryState(one.state)]}" if one.state else ""
    code = f"[{one.code}] " if one.code else ""
    return Moment(
        at=one.at,
        title=f"{who}{state} · {channel_words(consignment.channel)}",
        words=f"{code}{one.words}",
        tone="wait" if one.state in {"held", "bounced", "failed", "unknown"} else "plain",
    )
