"""Letters beside a directive: reminders, escalations, answers. Queued with the decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from actions.desk import Deed, Desk
from actions.offices import follow_up_officers, mail_address, office_facts
from actions.outbox import enqueue_all
from actions.unit_links import current_link
from actions.wording import Contact, LetterFrame, answer_letter
from delivery.envelope import message_id_for
from delivery.parcel import FORMS, Form
from models.directive import Directive
from models.dispatch import Notice
from models.lifecycle import DeliveryState
from models.organisation import Organisation

CHASING_KINDS = ("reminder", "overdue", "escalation")
"""Kinds of notices that chase; `copy` is a copy of one of them for somebody else's eyes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A letter about to be queued."""

    key: str
    """Says why it is sent; a repeat with the same key is not queued again."""
    kind: str
    """reminder, overdue, escalation, digest, copy, returned, accepted, extension, expiry."""
    directive: Directive | None
    """What it is about; None where it is about the office itself."""
    organisation_id: str | None
    """The unit that it is about or for; None where no unit is meant."""
    address: str | None
    """Where it goes; None holds it, with the reason."""
    subject: str
    """One line."""
    text: str
    """The whole letter."""
    copy_to: tuple[str, ...] = ()
    """Addresses that get a copy, each as a message of its own."""
    copy_text: str = ""
    """What copies say, where it is not the whole letter: a personal link is the unit's alone."""
    channel: str = "smtp"
    """The channel that carries it, a name of `delivery.parcel.FORMS`."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """What the channel's form needs beside subject and text: `edxml`, `files`. Of a letter that
    chases also `chased` (see `actions.reminding.waiting`)."""
    not_before: datetime | None = None
    """When it may go out; None: at once."""


def queue_notice(desk: Desk, deed: Deed, new: NewNotice) -> Notice:
    """Writes the notice and its outbox row. Does not commit. Idempotent by key.

    Copies are messages of their own, so that each has one recipient and one fate.
    """
    notice = _queue_one(desk, deed, new)
    for address in new.copy_to:
        head = f"Sao gửi: {address}\nGửi chính: {new.address or 'chưa có địa chỉ'}"
        copied = f"{head}\n\n{new.copy_text or new.text}"
        copy = NewNotice(
            key=f"{new.key}:copy:{address}", kind="copy", directive=new.directive,
            organisation_id=new.organisation_id, address=address,
            subject=f"[Sao gửi] {new.subject}", text=copied,
            payload={"chased": new.payload["chased"]} if "chased" in new.payload else {},
            not_before=new.not_before,
        )  # fmt: skip
        _queue_one(desk, deed, copy)
    return notice


def queue_new(desk: Desk, deed: Deed, news: Sequence[NewNotice]) -> None:
    """Writes notices whose keys nobody has used yet, thousands in two statements. Does not commit.

    Raises:
        IntegrityError: a key is in use.
    """
    rows = [_row(desk, deed, new) for new in news]
    if rows:
        deed.session.execute(insert(Notice), rows)
    works = [
        (new.key, row["id"], new.not_before)
        for new, row in zip(news, rows, strict=True)
        if row["state"] == DeliveryState.PLANNED
    ]
    enqueue_all(deed, kind="notice", works=works)


def _queue_one(desk: Desk, deed: Deed, new: NewNotice) -> Notice:
    by_key = select(Notice).where(Notice.key == new.key)
    found = deed.session.scalar(by_key)
    if found is None:
        queue_new(desk, deed, [new])
        found = deed.session.scalars(by_key).one()
    return found


def _row(desk: Desk, deed: Deed, new: NewNotice) -> dict[str, Any]:
    directive_id = new.directive.id if new.directive is not None else None
    held = None if new.address else "Chưa có địa chỉ để gửi; bổ sung địa chỉ trong dữ liệu cơ quan."
    return dict(  # noqa: C408 (names of columns)
        id=uuid4(),
        key=new.key,
        kind=new.kind,
        directive_id=directive_id,
        organisation_id=new.organisation_id,
        address=new.address or "",
        channel=new.channel,
        payload=dict(new.payload),
        copy_to=list(new.copy_to),
        subject=new.subject,
        text=new.text,
        # With the office's secret in it, as a consignment's: nobody else can work it out.
        message_id=message_id_for(
            f"{new.key}:{desk.unit_link(new.organisation_id or '', str(directive_id or ''))}",
            desk.mail_domain,
        ),
        state=(DeliveryState.HELD if held else DeliveryState.PLANNED).value,
        detail=held,
        created_at=deed.at,
    )


def frame_for(
    desk: Desk,
    session: Session,
    directive: Directive,
    unit: Organisation,
    day: date,
    *,
    own: bool = True,
) -> LetterFrame:
    """Returns the frame of letters to a unit; `own` is False in letters about another unit."""
    officers = follow_up_officers(session, directive.organisation_id, day)
    return LetterFrame(
        office=office_facts(session),
        directive=directive,
        unit_name=unit.name,
        link=current_link(desk, session, unit.id, directive.id) if own else None,
        contacts=tuple(Contact(name=one.name, email=one.email) for one in officers),
    )


def way_of(unit: Organisation) -> tuple[str, str | None]:
    """Returns channel and address by which a letter reaches a unit: by mail, else its own channel.

    Without an address the letter is held for a person.
    """
    address = mail_address(unit)
    if address or FORMS.get(unit.channel) not in (Form.MAIL, Form.JSON):
        return "smtp", address
    return unit.channel, unit.address


def queue_answer(
    desk: Desk,
    deed: Deed,
    directive: Directive,
    organisation_id: str,
    *,
    key: str,
    kind: str,
    tag: str,
    about: str,
    said: tuple[str, ...],
) -> Notice:
    """Queues an answer to what a unit sent. Does not commit."""
    unit = deed.session.get_one(Organisation, organisation_id)
    channel, address = way_of(unit)
    subject, text = answer_letter(
        frame_for(desk, deed.session, directive, unit, deed.day), tag, about, said
    )  # fmt: skip
    return queue_notice(
        desk, deed,
        NewNotice(
            key=key, kind=kind, directive=directive, organisation_id=organisation_id,
            address=address, channel=channel, subject=subject, text=text,
        ),
    )  # fmt: skip
