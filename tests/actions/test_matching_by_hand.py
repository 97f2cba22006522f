"""What the machine could not tell is matched, or set aside, by a person."""

from dataclasses import replace
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions.desk import Desk
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, WrongStateError
from actions.matching import answer_lines
from actions.receiving import ReceivedAs, match, receive, set_aside
from delivery.inbox import read_mail
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.officer import Role
from tests.actions.back_office import (
    consignments,
    issue,
    send_all,
    signed_pdf,
    task,
)
from tests.actions.test_receiving import desk, incoming, key, mail, office, reports
from tests.support.factories import SmallOffice

__all__ = ["desk", "key", "office"]


def unmatched(desk: Desk, **options: object) -> UUID:
    receive(desk, mail(sender="rieng@thu.example", **options))  # type: ignore[arg-type]  # options of mail
    return incoming(desk)[0].id


def test_a_person_matches_what_the_machine_could_not(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    row = unmatched(desk)
    follow_up = office.actor(Role.FOLLOW_UP)
    with pytest.raises(NotAuthorisedError):
        match(
            desk, office.actor(Role.DRAFTER), row, organisation_id="huyen-a", directive_id=key
        )  # fmt: skip
    with pytest.raises(NotFoundError):
        match(desk, follow_up, row, organisation_id="ma", directive_id=key)
    made = match(desk, follow_up, row, organisation_id="huyen-a", directive_id=key)
    assert reports(desk)[0].id == made
    assert incoming(desk)[0].state == "matched"
    with pytest.raises(WrongStateError):
        match(desk, follow_up, row, organisation_id="huyen-a", directive_id=key)
    with desk.database.reading() as session:
        deeds = session.scalars(select(AuditEvent.deed).where(AuditEvent.outcome == "done")).all()
        assert {"match_mail", "submit_report", "receive_mail"} <= set(deeds)


def test_a_mail_without_a_report_cannot_be_matched_as_one(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    row = unmatched(desk, files=())
    with pytest.raises(NotFoundError, match="PDF"):
        match(
            desk, office.actor(Role.FOLLOW_UP), row, organisation_id="huyen-a", directive_id=key
        )  # fmt: skip
    assert incoming(desk)[0].state == "unmatched"


def test_a_person_sets_a_mail_aside_with_a_reason(desk: Desk, office: SmallOffice) -> None:
    row = unmatched(desk)
    follow_up = office.actor(Role.FOLLOW_UP)
    with pytest.raises(InvalidInputError):
        set_aside(desk, follow_up, row, reason=" ")
    set_aside(desk, follow_up, row, reason="Thư quảng cáo.")
    (kept,) = incoming(desk)
    assert (kept.state, kept.detail) == ("set_aside", "Thư quảng cáo.")
    assert desk.archive.has(kept.raw_sha256)
    with pytest.raises(WrongStateError):
        set_aside(desk, follow_up, row, reason="x")
    with pytest.raises(NotFoundError):
        set_aside(desk, follow_up, uuid4(), reason="x")


def test_a_closed_directive_is_not_found_by_its_number(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "closed"
    assert receive(desk, mail(subject="96-HD/BTNTU")) is ReceivedAs.UNMATCHED


@given(st.text(max_size=300))
def test_any_text_of_a_mail_gives_lines_or_none(text: str) -> None:
    received = replace(read_mail(b"From: a@b.example\n\nx"), text=text)
    for line in answer_lines(received):
        assert line["label"].strip() == line["label"] != ""
        assert line["value"]


def test_our_own_document_sent_back_is_no_report_of_the_unit(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    assert key
    ours = (("96-HD-BTNTU.pdf", signed_pdf(office.seal_certificate)),)
    reply_to = consignments(desk)["huyen-a"].message_id
    assert receive(desk, mail(reply_to=reply_to, files=ours)) is ReceivedAs.REPORT
    assert reports(desk)[0].state == "returned"


@pytest.mark.parametrize("kind", ["copy", "escalation"])
def test_who_answers_a_letter_about_a_unit_does_not_answer_as_the_unit(
    desk: Desk, kind: str
) -> None:
    key = issue(desk, tasks=[task()])
    send_all(desk)
    with desk.database.writing() as session:
        session.add(
            Notice(
                key=f"{kind}:1", kind=kind, directive_id=key, organisation_id="huyen-a",
                address="tinh-uy@donvi.example", subject="x", text="x",
                message_id=f"<{kind}@ban.example>", state="sent", created_at=desk.clock(),
            )
        )  # fmt: skip

    def answers(sender: str) -> ReceivedAs:
        made = EmailMessage()
        made["From"], made["Subject"], made["In-Reply-To"] = (
            sender,
            "Trả lời",
            f"<{kind}@ban.example>",
        )
        made.set_content("Đã xem.")
        made.add_attachment(
            signed_pdf("ab" * 32), maintype="application", subtype="pdf", filename="y-kien.pdf"
        )
        return receive(desk, read_mail(made.as_bytes()))

    assert answers("tinh-uy@donvi.example") is ReceivedAs.UNMATCHED
    assert answers("huyen-a@donvi.example") is ReceivedAs.REPORT
