"""“Việc của tôi”: what waits for whom, by when, and who takes it up."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from actions.cancelling import cancel
from actions.work.claiming import claim
from actions.work.items import Subject
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.obligation import Obligation
from models.officer import Officer, Post
from models.officer_notice import OfficerNotice
from models.work import Claim
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import Seeded, report_units
from wiring.demo_draft import PEOPLE

HOME = "/viec-cua-toi"
IDLE = "cao-duc-thanh"
"""The auditor: no step of any directive waits for them."""


@contextmanager
def owed_to_another_office(seeded: Seeded, issuer: str, due: date) -> Iterator[None]:
    """A directive of another office in the same database, with one thing owed to it."""
    key, at = DirectiveId(uuid.uuid4()), seeded.office.clock()
    with seeded.office.database.writing() as session:
        session.add(
            Directive(
                id=key, organisation_id=issuer, regime="party", doc_type="Công văn",
                subject="Của cơ quan khác", symbol="CV/TU", drafter_id="nguyen-minh-an",
                state=DirectiveState.ISSUED.value, created_at=at, updated_at=at, issued_at=at,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Obligation(
                id=uuid.uuid4(), directive_id=key, task_ref="1", organisation_id=issuer,
                what="", sentence="", kind="before_date", computed="", opened_at=at, due=due,
            )
        )  # fmt: skip
    try:
        yield
    finally:
        with seeded.office.database.writing() as session:
            session.execute(delete(Obligation).where(Obligation.directive_id == key))
            session.execute(delete(Directive).where(Directive.id == key))


def test_the_next_day_named_on_an_empty_list_is_of_the_readers_own_office(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    own = seeded.directive(issued).organisation_id
    units = {one.organisation_id for one in seeded.obligations(issued)}
    other = min(units - {own})
    browsing.sign_in(IDLE)
    before = words_of(browsing.get(HOME))
    assert "Hạn gần nhất của các đơn vị:" in before
    tomorrow = seeded.office.clock().date() + timedelta(days=1)
    with owed_to_another_office(seeded, other, tomorrow):
        assert words_of(browsing.get(HOME)) == before


def test_the_days_by_which_something_is_due_have_their_weekday(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    limit = r"(thứ (Hai|Ba|Tư|Năm|Sáu|Bảy)|Chủ nhật), \d+/\d+/\d{4}"
    seeded.submitted("Ngày trong hạn có thứ")
    browsing.sign_in(PEOPLE.content_reviewer)
    # No day of the check itself: the first by which the units owe something, and it says so.
    assert re.search(rf"Hạn đầu tiên của đơn vị: {limit}", words_of(browsing.get(HOME)))
    browsing.sign_in(PEOPLE.follow_up)
    assert re.search(limit, words_of(browsing.get("/theo-doi")))
    unit = report_units(seeded, issued)[2]
    page = words_of(browsing.get(seeded.link(unit, issued)))
    assert "Ngày làm việc cuối cùng trong hạn: thứ Sáu, 28/10/2022" in page


SECOND = "nguoi-thu-hai"


@pytest.fixture
def second_clerk(seeded: Seeded, issued: DirectiveId) -> Iterator[str]:
    """A colleague of the clerk, for as long as a test lasts."""
    office, name = seeded.directive(issued).organisation_id, "Lý Thị Hai"
    with seeded.office.database.writing() as session:
        session.add(Officer(id=SECOND, name=name))
        session.flush()
        session.add(Post(officer_id=SECOND, organisation_id=office, title="Văn thư",
                         roles=["registry_clerk"], valid_from=date(2020, 1, 1)))  # fmt: skip
    yield name
    with seeded.office.database.writing() as session:
        for table in (OfficerNotice, Claim, Post, Officer):
            whose = table.id if table is Officer else table.officer_id
            session.execute(delete(table).where(whose == SECOND))


def test_a_clerk_takes_up_gives_back_and_is_told_when_a_colleague_was_quicker(
    browsing: Browsing, seeded: Seeded, second_clerk: str
) -> None:
    key = seeded.approved("Việc của hai văn thư")
    fields = {"about": "directive", "subject": str(key), "step": "take_number", "revision": "1"}
    browsing.sign_in(PEOPLE.clerk)
    queue = browsing.get(HOME + "?loc=cap-so")
    assert "Hàng chờ văn thư" in words_of(queue)
    assert ">Nhận việc</button>" in queue.text
    taken = browsing.post(HOME + "/nhan", **fields, loc="cap-so")
    assert taken.headers["location"] == HOME + "?loc=cap-so"
    mine = browsing.get(HOME + "?loc=cap-so")
    assert "Đã nhận từ hàng chờ văn thư" in words_of(mine)
    assert ">Cấp số</a>" in mine.text
    assert browsing.post(HOME + "/tra-lai", **fields).headers["location"] == HOME
    twice = browsing.post(HOME + "/tra-lai", **fields)
    assert (twice.status_code, "không do đồng chí giữ" in words_of(twice)) == (409, True)
    subject = Subject(about="directive", id=key, step="take_number", revision=1)
    claim(seeded.office.desk, seeded.actor(SECOND), subject)
    late = browsing.post(HOME + "/nhan", **fields)
    assert late.status_code == 409
    assert f"{second_clerk} đã nhận việc này trước." in words_of(late)
    assert f"{second_clerk} đã nhận" in words_of(browsing.get(HOME + "?loc=da-nhan"))
    wrong = {**fields, "about": "directive'--", "step": "\u0110" * 400}
    assert browsing.post(HOME + "/nhan", **wrong).status_code == 403
    assert browsing.post(HOME + "/nhan", **{**fields, "subject": "x"}).status_code == 422
    cancel_again(seeded, key)


def test_rows_stand_by_day_with_one_thing_to_do_and_markup_stays_text(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.submitted("Tiêu đề <script>alert(1)</script>", urgency="HỎA TỐC")
    browsing.sign_in(PEOPLE.content_reviewer)
    shown = browsing.get(HOME)
    assert "Hôm nay" in words_of(shown)
    assert f'class="main" href="/van-ban/{key}">Kiểm tra nội dung</a>' in shown.text
    assert "<script>alert(1)" not in shown.text
    for odd in ("?loc=%27--", "?trang=-1", "?trang=99999999999", "?loc=ky&trang=2"):
        assert browsing.get(HOME + odd).status_code == 200
    cancel_again(seeded, key)


def cancel_again(seeded: Seeded, key: DirectiveId) -> None:
    cancel(seeded.office.desk, seeded.actor(PEOPLE.signatory), key, reason="hết thử")
