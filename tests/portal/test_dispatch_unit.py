"""The page of one unit's sending: what happened, and what the clerk may decide."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select, update

from actions.reports.refusing import refuse_delivery
from models.base import DirectiveId
from models.dispatch import Consignment, Notice
from models.outbox import OutboxRow
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded, report_units


@pytest.fixture(scope="module")
def issued(seeded: Seeded) -> DirectiveId:
    """A directive of these tests alone: they leave it half sent."""
    return seeded.issued()


def stuck(browsing: Browsing, issued: DirectiveId, nth: int, **columns: object) -> Consignment:
    """A consignment as sending left it."""
    with browsing.seeded.office.database.writing() as session:
        one = session.scalars(
            select(Consignment)
            .where(Consignment.directive_id == issued, Consignment.rerouted_to_id.is_(None))
            .order_by(Consignment.organisation_id)
            .offset(nth)
        ).first()
        assert one is not None
        for name, value in {"sent_at": None, **columns}.items():
            setattr(one, name, value)
        session.execute(update(OutboxRow).where(OutboxRow.ikey == one.key).values(state="settled"))
    return one


def path_of(one: Consignment) -> str:
    return f"/phat-hanh/{one.directive_id}/don-vi/{one.organisation_id}"


def state_of(browsing: Browsing, key: UUID) -> str:
    with browsing.seeded.office.database.reading() as session:
        return session.get_one(Consignment, key).state


def test_the_clerk_reroutes_to_paper_prints_and_records_it(
    browsing: Browsing, issued: DirectiveId
) -> None:
    one = stuck(browsing, issued, 20, state="bounced", detail="550 no such mailbox")
    base = path_of(one)
    browsing.sign_in(PEOPLE.drafter)
    seen = browsing.get(base)
    assert "550 no such mailbox" in seen.text
    assert "chuyen-kenh" not in seen.text
    form = {"consignment": str(one.id), "channel": "paper"}
    assert browsing.post(f"{base}/chuyen-kenh", **form, reason="x").status_code == 403
    browsing.sign_in(PEOPLE.clerk)
    refused = browsing.post(f"{base}/chuyen-kenh", **form, reason=" ")
    assert refused.status_code == 422
    assert browsing.post(f"{base}/chuyen-kenh", **form, reason="hộp thư hỏng").status_code == 303
    page = browsing.get(base)
    assert "hộp thư hỏng" in page.text
    assert "In phiếu gửi" in page.text
    sheet = words_of(browsing.get(f"{base}/phieu-gui"))
    assert "PHIẾU GỬI" in sheet
    with browsing.seeded.office.database.reading() as session:
        paper = session.scalars(
            select(Consignment).where(
                Consignment.directive_id == issued,
                Consignment.organisation_id == one.organisation_id,
                Consignment.channel == "paper",
            )
        ).one()
    sent = {"consignment": str(paper.id), "tracking": "EE123456789VN"}
    wrong = browsing.post(f"{base}/gui-tay", **sent, sent_on="hôm qua")
    assert wrong.status_code == 422
    assert "EE123456789VN" in wrong.text
    today = browsing.portal.today().isoformat()
    assert browsing.post(f"{base}/gui-tay", **sent, sent_on=today).status_code == 303
    assert state_of(browsing, paper.id) == "sent"
    assert "EE123456789VN" in browsing.get(f"/phat-hanh/{issued}").text


@pytest.mark.parametrize(("act", "state"), [("tam-giu", "held"), ("da-den", "arrived")])
def test_what_is_unknown_is_held_or_settled(
    browsing: Browsing, issued: DirectiveId, act: str, state: str
) -> None:
    one = stuck(browsing, issued, 21 if act == "tam-giu" else 22, state="unknown")
    browsing.sign_in(PEOPLE.clerk)
    base = path_of(one)
    assert "không rõ đã đến hay chưa" in browsing.get(base).text
    form = {"consignment": str(one.id), "reason": "đã gọi điện"}
    assert browsing.post(f"{base}/{act}", **form).status_code == 303
    assert state_of(browsing, one.id) == state
    assert browsing.post(f"{base}/da-den", **form).status_code == 409
    assert browsing.post(f"{base}/khong-co", **form).status_code == 422
    if state == "held":
        assert browsing.post(f"{base}/tha", **form).status_code == 303
        assert state_of(browsing, one.id) == "planned"


def test_units_are_found_by_name_and_the_limit_is_shown(
    browsing: Browsing, issued: DirectiveId
) -> None:
    late = stuck(
        browsing, issued, 23, state="failed", warned_at=browsing.portal.at(),
        send_by=browsing.portal.at(),
    )  # fmt: skip
    browsing.sign_in(PEOPLE.clerk)
    page = words_of(browsing.get(f"/phat-hanh/{issued}"))
    assert "ạn gửi" in page
    found = browsing.get(f"/phat-hanh/{issued}?loc=sap-het-han").text
    assert path_of(late) in found
    assert found.count(f"/phat-hanh/{issued}/don-vi/") == 1
    assert "/don-vi/" not in browsing.get(f"/phat-hanh/{issued}?ten=khong-co-ten-nay").text


def test_a_unit_that_gets_nothing_has_no_page(browsing: Browsing, issued: DirectiveId) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.get(f"/phat-hanh/{issued}/don-vi/khong-co").status_code == 404


def test_a_test_message_is_sent_before_issuing(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    key = browsing.seeded.sealed()
    page = browsing.get(f"/van-ban/{key}/phat-hanh")
    assert "Gửi thử" in page.text
    unit = page.text.split('name="organisation"')[1].split('<option value="')[2].split('"')[0]
    path = f"/van-ban/{key}/phat-hanh/gui-thu"
    assert browsing.post(path, organisation=unit).status_code == 303
    with browsing.seeded.office.database.reading() as session:
        notice = session.scalars(
            select(Notice).where(Notice.kind == "test", Notice.organisation_id == unit)
        ).one()
    assert notice.subject.startswith("THỬ NGHIỆM")
    assert "gửi thử" in browsing.get(f"/van-ban/{key}/phat-hanh").text


def test_what_a_unit_refused_is_counted_and_told_to_who_follows_it(
    browsing: Browsing, issued: DirectiveId
) -> None:
    seeded = browsing.seeded
    unit = report_units(seeded, issued)[-1]
    refuse_delivery(
        seeded.office.desk, seeded.unit(unit), issued, organisation_id=unit, reason="Gửi nhầm nơi"
    )
    browsing.sign_in(PEOPLE.follow_up)
    grid = words_of(browsing.get(f"/phat-hanh/{issued}"))
    counts = dict(re.findall(r"(cần xử lý|Cần xử lý) (\d+)", grid))
    assert f"{counts['Cần xử lý']} cần xử lý" in grid
    followed = words_of(browsing.get(f"/theo-doi/{issued}/don-vi/{unit}"))
    assert "Đơn vị từ chối tiếp nhận: Gửi nhầm nơi" in followed
    assert "từ chối tiếp nhận" in words_of(browsing.get(f"/theo-doi/{issued}"))
    notices = words_of(browsing.get("/thong-bao"))
    assert "Có đơn vị từ chối tiếp nhận văn bản." in notices
    assert "Gửi nhầm nơi" in notices
