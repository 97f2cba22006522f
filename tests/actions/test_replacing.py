"""A directive is replaced or corrected, or its recipients change, and every unit is told."""

import uuid

import pytest
from sqlalchemy import select

from actions.amending.correcting import correct
from actions.amending.recalling import recall
from actions.amending.recipients import update_recipients
from actions.amending.replacing import Owed, replace
from actions.answers.document_ids import document_id
from actions.desk import Desk
from actions.errors import (
    InvalidInputError,
    WrongStateError,
)
from actions.reporting import submit_report
from delivery.edxml.message import BusinessType, DocumentMessage
from delivery.edxml.payload import from_payload
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.obligation import Obligation, ObligationChange
from models.officer import Role
from tests.actions.back_office import (
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    obligations,
    send_all,
    signed_pdf,
    unit,
)
from tests.actions.test_amending import (
    WHY,
    amendments,
    desk,
    directive,
    key,
    letters,
    mail,
    of,
    office,
)
from tests.actions.test_statuses import ORGAN
from tests.support.factories import SmallOffice, organisation

__all__ = ["desk", "key", "mail", "office"]


@pytest.fixture
def newer(desk: Desk, key: DirectiveId) -> DirectiveId:
    assert isinstance(key, uuid.UUID)
    made = issue(desk, number=97, number_text="97-HD/BTNTU")
    send_all(desk)
    return made


def test_a_replacement_tells_the_units_and_cancels_what_is_owed(
    desk: Desk, key: DirectiveId, newer: DirectiveId, office: SmallOffice
) -> None:
    replace(desk, office.actor(Role.SIGNATORY), key, by=newer, reason=WHY)
    assert (directive(desk, key).state, directive(desk, newer).state) == ("replaced", "issued")
    assert {one.state for one in of(desk, key).values()} == {"recall_asked"}
    assert {one.state for one in of(desk, newer).values()} == {"sent"}
    assert {one.state for one in obligations(desk).values()} == {"cancelled"}
    notice = letters(desk, "replace")["huyen-a"]
    assert "97-HD/BTNTU" in notice.text
    assert notice.payload["files"][0]["sha256"] == directive(desk, newer).sealed_sha256
    (made,) = amendments(desk)
    assert made.other_directive_id == newer


def test_what_is_owed_may_pass_to_the_new_directive_with_its_day(
    desk: Desk, key: DirectiveId, newer: DirectiveId, office: SmallOffice
) -> None:
    before = obligations(desk)["R1", "huyen-a"]
    submit_report(
        desk, unit("huyen-b"), organisation_id="huyen-b", directive_id=key,
        file_name="bc.pdf", content=signed_pdf("x"), via="upload",
    )  # fmt: skip
    replace(desk, office.actor(Role.SIGNATORY), key, by=newer, reason=WHY, owed=Owed.PASS)
    with desk.database.reading() as session:
        rows = session.scalars(select(Obligation)).all()
        changes = session.scalars(select(ObligationChange)).all()
    old = {one.organisation_id: one for one in rows if one.directive_id == key}
    new = {one.organisation_id: one for one in rows if one.directive_id == newer}
    assert set(new) == {"huyen-a", "huyen-b", "so-tt"}
    assert {one.state for one in new.values()} == {"open"}
    assert new["huyen-a"].due == before.due
    assert old["huyen-a"].state == "transferred"
    assert old["huyen-a"].successor_id == new["huyen-a"].id
    assert old["huyen-b"].state == "cancelled"
    assert len(changes) == 6


def test_a_replacement_by_edxml_names_the_old_document(desk: Desk, office: SmallOffice) -> None:
    change_unit(
        desk, "huyen-a", channel="edxml_http", address="https://a.example/edxml", agency_id=ORGAN
    )
    key, newer = issue(desk), issue(desk, number=97, number_text="97-HD/BTNTU")
    with desk.database.writing() as session:
        for one in session.scalars(select(Consignment)):
            one.state = "sent"
    replace(desk, office.actor(Role.SIGNATORY), key, by=newer, reason=WHY)
    payload = letters(desk, "replace")["huyen-a"].payload["edxml"]
    message = from_payload(payload, content_of=desk.archive.get)
    assert isinstance(message, DocumentMessage)
    with desk.database.reading() as session:
        assert message.document_id == document_id(session, session.get_one(Directive, newer))
        old = document_id(session, session.get_one(Directive, key))
    assert message.business.type is BusinessType.REPLACE
    assert [(one.document_id, one.organ_ids) for one in message.business.replacements] == [
        (old, (ORGAN,))
    ]
    assert message.files[0].content.startswith(b"%PDF")


def test_a_replacement_is_another_issued_directive(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    signatory = office.actor(Role.SIGNATORY)
    with pytest.raises(InvalidInputError):
        replace(desk, signatory, key, by=key, reason=WHY)
    draft = issue(desk, state="sealed", issued_at=None, number_text="98-HD/BTNTU")
    with pytest.raises(WrongStateError):
        replace(desk, signatory, key, by=draft, reason=WHY)
    assert directive(desk, key).state == "issued"


def test_a_correction_keeps_the_directive_in_force_and_goes_to_all_its_units(
    desk: Desk, key: DirectiveId, office: SmallOffice, mail: ScriptedChannel
) -> None:
    letter = issue(
        desk, doc_type="Công văn", number=5, number_text="5-CV/BTNTU",
        lines=[("action", ("huyen-a",), ())],
    )  # fmt: skip
    sent = correct(
        desk, office.actor(Role.REGISTRY_CLERK), key, by=letter, reason="Sai ngày",
        printed="ngày 31/9", corrected="ngày 30/9",
    )  # fmt: skip
    assert set(sent) == {"huyen-b", "so-tt", "tinh-uy"}
    assert directive(desk, key).state == "corrected"
    assert {one.state for one in obligations(desk).values()} == {"open"}
    mail.sent.clear()
    send_all(desk)
    assert set(of(desk, letter)) == {"huyen-a", "huyen-b", "so-tt", "tinh-uy"}
    assert {one.state for one in of(desk, letter).values()} == {"sent"}
    submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key,
        file_name="bc.pdf", content=signed_pdf("x"), via="upload",
    )  # fmt: skip
    (made,) = amendments(desk)
    assert made.detail["printed"] == "ngày 31/9"


def test_only_a_cong_van_corrects_and_it_may_do_so_twice(
    desk: Desk, key: DirectiveId, newer: DirectiveId, office: SmallOffice
) -> None:
    clerk = office.actor(Role.REGISTRY_CLERK)
    with pytest.raises(InvalidInputError) as refused:
        correct(desk, clerk, key, by=newer, reason="Sai ngày")
    assert "thay thế" in refused.value.diagnosis()
    letter = issue(desk, doc_type="Công văn", number=5, number_text="5-CV/BTNTU")
    correct(desk, clerk, key, by=letter, reason="Sai ngày")
    correct(desk, clerk, key, by=letter, reason="Sai tên")
    assert directive(desk, key).state == "corrected"
    recall(desk, clerk, key, reason=WHY)
    assert directive(desk, key).state == "recalled"


def test_units_are_added_and_others_asked_to_give_it_back(
    desk: Desk, key: DirectiveId, office: SmallOffice, mail: ScriptedChannel
) -> None:
    with desk.database.writing() as session:
        organisation(session, "huyen-c", "Huyện ủy C", parent_id="tinh-uy")
    done = update_recipients(
        desk, office.actor(Role.REGISTRY_CLERK), key, add=["huyen-c"], remove=["huyen-b"],
        reason="Bổ sung nơi nhận",
    )  # fmt: skip
    assert (done.added, done.removed.asked) == (("huyen-c",), ("huyen-b",))
    mail.sent.clear()
    send_all(desk)
    assert mail.recipients == ["huyen-b@donvi.example", "huyen-c@donvi.example"]
    states = {name: one.state for name, one in consignments(desk).items()}
    assert states == {
        "huyen-a": "sent", "huyen-b": "recall_asked", "huyen-c": "sent", "so-tt": "sent",
        "tinh-uy": "sent",
    }  # fmt: skip
    owed = {name: one.state for (_, name), one in obligations(desk).items()}
    assert owed == {"huyen-a": "open", "huyen-b": "cancelled", "so-tt": "open"}
    assert directive(desk, key).state == "issued"
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    assert {one.state for one in consignments(desk).values()} == {"recall_asked"}


def test_changing_the_recipients_names_what_is_wrong_and_changes_nothing(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    clerk = office.actor(Role.REGISTRY_CLERK)
    before = {name: one.state for name, one in consignments(desk).items()}
    for add, remove in ((["huyen-a"], []), ([], ["ban"]), ([], [])):
        with pytest.raises(InvalidInputError):
            update_recipients(desk, clerk, key, add=add, remove=remove, reason="x")
    assert before == {name: one.state for name, one in consignments(desk).items()}
    assert not amendments(desk)
