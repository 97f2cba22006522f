"""What the registry clerk decides about one consignment: hold it, let it go, send it another way.

Each is a deed with its reason. What is being sent at this moment is nobody's to decide about: the
attempt ends first.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func

from actions import outbox
from actions.answers.moving import note
from actions.auditing import Actor
from actions.closing import require_reason
from actions.consigning import clerks_consignment, resend
from actions.desk import VIETNAM, Deed, Desk, doing, local_day
from actions.distribution.rerouting import Takeover, take_over
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.follow_up_words import DELIVERY_WORDS
from actions.ways import CHANNEL_WORDS, Way, is_paper, ways_of
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import NEEDS_A_PERSON, DeliveryState
from models.organisation import Organisation

_S = DeliveryState
_WAITS = (_S.PLANNED, _S.UNKNOWN)
REROUTABLE = (_S.PLANNED, *NEEDS_A_PERSON)
"""Where it may still go another way."""
_NOON = time(12)


def hold(desk: Desk, actor: Actor, consignment_id: UUID, *, reason: str) -> None:
    """Keeps back what waits to be sent, until the clerk lets it go.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: no reason was given.
        WrongStateError: it does not wait any more, or is being sent at this moment.
    """
    with doing(desk, actor, "hold_consignment", kind="consignment", subject=consignment_id) as deed:
        told = require_reason(reason)
        one, _ = clerks_consignment(deed, consignment_id, "tạm giữ lượt gửi")
        _require(one, _WAITS)
        _withdraw(deed, one)
        _move(deed, one, _S.HELD, f"Văn thư tạm giữ: {told}", _WAITS)
        deed.detail |= {"organisation": one.organisation_id, "reason": told}


def release(desk: Desk, actor: Actor, consignment_id: UUID, *, reason: str = "") -> None:
    """Lets go what was held; as `actions.consigning.resend`, with its refusals."""
    resend(desk, actor, consignment_id, reason=reason or "hết tạm giữ")


def reroute(
    desk: Desk,
    actor: Actor,
    consignment_id: UUID,
    *,
    channel: str,
    address: str = "",
    reason: str,
) -> UUID:
    """Sends by another channel of the unit, to another address, or on paper. Returns the new one.

    Args:
        desk: the tools.
        actor: the registry clerk.
        consignment_id: one that waits, is held, failed or was refused.
        channel: a name of `delivery.parcel.FORMS`, another one than now.
        address: where; empty for what the unit's data say (paper needs none).
        reason: why.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: no such channel, the same channel, no address, or no reason.
        WrongStateError: it is under way, has arrived or was answered.
    """
    with doing(
        desk, actor, "reroute_consignment", kind="consignment", subject=consignment_id
    ) as deed:
        told = require_reason(reason)
        one, directive = clerks_consignment(deed, consignment_id, "chuyển kênh gửi")
        way = _way(deed, one, channel, address.strip())
        _require(one, REROUTABLE)
        _withdraw(deed, one)
        if one.state == _S.PLANNED:
            _move(deed, one, _S.HELD, f"Văn thư chuyển kênh: {told}", REROUTABLE)
        new = take_over(desk, deed, directive, one, Takeover(way=way, why=told, source="officer"))
        deed.detail |= {"organisation": one.organisation_id, "reason": told}
    return new.id


def mark_arrived(desk: Desk, actor: Actor, consignment_id: UUID, *, reason: str) -> None:
    """Marks as arrived what nobody could be sure of, after the clerk has asked the unit.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: it is not said how this is known.
        WrongStateError: its outcome is not unknown, or it is being sent again at this moment.
    """
    with doing(desk, actor, "mark_arrived", kind="consignment", subject=consignment_id) as deed:
        told = require_reason(reason, "Căn cứ")
        one, _ = clerks_consignment(deed, consignment_id, "ghi nhận văn bản đã đến")
        _require(one, (_S.UNKNOWN,))
        _withdraw(deed, one)
        _move(
            deed, one, _S.ARRIVED, f"Văn thư ghi nhận đã đến: {told}", (_S.UNKNOWN,),
            sent_at=func.coalesce(Consignment.sent_at, deed.at),
        )  # fmt: skip
        deed.detail |= {"organisation": one.organisation_id, "reason": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """How a paper went."""

    tracking: str
    """Number of the postal item, or who took it."""
    sent_on: date
    """The day on which it went."""
    note: str = ""
    """What else goes into the register."""


def mark_sent_by_hand(desk: Desk, actor: Actor, consignment_id: UUID, how: ByHand) -> None:
    """Records that a paper was posted or handed over; it then stands in the register of posting.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: it is not on paper, without number or taker, or its day cannot be right.
        WrongStateError: it was recorded already, or answered.
    """
    with doing(
        desk, actor, "mark_sent_by_hand", kind="consignment", subject=consignment_id
    ) as deed:
        one, directive = clerks_consignment(deed, consignment_id, "ghi sổ gửi bản giấy")
        _require_paper(deed, one, directive, how)
        _require(one, (_S.HELD,))
        tracking, note_ = how.tracking.strip(), how.note.strip()
        said = f"Gửi bản giấy ngày {how.sent_on:%d/%m/%Y}: {tracking}."
        _move(
            deed, one, _S.SENT, f"{said} {note_}".strip(), (_S.HELD,),
            sent_at=_instant(deed, how.sent_on), tracking=tracking,
        )  # fmt: skip
        deed.detail |= {
            "organisation": one.organisation_id, "tracking": tracking,
            "sent_on": how.sent_on.isoformat(), "note": note_,
        }  # fmt: skip


def _require_paper(deed: Deed, one: Consignment, directive: Directive, how: ByHand) -> None:
    problems = []
    if not is_paper(one.channel):
        said = "Lượt gửi này không phải bản giấy; chuyển sang kênh bản giấy trước."
        problems.append(Problem(place="Kênh", reason=said))
    if not how.tracking.strip() or len(how.tracking.strip()) > Consignment.tracking.type.length:
        said = "Ghi số bưu gửi hoặc tên người nhận, không quá 200 chữ."
        problems.append(Problem(place="Số bưu gửi hoặc người nhận", reason=said))
    issued = local_day(directive.issued_at or one.planned_at)
    if not issued <= how.sent_on <= deed.day:
        said = f"Ngày gửi phải từ ngày phát hành {issued:%d/%m/%Y} đến hôm nay."
        problems.append(Problem(place="Ngày gửi", reason=said))
    if problems:
        raise InvalidInputError(*problems)


def _instant(deed: Deed, day: date) -> datetime:
    """Only the day is known of what went before today: its noon stands for it."""
    return deed.at if day == deed.day else datetime.combine(day, _NOON, VIETNAM)


def _way(deed: Deed, one: Consignment, channel: str, address: str) -> Way:
    if channel not in CHANNEL_WORDS or channel == one.channel:
        said = "Chọn một kênh khác với kênh đang dùng."
        raise InvalidInputError(Problem(place="Kênh", reason=said))
    unit = deed.session.get_one(Organisation, one.organisation_id)
    known = {way.channel: way.address for way in ways_of(deed.session, (unit,))[unit.id]}
    way = Way(channel=channel, address=address or known.get(channel))
    if not way.is_usable:
        said = "Đơn vị chưa có địa chỉ của kênh này. Nhập địa chỉ rồi chuyển lại."
        raise InvalidInputError(Problem(place="Địa chỉ", reason=said))
    return way


def _require(one: Consignment, expected: tuple[DeliveryState, ...]) -> None:
    if one.state not in expected:
        raise WrongStateError(
            "Lượt gửi",
            expected=tuple(DELIVERY_WORDS[state] for state in expected),
            actual=DELIVERY_WORDS[DeliveryState(one.state)],
        )


def _withdraw(deed: Deed, one: Consignment) -> None:
    """Takes the row out of the outbox; whoever sends it at this moment keeps it."""
    if not outbox.withdraw(deed.session, one.key):
        raise WrongStateError(
            "Lượt gửi",
            expected=tuple(DELIVERY_WORDS[state] for state in _WAITS),
            actual=DELIVERY_WORDS[_S.SENDING],
        )


def _move(
    deed: Deed,
    one: Consignment,
    to: DeliveryState,
    words: str,
    expected: tuple[DeliveryState, ...],
    **columns: Any,  # noqa: ANN401 (columns of Consignment, of every type)
) -> None:
    """Moves it, or refuses where somebody else was quicker."""
    if not note(deed, one, source="officer", words=words, to=to, **columns):
        _require(one, expected)
        raise WrongStateError(
            "Lượt gửi",
            expected=tuple(DELIVERY_WORDS[state] for state in expected),
            actual=DELIVERY_WORDS[DeliveryState(one.state)],
        )
