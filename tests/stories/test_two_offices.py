"""Two installations exchange papers: issued by one, handled by the other, answered and settled."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from actions.amending.recalling import recall
from actions.amending.replacing import replace
from actions.incoming.accepting import accept, refuse
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import begin, finish
from actions.incoming.recalling import agree, refuse_request
from actions.incoming.replying import Answer, reply
from actions.reporting import accept as accept_report
from models.base import DirectiveId
from tests.stories.two_offices import Issuing, Receiving, carry, two_offices, two_offices_over_http
from wiring.demo_draft import PEOPLE

ANSWER = Answer(
    number="15", symbol="BC/HU", subject="Kết quả tuyên truyền, quán triệt Kế hoạch số 53",
    day=date(2022, 9, 20),
)  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Issuing, Receiving]]:
    with two_offices(tmp_path_factory.mktemp("two")) as both:
        yield both


@pytest.fixture
def a(pair: tuple[Issuing, Receiving]) -> Issuing:
    return pair[0]


@pytest.fixture
def b(pair: tuple[Issuing, Receiving]) -> Receiving:
    return pair[1]


@pytest.fixture
def arrived(a: Issuing, b: Receiving) -> DirectiveId:
    """A directive of A that lies before B's clerk."""
    key = a.issued()
    carry(a.office, b.office)
    return key


def test_a_directive_goes_the_whole_way_and_its_report_settles_what_was_owed(
    a: Issuing, b: Receiving, arrived: DirectiveId
) -> None:
    paper = b.paper()
    assert (paper.state, paper.verdict, paper.warnings) == ("arrived", "passed", [])
    assert paper.number_symbol == a.directive(arrived).number_text
    assert a.state_at_b(arrived) == "arrived"

    accept(b.office.desk, b.actor("van-thu"), paper.id)
    carry(a.office, b.office)
    assert b.paper().number == 1
    assert a.state_at_b(arrived) == "accepted"

    assign(
        b.office.desk, b.actor("bi-thu"), paper.id, opinion="Tham mưu triển khai, báo cáo đúng hạn",
        lead=Handler(officer_id="chuyen-vien", due=date(2022, 10, 20)),
        coordinating=(Handler(officer_id="phoi-hop", due=date(2022, 10, 10)),),
    )  # fmt: skip
    carry(a.office, b.office)
    assert a.state_at_b(arrived) == "assigned"

    lead, beside = b.parts(paper.id)
    begin(b.office.desk, b.actor("chuyen-vien"), lead.id)
    carry(a.office, b.office)
    assert a.state_at_b(arrived) == "in_progress"

    reply(b.office.desk, b.actor("chuyen-vien"), paper.id, ANSWER, b.signed_report())
    carry(a.office, b.office)
    (report,) = a.reports()
    assert (report.via, report.verdict, report.state) == ("edxml", "passed", "received")
    assert report.number_symbol == "15-BC/HU"
    owed = a.owed_by_b(arrived)
    assert owed
    assert {one.state for one in owed} == {"reported"}

    accept_report(a.office.desk, a.actor(PEOPLE.follow_up), report.id)
    assert {one.state for one in a.owed_by_b(arrived)} == {"accepted"}

    finish(b.office.desk, b.actor("phoi-hop"), beside.id, result="Đã góp ý")
    finish(b.office.desk, b.actor("chuyen-vien"), lead.id, result="Đã báo cáo")
    carry(a.office, b.office)
    assert a.state_at_b(arrived) == "done"
    assert {one.state for one in b.notices()} == {"sent"}


def test_a_refusal_is_shown_to_the_issuer_with_its_reason(
    a: Issuing, b: Receiving, arrived: DirectiveId
) -> None:
    refuse(b.office.desk, b.actor("van-thu"), b.paper().id, reason="Không thuộc thẩm quyền")
    carry(a.office, b.office)
    assert a.state_at_b(arrived) == "refused"
    assert "Không thuộc thẩm quyền" in (a.consignment(arrived).detail or "")


def test_a_recall_is_agreed_to_and_the_copy_destroyed(
    a: Issuing, b: Receiving, arrived: DirectiveId
) -> None:
    paper = b.paper()
    accept(b.office.desk, b.actor("van-thu"), paper.id)
    carry(a.office, b.office)
    recall(a.office.desk, a.actor(PEOPLE.clerk), arrived, reason="Ban hành nhầm phụ lục")
    carry(a.office, b.office)
    assert b.paper().state == "recall_asked"
    assert a.state_at_b(arrived) == "recall_asked"
    agree(b.office.desk, b.actor("van-thu"), b.asked().id)
    carry(a.office, b.office)
    assert (b.paper().state, a.state_at_b(arrived)) == ("recalled", "recalled")
    assert not any(b.office.desk.archive.has(one["sha256"]) for one in paper.files)
    assert a.office.desk.archive.has(a.directive(arrived).sealed_sha256 or "")


def test_a_recall_may_be_refused(a: Issuing, b: Receiving, arrived: DirectiveId) -> None:
    accept(b.office.desk, b.actor("van-thu"), b.paper().id)
    carry(a.office, b.office)
    recall(a.office.desk, a.actor(PEOPLE.clerk), arrived, reason="Ban hành nhầm phụ lục")
    carry(a.office, b.office)
    refuse_request(b.office.desk, b.actor("van-thu"), b.asked().id, reason="Đã triển khai xong")
    carry(a.office, b.office)
    assert (b.paper().state, a.state_at_b(arrived)) == ("accepted", "recall_refused")


def test_a_bad_signature_on_arrival_is_said_and_may_be_returned(a: Issuing, b: Receiving) -> None:
    key = a.issued()
    a.damage_on_the_way(b.office, key)
    carry(b.office)
    paper = b.paper()
    assert paper.number_symbol == a.directive(key).number_text
    assert (paper.state, paper.verdict) == ("arrived", "failed")
    assert "không hợp lệ" in paper.files[0]["sentence"]
    refuse(b.office.desk, b.actor("van-thu"), paper.id, reason="Chữ ký không hợp lệ")
    carry(a.office, b.office)
    assert a.state_at_b(key) == "refused"


def test_a_replacement_stands_beside_the_old_paper_and_takes_its_place(
    a: Issuing, b: Receiving, arrived: DirectiveId
) -> None:
    old = b.paper()
    accept(b.office.desk, b.actor("van-thu"), old.id)
    new = a.issued()
    replace(a.office.desk, a.actor(PEOPLE.clerk), arrived, by=new, reason="Sai phụ lục")
    carry(a.office, b.office)
    agree(b.office.desk, b.actor("van-thu"), b.asked().id)
    accept(b.office.desk, b.actor("van-thu"), b.paper().id)
    carry(a.office, b.office)
    papers = {one.number_symbol: one for one in b.papers()}
    replaced = papers[a.directive(arrived).number_text or ""]
    successor = papers[a.directive(new).number_text or ""]
    assert (replaced.state, successor.state) == ("replaced", "accepted")
    assert successor.follows_id == replaced.id
    assert a.state_at_b(new) == "accepted"


def test_the_same_message_twice_is_one_paper(
    a: Issuing, b: Receiving, arrived: DirectiveId
) -> None:
    before = len(b.papers())
    b.repeat_all()
    carry(a.office, b.office)
    assert len(b.papers()) == before
    assert a.state_at_b(arrived) == "arrived"


def test_over_http_each_portal_takes_in_what_the_other_posts(tmp_path: Path) -> None:
    with two_offices_over_http(tmp_path) as (a, b):
        key = a.issued()
        carry(a.office, b.office)
        paper = b.paper()
        assert (paper.via, paper.verdict, paper.warnings) == ("edxml_http", "passed", [])
        assert a.state_at_b(key) == "arrived"
        accept(b.office.desk, b.actor("van-thu"), paper.id)
        assign(
            b.office.desk, b.actor("bi-thu"), paper.id, opinion="",
            lead=Handler(organisation_id="ban-tuyen-giao-huyen-uy"),
        )  # fmt: skip
        reply(b.office.desk, b.actor("bi-thu"), paper.id, ANSWER, b.signed_report())
        carry(a.office, b.office)
        assert a.state_at_b(key) == "assigned"
        assert [one.via for one in a.reports()] == ["edxml"]
        assert {one.state for one in a.owed_by_b(key)} == {"reported"}
