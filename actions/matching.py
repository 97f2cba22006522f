"""Whose answer a mail is: by the message that it answers, or by number and sender."""

import re
from collections.abc import Container
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from actions.closing import RUNNING
from delivery.inbox import IncomingAttachment, IncomingMail
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, Notice
from models.organisation import Organisation

_TO_OTHERS = ("copy", "escalation", "digest")
"""Kinds of letters about a unit that go to somebody else, whose answer is not the unit's."""
_ANSWER_LINES = 40
"""So many lines of a mail are read as answers; the rest is in the mail itself."""
_ANSWER = re.compile(r"^\s*[-+*•]?\s*(?P<label>[^:>\n]{2,120}?)\s*:\s*(?P<value>\S.{0,500})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which unit answers which directive."""

    organisation_id: str
    """The unit."""
    directive_id: DirectiveId
    """What it answers."""
    answers_ours: bool = True
    """Whether it answers a message that only this unit got; else sender and number say so, which
    anybody can write."""


def reports_in(mail: IncomingMail) -> list[IncomingAttachment]:
    """Returns the files that are, or are said to be, PDF; an empty one gets its answer too."""
    return [
        file
        for file in mail.attachments
        if file.media_type == "application/pdf"
        or file.name.lower().endswith(".pdf")
        or file.content.startswith(b"%PDF-")
    ]


def answer_lines(mail: IncomingMail) -> list[dict[str, str]]:
    """Returns lines like `Số lớp: 12` of a mail's own text, each with the mail as its source."""
    own: list[dict[str, str]] = []
    source = f"thư {mail.message_id or mail.dedupe_key[:16]}"
    for line in mail.text.splitlines():
        found = _ANSWER.match(line)
        if found and not line.lstrip().startswith(">") and len(own) < _ANSWER_LINES:
            own.append(
                {"label": found["label"].strip(), "value": found["value"].strip(),
                 "source": source}
            )  # fmt: skip
    return own


def find_match(session: Session, mail: IncomingMail) -> tuple[Match | None, str]:
    """Returns whose answer it is; or None and what a person should know."""
    answering: set[str] = set()
    for message_id in (*mail.in_reply_to, *reversed(mail.references)):
        row = message_of(session, message_id)
        if row is None or row.organisation_id is None:
            continue
        to_others = getattr(row, "kind", "") in _TO_OTHERS
        if row.directive_id is None:
            # A letter about several directives: it tells the unit, the subject tells which.
            answering |= set() if to_others else {row.organisation_id}
            continue
        unit = session.get_one(Organisation, row.organisation_id)
        sent_to = "" if to_others else row.address
        ways = (unit.address, unit.email, sent_to)
        known = {address.lower() for address in ways if address}
        if mail.sender not in known:
            return None, (
                f"Thư trả lời văn bản gửi {unit.name} nhưng địa chỉ gửi “{mail.sender}” không phải "
                "của đơn vị; người theo dõi xác định."
            )
        return Match(organisation_id=unit.id, directive_id=row.directive_id), ""
    return _find_by_number(session, mail, answering)


def message_of(session: Session, message_id: str) -> Consignment | Notice | None:
    """Returns the message of ours that bears this id, or None."""
    sent = select(Consignment).where(Consignment.message_id == message_id)
    beside = select(Notice).where(Notice.message_id == message_id)
    return session.scalar(sent) or session.scalar(beside)


def _find_by_number(
    session: Session, mail: IncomingMail, answering: Container[str]
) -> tuple[Match | None, str]:
    """Looks for a number in the subject, among directives that were sent to this sender."""
    known = (Organisation.address, Organisation.email, Consignment.address)
    theirs = session.execute(
        select(Consignment.organisation_id, Directive.id, Directive.number_text)
        .join(Directive, Directive.id == Consignment.directive_id)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(
            Directive.state.in_([state.value for state in RUNNING]),
            or_(*(func.lower(address) == mail.sender for address in known)),
        )
        .order_by(Directive.issued_at.desc())
    ).all()
    if not theirs:
        return None, "Không rõ thư của đơn vị nào: địa chỉ gửi không có trong nơi nhận."
    named = [row for row in theirs if _names(mail.subject, row.number_text)]
    if len({row.id for row in named}) != 1:
        return None, "Không rõ thư trả lời văn bản nào: tiêu đề không nêu đúng một số văn bản."
    unit = named[0].organisation_id
    return Match(organisation_id=unit, directive_id=named[0].id, answers_ours=unit in answering), ""


def _names(subject: str, number_text: str | None) -> bool:
    """Tells whether a subject names a number; `196-HD/BTGTU` does not name `96-HD/BTGTU`."""
    if not number_text:
        return False
    pattern = rf"(?<![\w-]){re.escape(number_text)}(?![\w-])"
    return re.search(pattern, subject, re.IGNORECASE) is not None
