"""A signature without a time stamp is shown as such wherever it is shown."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from actions import sealing, signing_off
from actions.stamping import add_missing_timestamps
from models.base import DirectiveId
from models.organisation import Office as OfficeRow
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PIN, Seeded
from wiring.demo_draft import PEOPLE

WORDS = "Chữ ký của lãnh đạo và dấu của cơ quan chưa có dấu thời gian"
SENT_WITHOUT = "bản gửi đi không có dấu thời gian"


@pytest.fixture
def dark(seeded: Seeded) -> DirectiveId:
    """A directive that was signed and sealed while no service gave time stamps."""
    office = seeded.office
    key = seeded.numbered("Ký khi máy chủ dấu thời gian không trả lời")
    with office.database.writing() as session:
        session.execute(update(OfficeRow).values(go_on_without_timestamp=True))
    desk = replace(office.desk, services=replace(office.desk.services, timestamps=()))
    officer, clerk = seeded.actor(PEOPLE.signatory), seeded.actor(PEOPLE.clerk)
    seen = seeded.directive(key).frozen_sha256 or ""
    signing_off.sign(desk, officer, key, seen_sha256=seen, pin=PIN)
    signing_off.complete(desk, key)
    seen = seeded.directive(key).signed_sha256 or ""
    sealing.seal(desk, clerk, key, seen_sha256=seen, pin=PIN)
    sealing.complete(desk, key)
    with office.database.writing() as session:
        session.execute(update(OfficeRow).values(go_on_without_timestamp=False))
    return key


def test_what_lacks_a_time_stamp_says_so_until_it_has_one(
    browsing: Browsing, dark: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    shown = words_of(browsing.get(f"/van-ban/{dark}"))
    assert "chưa có dấu thời gian" in shown
    assert WORDS in shown
    assert "Chưa có dấu thời gian (chưa khai máy chủ cấp dấu thời gian)." in shown
    assert SENT_WITHOUT in words_of(browsing.get(f"/van-ban/{dark}/phat-hanh"))
    add_missing_timestamps(browsing.seeded.office.desk)
    later = words_of(browsing.get(f"/van-ban/{dark}"))
    assert WORDS not in later
    assert "Bổ sung dấu thời gian" in later
    assert SENT_WITHOUT not in words_of(browsing.get(f"/van-ban/{dark}/phat-hanh"))
    files = words_of(browsing.get(f"/van-ban/{dark}?the=phien-ban"))
    assert "Bản lưu trữ có thêm dấu thời gian" in files


def test_what_has_its_time_stamps_says_nothing_of_them(
    browsing: Browsing, issued: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert "chưa có dấu thời gian" not in words_of(browsing.get(f"/van-ban/{issued}"))
