"""Mail that comes in: bounces, reports, and everything else before a person.

Each mail is written down first (its bytes in the archive, one row by its key), then matched. A
mail seen before changes nothing; one that a crash left half done is matched at the next look. A
bounce or a sender's address can be forged: a bounce moves a hint that the clerk sees, and a report
is taken from who answers a message of ours, or by the unit's own registered signature.
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from actions.access import require_role
from actions.auditing import MACHINE, Actor
from actions.bouncing import apply_notices
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import ActionRefusedError, NotFoundError, WrongStateError
from actions.follow_up_words import INCOMING_WORDS
from actions.matching import Match, find_match, reports_in
from actions.offices import office_facts, unit_actor
from actions.reports.mail import hand_in_mail, is_signed_by_unit
from actions.settling_messages import WAITS, settle_on_record
from actions.writing_down import write_down
from delivery.inbox import IncomingMail, read_mail
from delivery.notices import read_notices
from models.base import DirectiveId
from models.dispatch import IncomingMessage
from models.officer import Role

_UNPROVEN: Final = (
    "Thư nêu địa chỉ của đơn vị và số văn bản nhưng không trả lời thư nào của cơ quan, và tệp PDF "
    "không mang chữ ký hợp lệ bằng chứng thư đã đăng ký của đơn vị, nên chưa rõ có đúng đơn vị gửi "
    "không. Người theo dõi xác minh với đơn vị rồi nhận làm báo cáo, hoặc xếp riêng."
)


class ReceivedAs(StrEnum):
    """What a mail was taken for."""

    BOUNCE = "bounce"
    """A server says that a message of ours did not arrive."""
    RECEIPT = "receipt"
    """A server or a mail program says something else of a message of ours."""
    REPORT = "report"
    """A unit answers; the report itself may have been returned."""
    UNMATCHED = "unmatched"
    """Waits for a person."""
    DUPLICATE = "duplicate"
    """Was here before."""


def receive(desk: Desk, mail: IncomingMail) -> ReceivedAs:
    """Takes one mail in. Idempotent: call `Inbox.done` after it, a repeat changes nothing."""
    incoming_id = _write_down(desk, mail)
    if incoming_id is None:
        return ReceivedAs.DUPLICATE
    notices = read_notices(mail.raw)
    if notices:
        with doing(desk, MACHINE, "receive_notice", kind="incoming", subject=incoming_id) as deed:
            matched, failed = apply_notices(desk, deed, notices, incoming_id)
            said = "; ".join(f"{one.recipient} {one.diagnostic}".strip() for one in notices)
            settle_on_record(
                deed, incoming_id, "matched" if matched else "unmatched", matched, said
            )
        if matched:
            return ReceivedAs.BOUNCE if failed else ReceivedAs.RECEIPT
        return ReceivedAs.UNMATCHED
    return _take_report(desk, mail, incoming_id)


def lay_before_person(desk: Desk, mail: IncomingMail, *, reason: str) -> None:
    """Puts a mail that could not be taken in before a person, with the reason. Idempotent.

    Raises:
        ArchiveError: the archive cannot keep it; the mail must stay in the mailbox.
    """
    incoming_id = _write_down(desk, mail)
    if incoming_id is not None:
        with doing(desk, MACHINE, "receive_mail", kind="incoming", subject=incoming_id) as deed:
            settle_on_record(deed, incoming_id, "unmatched", None, reason)


def match(
    desk: Desk,
    actor: Actor,
    incoming_id: UUID,
    *,
    organisation_id: str,
    directive_id: DirectiveId,
) -> UUID:
    """Takes an unmatched mail as the report of a unit, by a person's decision. Returns its id.

    Raises:
        NotFoundError: no such mail, unit or directive, no PDF in it, or the unit owes nothing.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the mail was matched or set aside before.
    """
    with doing(desk, actor, "match_mail", kind="incoming", subject=incoming_id) as deed:
        incoming = _waiting(deed, incoming_id, "xác định thư đến")
        deed.detail |= {"organisation": organisation_id, "directive": str(directive_id)}
        digest = incoming.raw_sha256
        unit_actor(deed.session, organisation_id)
    mail = read_mail(desk.archive.get(digest))
    if not reports_in(mail):
        raise NotFoundError("tệp báo cáo PDF trong thư", mail.subject)
    found = Match(organisation_id=organisation_id, directive_id=directive_id)
    return _submit(desk, mail, incoming_id, found)


def set_aside(desk: Desk, actor: Actor, incoming_id: UUID, *, reason: str) -> None:
    """Sets an unmatched mail aside with a reason; it stays in the archive.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `match`.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "set_aside_mail", kind="incoming", subject=incoming_id) as deed:
        _waiting(deed, incoming_id, "xếp lại thư đến")
        why = require_reason(reason)
        settle_on_record(deed, incoming_id, "set_aside", None, why)


def _write_down(desk: Desk, mail: IncomingMail) -> UUID | None:
    """Returns the row of this mail; None where it was dealt with before."""
    digest = desk.archive.put(mail.raw)
    row = IncomingMessage(
        dedupe_key=mail.dedupe_key, message_id=_kept(mail.message_id, 300) or None,
        sender=_kept(mail.sender, 300), subject=_kept(mail.subject, 500), raw_sha256=digest,
        received_at=desk.clock(),
    )  # fmt: skip
    return write_down(desk.database, row)


def _kept(text: str, most: int) -> str:
    """Returns what a table takes of a stranger's text; the mail itself lies in the archive."""
    return text.replace("\x00", "")[:most]


def _take_report(desk: Desk, mail: IncomingMail, incoming_id: UUID) -> ReceivedAs:
    with desk.database.reading() as session:
        found, why = find_match(session, mail)
    if found is not None and "automatic" in mail.problems:
        # Nothing of ours answers it, or two programs might write to each other for ever.
        found, why = None, "Thư do máy tự trả lời, không phải báo cáo; người theo dõi xem và xử lý."
    if found is not None and not reports_in(mail):
        found, why = None, _without_report(mail)
    if (
        found is not None
        and not found.answers_ours
        and not is_signed_by_unit(desk, mail, found.organisation_id)
    ):
        found, why = None, _UNPROVEN
    if found is None:
        with doing(desk, MACHINE, "receive_mail", kind="incoming", subject=incoming_id) as deed:
            settle_on_record(deed, incoming_id, "unmatched", None, why)
        return ReceivedAs.UNMATCHED
    try:
        _submit(desk, mail, incoming_id, found)
    except ActionRefusedError as refusal:
        # The unit is not there to be told: the mail waits for a person, with the reason.
        with doing(desk, MACHINE, "receive_mail", kind="incoming", subject=incoming_id) as deed:
            settle_on_record(deed, incoming_id, "unmatched", None, refusal.diagnosis())
        return ReceivedAs.UNMATCHED
    return ReceivedAs.REPORT


def _without_report(mail: IncomingMail) -> str:
    if "too_large" in mail.problems:
        return "Thư quá lớn nên chỉ đọc được phần đầu; đề nghị đơn vị nộp báo cáo tại trang riêng."
    return "Thư không kèm báo cáo dạng PDF; người theo dõi xem và xử lý."


def _submit(desk: Desk, mail: IncomingMail, incoming_id: UUID, found: Match) -> UUID:
    """Hands the mail on as a report with all its files, then marks it."""
    report_id = hand_in_mail(
        desk, mail, incoming_id,
        organisation_id=found.organisation_id, directive_id=found.directive_id,
    )  # fmt: skip
    with doing(desk, MACHINE, "receive_mail", kind="incoming", subject=incoming_id) as deed:
        settle_on_record(deed, incoming_id, "matched", f"report:{report_id}", None)
    return report_id


def _waiting(deed: Deed, incoming_id: UUID, what: str) -> IncomingMessage:
    require_role(deed, Role.FOLLOW_UP, office_facts(deed.session).organisation_id, what)
    row = deed.session.get(IncomingMessage, incoming_id)
    if row is None:
        raise NotFoundError("thư đến", incoming_id)
    if row.state not in WAITS:
        raise WrongStateError(
            "Thư đến", expected=(INCOMING_WORDS["unmatched"],), actual=INCOMING_WORDS[row.state]
        )
    return row
