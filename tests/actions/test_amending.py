"""After issue: recall, replacement, correction, other recipients; and what units answer."""

import uuid
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import outbox
from actions.amending.answering import agree_to_recall, note_recall_answer, refuse_recall
from actions.amending.correcting import correct
from actions.amending.handing_out import require_handed_out
from actions.amending.recalling import recall
from actions.amending.replacing import replace
from actions.answers.document_ids import document_id
from actions.answers.statuses import apply_status
from actions.auditing import verify_chain
from actions.chasing import chase
from actions.desk import Desk
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    PaperWithdrawnError,
    WrongStateError,
)
from actions.reporting import submit_report
from delivery.edxml.message import BusinessType, DocumentMessage
from delivery.edxml.payload import from_payload
from models.amendment import Amendment
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, Notice
from models.obligation import ObligationChange
from models.officer import Role
from models.organisation import UnitChannel
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    mark_judge,
    obligations,
    send_all,
    signed_pdf,
    task,
    unit,
)
from tests.actions.test_statuses import ORGAN, arrives, status
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

WHY = "Sai thẩm quyền, theo Quyết định số 12-QĐ/BTNTU"


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def mail() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def desk(
    database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice,
    mail: ScriptedChannel,
) -> Desk:  # fmt: skip
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge, channels={"smtp": mail})


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


def directive(desk: Desk, key: DirectiveId) -> Directive:
    with desk.database.reading() as session:
        return session.get_one(Directive, key)


def of(desk: Desk, key: DirectiveId) -> dict[str, Consignment]:
    with desk.database.reading() as session:
        rows = session.scalars(select(Consignment).where(Consignment.directive_id == key))
        return {one.organisation_id: one for one in rows}


def letters(desk: Desk, kind: str) -> dict[str, Notice]:
    with desk.database.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.kind == kind))
        return {one.organisation_id or "": one for one in rows}


def amendments(desk: Desk) -> list[Amendment]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Amendment).order_by(Amendment.at)))


def chain_holds(desk: Desk) -> bool:
    with desk.database.reading() as session:
        return verify_chain(session).broken_at is None


# --- recall ---------------------------------------------------------------------------------


def test_a_recall_asks_every_unit_by_its_channel_and_ends_what_is_owed(
    desk: Desk, key: DirectiveId, office: SmallOffice, mail: ScriptedChannel
) -> None:
    asked = recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    assert set(asked.asked) == {"huyen-a", "huyen-b", "so-tt", "tinh-uy"}
    found = directive(desk, key)
    assert (found.state, found.sealed_sha256 is not None) == ("recalled", True)
    assert found.close_reason == WHY
    for one in consignments(desk).values():
        assert (one.state, one.state_before_recall) == ("recall_asked", "sent")
        assert WHY in (one.detail or "")
    assert {one.state for one in obligations(desk).values()} == {"cancelled"}
    with desk.database.reading() as session:
        changes = session.scalars(select(ObligationChange)).all()
    (made,) = amendments(desk)
    assert {(one.before, one.after, one.amendment_id) for one in changes} == {
        ("open", "cancelled", made.id)
    }
    mail.sent.clear()
    send_all(desk)
    assert len(mail.sent) == 4
    assert all(one.subject.startswith("[Thu hồi] 96-HD/BTNTU") for one in mail.sent)
    assert "/don-vi/huyen-a/" in letters(desk, "recall")["huyen-a"].text
    assert WHY in letters(desk, "recall")["huyen-a"].text
    assert chain_holds(desk)


def test_chasing_stops_with_a_recall(
    desk: Desk, key: DirectiveId, office: SmallOffice, clock: StoryClock
) -> None:
    recall(desk, office.actor(Role.SIGNATORY), key, reason=WHY)
    for day in ("2022-10-26", "2022-11-02", "2022-11-20"):
        clock.set_day(date.fromisoformat(day))
        chase(desk)
    assert not letters(desk, "reminder")
    assert not letters(desk, "overdue")


def test_what_still_waits_in_the_outbox_is_not_sent_any_more(
    desk: Desk, office: SmallOffice, mail: ScriptedChannel
) -> None:
    key = issue(desk)
    change_unit(desk, "huyen-a", address=None)
    asked = recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    assert len(asked.unsent) == 4
    assert not asked.asked
    send_all(desk)
    assert not mail.sent
    assert {(one.state, one.state_before_recall) for one in consignments(desk).values()} == {
        ("recalled", "planned")
    }
    assert not letters(desk, "recall")


def test_what_a_worker_holds_at_that_moment_is_not_sent_either(
    desk: Desk, office: SmallOffice, mail: ScriptedChannel, clock: StoryClock
) -> None:
    key = issue(desk)
    held = outbox.claim(desk, ("consignment",), limit=1)
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    clock.advance(seconds=outbox.LEASE_S + 1)
    send_all(desk)
    assert len(held.rows) == 1
    assert not mail.sent
    with desk.database.reading() as session:
        kinds = session.scalars(select(OutboxRow.kind).where(OutboxRow.state != "settled")).all()
    assert set(kinds) <= {"wake"}


def test_what_is_under_way_is_asked_back_since_it_may_have_arrived(
    desk: Desk, office: SmallOffice, mail: ScriptedChannel
) -> None:
    key = issue(desk)
    clerk = office.actor(Role.REGISTRY_CLERK)
    done: list[object] = []

    def meanwhile() -> None:
        if not done:
            done.append(True)
            recall(desk, clerk, key, reason=WHY)

    mail.before_answer = meanwhile
    send_all(desk)
    states = sorted(one.state for one in consignments(desk).values())
    assert states == ["recall_asked", "recalled", "recalled", "recalled"]
    assert len([one for one in mail.sent if not one.subject.startswith("[Thu hồi]")]) == 1
    assert len(letters(desk, "recall")) == 1


@pytest.mark.parametrize("role", [Role.DRAFTER, Role.FOLLOW_UP, Role.OPERATOR])
def test_only_signatory_and_clerk_may_recall(
    desk: Desk, key: DirectiveId, office: SmallOffice, role: Role
) -> None:
    with pytest.raises(NotAuthorisedError):
        recall(desk, office.actor(role), key, reason=WHY)
    with pytest.raises(NotAuthorisedError):
        recall(desk, unit("huyen-a"), key, reason=WHY)
    assert directive(desk, key).state == "issued"
    assert not amendments(desk)


def test_a_recall_needs_a_reason_and_happens_once(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    clerk = office.actor(Role.REGISTRY_CLERK)
    with pytest.raises(InvalidInputError):
        recall(desk, clerk, key, reason="  ")
    recall(desk, clerk, key, reason=WHY)
    with pytest.raises(WrongStateError):
        recall(desk, clerk, key, reason=WHY)
    assert len(amendments(desk)) == 1
    assert len(letters(desk, "recall")) == 4


def test_a_recalled_directive_takes_no_report(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    with pytest.raises(WrongStateError):
        submit_report(
            desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key,
            file_name="bc.pdf", content=signed_pdf("x"), via="upload",
        )  # fmt: skip


def test_a_unit_on_edxml_is_asked_by_edxml_and_one_on_paper_by_a_person(
    desk: Desk, office: SmallOffice
) -> None:
    change_unit(
        desk, "huyen-a", channel="edxml_http", address="https://a.example/edxml", agency_id=ORGAN
    )
    change_unit(desk, "huyen-b", channel="paper", address="Số 1, đường A")
    change_unit(desk, "ban", agency_id="000.00.99.H36")
    key = issue(desk)
    with desk.database.writing() as session:
        for one in session.scalars(select(Consignment)):
            one.state = "sent"
    asked = recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    assert asked.by_hand == ("huyen-b",)
    notice = letters(desk, "recall")["huyen-a"]
    assert (notice.channel, notice.address) == ("edxml_http", "https://a.example/edxml")
    message = from_payload(notice.payload["edxml"], content_of=desk.archive.get)
    assert isinstance(message, DocumentMessage)
    assert message.business.type is BusinessType.RECALL
    assert message.business.reason == WHY
    assert message.receivers[0].organ_id == ORGAN
    with desk.database.reading() as session:
        assert message.document_id == document_id(session, session.get_one(Directive, key))
    assert "bằng tay" in (consignments(desk)["huyen-b"].detail or "")
    note_recall_answer(
        desk, office.actor(Role.REGISTRY_CLERK), consignments(desk)["huyen-b"].id, agreed=True,
        words="Công văn số 5 ngày 01/10/2022",
    )  # fmt: skip
    assert consignments(desk)["huyen-b"].state == "recalled"


# --- answers --------------------------------------------------------------------------------


def test_units_agree_or_refuse_and_may_agree_later(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with pytest.raises(WrongStateError):
        agree_to_recall(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    agree_to_recall(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    with pytest.raises(InvalidInputError):
        refuse_recall(desk, unit("huyen-b"), key, organisation_id="huyen-b", reason="")
    refuse_recall(desk, unit("huyen-b"), key, organisation_id="huyen-b", reason="Đã triển khai")
    states = {name: one.state for name, one in consignments(desk).items()}
    assert (states["huyen-a"], states["huyen-b"]) == ("recalled", "recall_refused")
    refused = consignments(desk)["huyen-b"]
    assert (refused.state_before_recall, refused.detail) == (
        "sent", "Đơn vị không đồng ý: Đã triển khai"
    )  # fmt: skip
    agree_to_recall(desk, unit("huyen-b"), key, organisation_id="huyen-b")
    assert consignments(desk)["huyen-b"].state == "recalled"
    with pytest.raises(WrongStateError):
        agree_to_recall(desk, unit("huyen-b"), key, organisation_id="huyen-b")
    with pytest.raises(NotAuthorisedError):
        agree_to_recall(desk, unit("huyen-a"), key, organisation_id="so-tt")


def test_a_unit_answers_by_edxml_and_what_it_did_before_stays_visible(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    change_unit(desk, "huyen-a", agency_id=ORGAN)
    change_unit(desk, "ban", agency_id="000.00.99.H36")
    with desk.database.writing() as session:
        session.add(UnitChannel(organisation_id="huyen-a", rank=1, channel="edxml_http"))
    apply_status(desk, arrives(desk), status(desk, key, "03"))
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason=WHY)
    apply_status(desk, arrives(desk), status(desk, key, "05"))
    asked = consignments(desk)["huyen-a"]
    assert (asked.state, asked.state_before_recall) == ("recall_asked", "in_progress")
    apply_status(desk, arrives(desk), status(desk, key, "16", description="Đã thực hiện"))
    refused = consignments(desk)["huyen-a"]
    assert (refused.state, refused.state_before_recall) == ("recall_refused", "in_progress")
    apply_status(desk, arrives(desk), status(desk, key, "15"))
    assert consignments(desk)["huyen-a"].state == "recalled"


def test_only_the_clerk_notes_an_answer_on_paper(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    one = consignments(desk)["huyen-a"].id
    clerk = office.actor(Role.REGISTRY_CLERK)
    with pytest.raises(WrongStateError):
        note_recall_answer(desk, clerk, one, agreed=True, words="điện thoại")
    recall(desk, clerk, key, reason=WHY)
    with pytest.raises(NotAuthorisedError):
        note_recall_answer(desk, office.actor(Role.FOLLOW_UP), one, agreed=True, words="x")
    with pytest.raises(InvalidInputError):
        note_recall_answer(desk, clerk, one, agreed=False, words=" ")
    note_recall_answer(desk, clerk, one, agreed=False, words="điện thoại 30/09/2022")
    assert consignments(desk)["huyen-a"].state == "recall_refused"


# --- replacement ----------------------------------------------------------------------------


# --- correction -----------------------------------------------------------------------------


# --- recipients -----------------------------------------------------------------------------


def test_a_recall_of_nothing_is_refused(desk: Desk, office: SmallOffice) -> None:
    with pytest.raises(NotFoundError):
        recall(desk, office.actor(Role.SIGNATORY), DirectiveId(uuid.uuid4()), reason=WHY)


# --- the file afterwards --------------------------------------------------------------------


def may_have(desk: Desk, key: DirectiveId, unit_id: str) -> bool:
    with desk.database.reading() as session:
        try:
            require_handed_out(session, session.get_one(Directive, key), unit_id)
        except PaperWithdrawnError as refused:
            said = refused.diagnosis()
        else:
            return True
    assert "96-HD/BTNTU" in said
    assert WHY in said
    return False


def test_a_recalled_file_is_withheld_from_the_decision_on_and_after_each_answer(
    desk: Desk, office: SmallOffice, key: DirectiveId
) -> None:
    assert may_have(desk, key, "huyen-a")
    recall(desk, office.actor(Role.SIGNATORY), key, reason=WHY)
    assert not may_have(desk, key, "huyen-a")
    refuse_recall(desk, unit("huyen-a"), key, organisation_id="huyen-a", reason="Đã làm xong")
    assert not may_have(desk, key, "huyen-a")
    agree_to_recall(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    assert not may_have(desk, key, "huyen-a")
    held = directive(desk, key).sealed_sha256
    assert held
    assert desk.archive.get(held)


def test_a_corrected_directive_is_still_handed_out_and_a_replaced_one_is_not(
    desk: Desk, office: SmallOffice, key: DirectiveId
) -> None:
    letter = issue(desk, number=97, doc_type="công văn")
    correct(desk, office.actor(Role.REGISTRY_CLERK), key, by=letter, reason=WHY)
    assert may_have(desk, key, "huyen-a")
    newer = issue(desk, number=98)
    replace(desk, office.actor(Role.REGISTRY_CLERK), key, by=newer, reason=WHY)
    assert not may_have(desk, key, "huyen-a")
    assert may_have(desk, newer, "huyen-a")
