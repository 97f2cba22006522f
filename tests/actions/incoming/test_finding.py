"""Incoming papers are found by words, however old they are."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from actions.listing import papers
from actions.listing.papers import counts, page_of_papers
from models.incoming import IncomingDocument
from models.search import folded
from tests.actions.incoming.receiver import Receiver


def write(receiver: Receiver, *subjects: str) -> None:
    """Papers with subjects, the first the newest."""
    at = receiver.desk.clock()
    with receiver.desk.database.writing() as session:
        session.execute(delete(IncomingDocument))
        session.add_all(
            IncomingDocument(
                origin_key=f"test:{age}", via="hand", sender_name="Sở Nội vụ", subject=subject,
                number_symbol=f"{age}/SNV-VP", arrived_at=at - timedelta(days=age),
            )
            for age, subject in enumerate(subjects)
        )  # fmt: skip


def found(receiver: Receiver, typed: str, *, limit: int = 50) -> list[str]:
    at, who = receiver.desk.clock(), receiver.front.clerk.id
    with receiver.desk.database.reading() as session:
        page = page_of_papers(
            session,
            officer_id=receiver.front.clerk.id,
            at=at,
            chosen="",
            typed=typed,
            after=None,
            limit=limit,
        )
        subjects = [one.document.subject for one in page.items]
        counted = counts(session, officer_id=who, at=at, typed=typed)[""]
    assert counted == len(subjects) or page.next
    return subjects


@pytest.mark.parametrize(
    "typed",
    ["Báo cáo quý", "bao cao", "QUÝ báo", "0/SNV", "so noi vu chuyen doi", "  báo\tcáo ", "chuy"],
)
def test_words_are_found_in_any_order_with_or_without_marks(receiver: Receiver, typed: str) -> None:
    write(receiver, "Báo cáo quý về chuyển đổi số", "Giấy mời họp")
    assert found(receiver, typed) == ["Báo cáo quý về chuyển đổi số"]


@pytest.mark.parametrize("typed", ["bao cao nam", "%", "_", "'; drop table --", "///", "quyx"])
def test_what_is_not_there_is_not_found(receiver: Receiver, typed: str) -> None:
    write(receiver, "Báo cáo quý về chuyển đổi số", "Giấy mời họp")
    assert found(receiver, typed) == []


def test_an_old_paper_is_found_among_many_newer_ones(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "COUNTED", 5)
    write(receiver, *["Giấy mời họp"] * 40, "Đề án sáp nhập thôn")
    assert found(receiver, "sap nhap") == ["Đề án sáp nhập thôn"]


def test_a_paper_that_changes_is_found_by_its_new_words_alone(receiver: Receiver) -> None:
    write(receiver, "Giấy mời họp")
    with receiver.desk.database.writing() as session:
        paper = session.query(IncomingDocument).one()
        paper.subject = "Thông báo hoãn họp"
    assert found(receiver, "giay moi") == []
    assert found(receiver, "hoan") == ["Thông báo hoãn họp"]


WORDS = st.lists(st.sampled_from(["báo", "cáo", "Đề", "án", "QUÝ", "iii", "số"]), max_size=4)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(subjects=st.lists(WORDS, max_size=6), typed=WORDS)
def test_found_is_what_holds_every_word(
    receiver: Receiver, subjects: list[list[str]], typed: list[str]
) -> None:
    lines = [" ".join(one) for one in subjects]
    write(receiver, *lines)
    said = [f"{line} Sở Nội vụ {age}/SNV-VP" for age, line in enumerate(lines)]
    assert found(receiver, " ".join(typed)) == [
        line
        for line, whole in zip(lines, said, strict=True)
        if all(folded(word) in folded(whole) for word in typed)
    ]
