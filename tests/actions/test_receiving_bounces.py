"""Mail that reports on our own letters: bounces and receipts."""

import pytest
from sqlalchemy import select

from actions.desk import Desk
from actions.receiving import ReceivedAs, receive
from actions.reporting import return_report
from delivery.envelope import message_id_for
from delivery.inbox import read_mail
from models.base import DirectiveId
from models.dispatch import Notice
from models.officer import Role
from tests.actions.back_office import (
    consignments,
    send_all,
)
from tests.actions.test_receiving import bounce, desk, incoming, key, mail, office, reports
from tests.support.factories import SmallOffice

__all__ = ["desk", "key", "office"]


def test_a_bounce_marks_the_consignment_with_the_servers_words(
    desk: Desk, key: DirectiveId
) -> None:
    assert key
    assert receive(desk, bounce(desk)) is ReceivedAs.BOUNCE
    one = consignments(desk)["huyen-a"]
    assert one.state == "bounced"
    assert one.detail == "5.1.1 smtp; 550 mailbox unknown"
    assert consignments(desk)["huyen-b"].state == "sent"
    (row,) = incoming(desk)
    assert row.matched_to == f"consignment:{one.id}"


def test_a_receipt_moves_no_state(desk: Desk, key: DirectiveId) -> None:
    assert key
    received = bounce(desk, action="delivered", status="2.0.0")
    assert receive(desk, received) is ReceivedAs.RECEIPT
    one = consignments(desk)["huyen-a"]
    assert one.state == "sent"
    assert str(one.detail).startswith("Máy chủ nơi nhận báo đã vào hộp thư: 2.0.0")


def test_a_bounce_for_another_address_or_message_waits_for_a_person(
    desk: Desk, key: DirectiveId
) -> None:
    assert key
    assert receive(desk, bounce(desk, to="ai-do@o-dau.example")) is ReceivedAs.UNMATCHED
    assert consignments(desk)["huyen-a"].state == "sent"


@pytest.mark.usefixtures("key")
def test_no_unit_can_work_out_the_message_id_of_another(desk: Desk) -> None:
    for one in consignments(desk).values():
        domain = one.message_id.rpartition("@")[2].removesuffix(">")
        assert one.message_id != message_id_for(one.key, domain)


@pytest.mark.usefixtures("key")
def test_a_forged_bounce_of_one_unit_marks_no_other(desk: Desk) -> None:
    before = {name: one.state for name, one in consignments(desk).items()}
    other = next(one.address for name, one in consignments(desk).items() if name == "huyen-b")
    ours = consignments(desk)["huyen-a"].message_id
    forged = bounce(desk).raw.replace(ours.encode(), b"<never-sent@ban.example>")
    assert receive(desk, bounce(desk, to=other)) is ReceivedAs.UNMATCHED
    assert receive(desk, read_mail(forged)) is ReceivedAs.UNMATCHED
    assert {name: one.state for name, one in consignments(desk).items()} == before
    assert [one.state for one in incoming(desk)] == ["unmatched", "unmatched"]


def test_a_bounce_after_an_acknowledgement_is_not_believed(desk: Desk, key: DirectiveId) -> None:
    assert key
    with desk.database.writing() as session:
        session.merge(consignments(desk)["huyen-a"]).state = "accepted"
    assert receive(desk, bounce(desk)) is ReceivedAs.RECEIPT
    assert consignments(desk)["huyen-a"].state == "accepted"


def test_a_reminder_bounces_by_itself(desk: Desk, key: DirectiveId, office: SmallOffice) -> None:
    assert key
    receive(desk, mail(reply_to=consignments(desk)["huyen-a"].message_id))
    return_report(desk, office.actor(Role.FOLLOW_UP), reports(desk)[0].id, reason="Thiếu.")
    send_all(desk)
    with desk.database.reading() as session:
        notice = session.scalars(select(Notice)).one()
    raw = bounce(desk).raw.replace(
        consignments(desk)["huyen-a"].message_id.encode(), notice.message_id.encode()
    )
    assert receive(desk, read_mail(raw)) is ReceivedAs.BOUNCE
    assert consignments(desk)["huyen-a"].state == "sent"
    with desk.database.reading() as session:
        assert session.get_one(Notice, notice.id).state == "bounced"
