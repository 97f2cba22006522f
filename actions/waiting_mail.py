"""What came in and waits for a person: the list, each as text, and matching it to a delivery.

Taking a mail as a report is `actions.receiving.match`, setting it aside `set_aside`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.answers.moving import ASKED_BACK, note
from actions.auditing import Actor
from actions.changing import get_directive
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.distribution.rerouting import reroute_failed
from actions.errors import NotAuthorisedError, NotFoundError, WrongStateError
from actions.follow_up_words import DELIVERY_WORDS, INCOMING_WORDS
from actions.settling_messages import WAITS, settle_message
from delivery.inbox import IncomingMail, read_mail
from delivery.parcel import FORMS, Form
from models.dispatch import Consignment, IncomingMessage
from models.lifecycle import DeliveryState
from models.officer import Role

_SHOWN: Final = 20_000
"""Characters of a message that are shown; the whole lies in the archive."""
_MAY: Final = (Role.FOLLOW_UP, Role.REGISTRY_CLERK)


class Meaning(StrEnum):
    """What a person says that a message means for a delivery."""

    WORD = "word"
    """A word only: it moves nothing."""
    BOUNCED = "bounced"
    ARRIVED = "arrived"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    RECALLED = "recalled"
    """The unit agrees to give the directive back."""
    RECALL_REFUSED = "recall_refused"


MEANING_WORDS: Final = {
    Meaning.WORD: "chỉ ghi nhận, không đổi trạng thái",
    Meaning.BOUNCED: "thư bị trả lại, đơn vị chưa nhận được",
    Meaning.ARRIVED: "đã đến đơn vị",
    Meaning.REFUSED: "đơn vị từ chối tiếp nhận",
    Meaning.ACCEPTED: "đơn vị xác nhận đã nhận",
    Meaning.RECALLED: "đơn vị đồng ý thu hồi",
    Meaning.RECALL_REFUSED: "đơn vị không đồng ý thu hồi",
}
"""Meaning, to its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage:
    """A message as a person may read it: text alone, nothing of it is run or fetched."""

    text: str
    cut: bool
    """Whether more lies in the archive than is shown."""
    files: tuple[tuple[str, str, int], ...]
    """Name, kind as the sender says, size in bytes."""
    reports: int
    """How many of the files are PDF, and might be a report."""


def waiting(session: Session, *, limit: int = 200) -> Sequence[IncomingMessage]:
    """Returns what waits for a person, the oldest first."""
    return session.scalars(
        select(IncomingMessage)
        .where(IncomingMessage.state.in_(WAITS))
        .order_by(IncomingMessage.received_at, IncomingMessage.id)
        .limit(limit)
    ).all()


def how_many_wait(session: Session) -> int:
    """Returns how many messages wait for a person."""
    query = select(func.count()).select_from(IncomingMessage)
    return session.scalars(query.where(IncomingMessage.state.in_(WAITS))).one()


def read_message(desk: Desk, incoming: IncomingMessage) -> ReadMessage:
    """Reads a message from the archive; what is no mail is shown as it was written.

    Raises:
        ArchiveError: the stored bytes cannot be had.
    """
    raw = desk.archive.get(incoming.raw_sha256)
    if FORMS.get(incoming.channel) is not Form.MAIL:
        shown = raw.decode("utf-8", errors="replace")
        return ReadMessage(text=shown[:_SHOWN], cut=len(shown) > _SHOWN, files=(), reports=0)
    mail = read_mail(raw)
    return ReadMessage(
        text=mail.text[:_SHOWN],
        cut=len(mail.text) > _SHOWN,
        files=tuple((one.name, one.media_type, len(one.content)) for one in mail.attachments),
        reports=sum(_is_pdf(mail, at) for at in range(len(mail.attachments))),
    )


def match_to_delivery(
    desk: Desk,
    actor: Actor,
    incoming_id: UUID,
    *,
    consignment_id: UUID,
    meaning: Meaning,
    reason: str,
) -> bool:
    """Takes a message as a word about a delivery, by a person's decision. Matched once.

    Args:
        desk: the tools.
        actor: the follow-up officer or the registry clerk.
        incoming_id: the message.
        consignment_id: what it is about.
        meaning: what it means.
        reason: what the person read in it.

    Returns:
        Whether the consignment moved; a late word does not move it back.

    Raises:
        NotFoundError: no such message or consignment.
        NotAuthorisedError: the actor is neither.
        WrongStateError: the message was dealt with before, or it answers a recall that nobody
            asked for.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "match_delivery", kind="incoming", subject=incoming_id) as deed:
        consignment = deed.session.get(Consignment, consignment_id)
        if consignment is None:
            raise NotFoundError("lượt gửi", consignment_id)
        directive = get_directive(deed.session, consignment.directive_id)
        _require(deed, directive.organisation_id)
        said = require_reason(reason)
        _require_asked(consignment, meaning)
        _take(deed, incoming_id, consignment, said)
        to = None if meaning is Meaning.WORD else DeliveryState(meaning.value)
        moved = note(
            deed, consignment, source="officer", to=to, incoming_id=incoming_id,
            words=f"{MEANING_WORDS[meaning].capitalize()} ({deed.actor.name} xác định): {said}",
        )  # fmt: skip
        if moved and to is DeliveryState.BOUNCED:
            reroute_failed(desk, deed, consignment, why=said)
        deed.detail |= {
            "consignment": str(consignment_id), "organisation": consignment.organisation_id,
            "meaning": meaning.value, "moved": moved, "reason": said,
        }  # fmt: skip
    return moved


def _require(deed: Deed, organisation_id: str) -> None:
    held: frozenset[Role] = frozenset()
    if deed.actor.kind == "officer":
        held = roles_on(deed.session, deed.actor.id, organisation_id, deed.day)
    if not held & {*_MAY}:
        needed = " hoặc ".join(ROLE_WORDS[role] for role in _MAY)
        raise NotAuthorisedError(deed.actor.name, "xác định thư đến", needed)


def _require_asked(consignment: Consignment, meaning: Meaning) -> None:
    """Nobody agrees to give back what nobody asked for."""
    answers = (Meaning.RECALLED, Meaning.RECALL_REFUSED)
    if meaning in answers and consignment.state not in ASKED_BACK:
        raise WrongStateError(
            "Lượt gửi", expected=tuple(DELIVERY_WORDS[state] for state in ASKED_BACK),
            actual=DELIVERY_WORDS[DeliveryState(consignment.state)],
        )  # fmt: skip


def _take(deed: Deed, incoming_id: UUID, consignment: Consignment, said: str) -> None:
    """Marks the message; whoever is second is refused."""
    about = f"consignment:{consignment.id}"
    if settle_message(deed, incoming_id, "matched", matched_to=about, detail=said):
        return
    row = deed.session.get(IncomingMessage, incoming_id)
    if row is None:
        raise NotFoundError("thư đến", incoming_id)
    raise WrongStateError(
        "Thư đến", expected=(INCOMING_WORDS["unmatched"],), actual=INCOMING_WORDS[row.state]
    )


def _is_pdf(mail: IncomingMail, at: int) -> bool:
    file = mail.attachments[at]
    return file.content.startswith(b"%PDF-") or file.name.lower().endswith(".pdf")
