"""A test message to a unit through its first channel, to see whether it would be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.desk import VIETNAM, Deed, Desk, doing
from actions.distribution.edxml import party
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.notifying import NewNotice, queue_notice
from actions.offices import OfficeFacts, office_facts
from actions.ways import Way, channel_words, chunks, first_usable, ways_of
from delivery.edxml.message import DocumentMessage
from delivery.edxml.payload import to_payload
from delivery.parcel import FORMS, Form
from models.dispatch import Notice
from models.officer import Role
from models.organisation import Organisation

KIND = "test"


def send_test(desk: Desk, actor: Actor, organisation_id: str, *, channel: str = "") -> Notice:
    """Queues a message that says THỬ NGHIỆM and asks for nothing but a word that it came.

    Args:
        desk: the tools.
        actor: the registry clerk.
        organisation_id: the unit.
        channel: which of its channels; empty for the first one that is usable.

    Raises:
        NotFoundError: no such unit.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: the unit has no such channel, no address, or takes paper only.
    """
    with doing(desk, actor, "send_test", kind="organisation", subject=organisation_id) as deed:
        office = office_facts(deed.session)
        require_role(deed, Role.REGISTRY_CLERK, office.organisation_id, "gửi thử")
        unit = deed.session.get(Organisation, organisation_id)
        if unit is None:
            raise NotFoundError("đơn vị", organisation_id)
        way = _way(deed.session, unit, channel)
        notice = queue_notice(desk, deed, _notice(deed, office, unit, way))
        deed.detail |= {"channel": way.channel, "address": way.address}
    return notice


def trials_of(session: Session, organisation_id: str, *, most: int = 10) -> list[Notice]:
    """Returns the last test messages to a unit, the newest first; their state says what came."""
    return list(
        session.scalars(
            select(Notice)
            .where(Notice.kind == KIND, Notice.organisation_id == organisation_id)
            .order_by(Notice.created_at.desc())
            .limit(most)
        )
    )


def last_trials(session: Session, organisations: Sequence[str]) -> dict[str, Notice]:
    """Returns the newest test message to each of the units that had one."""
    found: dict[str, Notice] = {}
    for chunk in chunks(organisations):
        rows = session.scalars(
            select(Notice)
            .where(Notice.kind == KIND, Notice.organisation_id.in_(chunk))
            .order_by(Notice.created_at)
        )
        found |= {str(one.organisation_id): one for one in rows}
    return found


def _way(session: Session, unit: Organisation, channel: str) -> Way:
    ways = ways_of(session, (unit,))[unit.id]
    fitting = [way for way in ways if not channel or way.channel == channel]
    way = first_usable(fitting) if fitting else None
    if way is None:
        said = f"{unit.name} không có kênh “{channel_words(channel)}”."
        raise InvalidInputError(Problem(place="Kênh", reason=said))
    if way.is_paper or not way.is_usable:
        said = f"{unit.name} chỉ nhận bản giấy hoặc chưa có địa chỉ; không gửi thử được."
        raise InvalidInputError(Problem(place="Kênh", reason=said))
    return way


def _notice(deed: Deed, office: OfficeFacts, unit: Organisation, way: Way) -> NewNotice:
    at = deed.at.astimezone(VIETNAM)
    subject = f"THỬ NGHIỆM: kiểm tra kênh {channel_words(way.channel)} từ {office.name}"
    text = (
        f"Kính gửi: {unit.name}\n\n"
        f"Đây là thư THỬ NGHIỆM của {office.name}, gửi lúc {at:%H:%M ngày %d/%m/%Y} qua kênh "
        f"{channel_words(way.channel)}. Thư không kèm văn bản, không giao việc. Đề nghị trả lời "
        "một dòng để xác nhận đã nhận được.\n\n"
        f"Trân trọng.\n{office.name}\n"
    )
    return NewNotice(
        key=f"{KIND}:{unit.id}:{way.channel}:{deed.at.isoformat()}", kind=KIND, directive=None,
        organisation_id=unit.id, address=way.address, subject=subject, text=text,
        channel=way.channel, payload=_payload(deed, unit, way, (subject, text)),
    )  # fmt: skip


def _payload(deed: Deed, unit: Organisation, way: Way, said: tuple[str, str]) -> Mapping[str, Any]:
    if FORMS.get(way.channel) is not Form.EDXML:
        return {}
    office = office_facts(deed.session)
    issuer = deed.session.get_one(Organisation, office.organisation_id)
    sender = party(issuer, email=office.mailbox)
    message = DocumentMessage(
        sender=sender, receivers=(party(unit),),
        document_id=f"{sender.organ_id},{deed.at:%Y/%m/%d},THU-NGHIEM,{deed.at.isoformat()}",
        number="0", notation="THU-NGHIEM", promulgation_date=deed.day, type_name="Thử nghiệm",
        subject=said[0], content=said[1],
    )  # fmt: skip
    return {"edxml": to_payload(replace(message, traces=((sender.organ_id, deed.at),)))}
