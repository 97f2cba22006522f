"""Another sender speaks in an office's name: its papers, states and recalls stay as they were."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.incoming.arriving import arrive
from actions.incoming.asking import asked_by_status
from actions.incoming.recalling import agree
from actions.receiving_edxml import EdxmlReceivedAs, receive_edxml
from delivery.edxml.message import (
    Business,
    BusinessType,
    Party,
    ReceiverChange,
    Replacement,
    ResponseFor,
    StatusMessage,
)
from delivery.edxml.writing import write_edxml
from models.incoming import IncomingRequest
from models.organisation import Office, Organisation
from tests.actions.incoming.receiver import (
    MESSAGE,
    OURS,
    PAPER,
    THEIRS,
    Receiver,
    marked,
    message,
    recall,
)

FORGER = "huyen-a"
"""A unit that is known, and writes into its own folder only."""
CHANGES = (
    Business(
        type=BusinessType.UPDATE, reason="Bỏ đơn vị", document_id=MESSAGE.document_id,
        receivers=(ReceiverChange(organ_id=OURS, added=False),),
    ),
    Business(
        type=BusinessType.REPLACE, reason="Bản mới",
        replacements=(Replacement(document_id=MESSAGE.document_id, organ_ids=(OURS,)),),
    ),
)  # fmt: skip


def requests(receiver: Receiver, key: object) -> int:
    with receiver.desk.database.reading() as session:
        query = select(func.count()).where(IncomingRequest.document_id == key)
        return session.scalar(query) or 0


@pytest.mark.parametrize("sender", [FORGER, "khong-ai", ""])
def test_a_paper_that_another_one_brought_first_does_not_stand_for_the_true_one(
    receiver: Receiver, sender: str
) -> None:
    forged = receiver.arrives(message(due=date(2030, 1, 1)), sender)
    true = receiver.arrives()
    assert true != forged
    assert receiver.document(true).due is None
    assert bool(receiver.document(forged).warnings) is bool(sender)
    # An honest repeat is still the same paper, of either.
    assert receiver.arrives() == true
    assert receiver.arrives(message(due=date(2030, 1, 1)), sender) == forged


def test_no_state_goes_to_an_office_for_a_paper_that_another_one_brought(
    lone: Receiver,
) -> None:
    def strict(session: Session) -> None:
        session.get_one(Office, 1).refuse_broken_arrivals = True

    lone.front.change(strict)
    lone.arrives(message(files=(marked("failed"),)), FORGER)
    assert [one.state for one in lone.notices() if one.state != "held"] == []
    honest = lone.arrives(message(document_id="khac", number="97", files=(marked("failed"),)))
    assert lone.document(honest).state == "refused"
    assert [one.state for one in lone.notices() if one.state != "held"] == ["planned"] * 2


@pytest.mark.parametrize("business", CHANGES)
@pytest.mark.parametrize("sender", [FORGER, "khong-ai", ""])
def test_nobody_else_asks_for_an_offices_paper_to_be_changed_even_with_files(
    lone: Receiver, business: Business, sender: str
) -> None:
    key = lone.accepted()
    forged = message(
        document_id="gia-mao", number="98", business=business, files=(marked("ok", "x.pdf"),)
    )
    arrive(lone.desk, lone.came(sender), forged, via="edxml_folder")
    assert lone.document(key).state == "accepted"
    assert requests(lone, key) == 0
    arrive(lone.desk, lone.came(), forged, via="edxml_folder")
    assert requests(lone, key) == 1


@pytest.mark.parametrize("sender", [FORGER, "khong-ai", ""])
def test_who_is_not_known_for_the_office_does_not_take_its_paper_back(
    lone: Receiver, sender: str
) -> None:
    key = lone.accepted()
    status = StatusMessage(
        sender=Party(organ_id=THEIRS), code="13", description="Gửi nhầm",
        response_for=ResponseFor(
            organ_id=THEIRS, code=MESSAGE.code, document_id=MESSAGE.document_id
        ),
    )  # fmt: skip
    assert not asked_by_status(lone.desk, lone.came(sender), status)
    assert arrive(lone.desk, lone.came(sender), recall(), via="edxml_folder") is None
    assert lone.document(key).state == "accepted"
    assert asked_by_status(lone.desk, lone.came(), status)
    assert lone.document(key).state == "recall_asked"


def test_a_recall_takes_back_the_offices_own_paper_and_not_one_in_its_name(
    lone: Receiver,
) -> None:
    true = lone.accepted()
    forged = lone.arrives(message(files=(PAPER, marked("ok", "x.pdf"))), FORGER)
    arrive(lone.desk, lone.came(), recall(), via="edxml_folder")
    assert lone.document(true).state == "recall_asked"
    assert lone.document(forged).state == "arrived"
    agree(lone.desk, lone.front.clerk, lone.request(true).id)
    assert lone.document(true).state == "recalled"


def test_the_same_bytes_from_another_sender_do_not_count_as_the_offices_own(
    receiver: Receiver,
) -> None:
    raw = write_edxml(MESSAGE, at=receiver.desk.clock(), key="k")

    def came(sender: str) -> EdxmlReceivedAs:
        return receive_edxml(receiver.desk, raw, channel="edxml_folder", sender=sender).as_

    came(FORGER)
    assert came("tinh-uy") is EdxmlReceivedAs.DOCUMENT
    assert came("tinh-uy") is EdxmlReceivedAs.DUPLICATE
    assert came(FORGER) is EdxmlReceivedAs.DUPLICATE


def test_an_identifier_handed_on_to_a_successor_is_the_senders_still(lone: Receiver) -> None:
    def succeed(session: Session) -> None:
        old = session.get_one(Organisation, "tinh-uy")
        session.add(
            Organisation(
                id="tinh-uy-moi", name="Tỉnh ủy mới", regime=old.regime, agency_id=THEIRS,
                channel="edxml_folder", address="tinh-uy-moi", valid_from=old.valid_from,
            )
        )  # fmt: skip

    lone.front.change(succeed)
    key = lone.accepted()
    arrive(lone.desk, lone.came("tinh-uy-moi"), recall(), via="edxml_folder")
    assert lone.document(key).state == "recall_asked"
