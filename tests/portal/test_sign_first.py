"""The pages of an office whose officer signs before there is a number."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from actions import signing_off
from actions.numbering import take_number
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.organisation import Office
from tests.portal.browsing import Browsing, seen_in, words_of
from tests.portal.seeded import PEOPLE, PIN, Seeded


def _sign_first(seeded: Seeded, *, first: bool, by_machine: bool = False) -> None:
    values = {"number_after_signing": first, "number_by_machine": by_machine}
    with seeded.office.database.writing() as session:
        session.execute(update(Office).values(**values))


def _signed(seeded: Seeded, title: str) -> DirectiveId:
    key = seeded.approved(title)
    seeded.machine.run(key)
    seen = seeded.directive(key).frozen_sha256 or ""
    desk, officer = seeded.office.desk, seeded.actor(PEOPLE.signatory)
    signing_off.sign(desk, officer, key, seen_sha256=seen, pin=PIN)
    seeded.machine.run(key)
    return key


@pytest.fixture
def signing_first(seeded: Seeded) -> Iterator[Seeded]:
    _sign_first(seeded, first=True)
    yield seeded
    _sign_first(seeded, first=False)


def test_the_officer_signs_without_a_number_and_the_clerk_numbers_then_seals(
    browsing: Browsing, signing_first: Seeded
) -> None:
    key = signing_first.submitted("Ký trước, cấp số sau")
    signing_first.passes(key, ReviewStep.CONTENT, ReviewStep.FORM)
    browsing.sign_in(PEOPLE.signatory)
    assert "cấp sau khi ký" in browsing.get(f"/van-ban/{key}").text
    assert browsing.decide(key, "approve").status_code == 303
    page = browsing.get(f"/van-ban/{key}/ky")
    said = words_of(page)
    assert "Chưa cấp số" in said
    assert "Số: chưa cấp" in said
    assert "Dự thảo ·" not in said
    assert page.text.count('class="fill"') == 4
    signed = browsing.post(f"/van-ban/{key}/ky", seen=seen_in(page), pin=PIN)
    assert signed.status_code == 303, words_of(signed)
    assert browsing.state(key) == "signed"

    browsing.sign_in(PEOPLE.clerk)
    page = browsing.get(f"/van-ban/{key}")
    assert "đã ký, chờ cấp số" in words_of(page)
    assert "Chờ văn thư cấp số." in words_of(page)
    assert browsing.get(f"/van-ban/{key}/dong-dau").status_code == 303
    assert browsing.decide(key, "take_number").status_code == 303
    assert browsing.state(key) == "numbered"
    number = browsing.seeded.directive(key).number_text or ""
    assert "đã cấp số, chờ đóng dấu" in words_of(browsing.get(f"/van-ban/{key}"))

    page = browsing.get(f"/van-ban/{key}/dong-dau")
    assert "Điền cùng dấu" in words_of(page)
    assert number in words_of(page)
    seen = seen_in(page)
    picture = f"/van-ban/{key}/anh/{seen}/1.png"
    assert f"{picture}?dien=" in page.text
    as_sealed = browsing.get(f"{picture}?dien=1").content
    assert as_sealed[:4] == b"\x89PNG"
    assert as_sealed != browsing.get(picture).content
    sealed = browsing.post(f"/van-ban/{key}/dong-dau", seen=seen, pin=PIN)
    assert sealed.status_code == 303, words_of(sealed)
    assert browsing.state(key) == "sealed"
    assert number in words_of(browsing.get("/so-van-ban"))


def test_what_is_numbered_after_its_signature_is_not_returned(
    browsing: Browsing, signing_first: Seeded
) -> None:
    key = _signed(signing_first, "Đã ký thì không trả lại")
    take_number(signing_first.office.desk, signing_first.actor(PEOPLE.clerk), key)
    browsing.sign_in(PEOPLE.signatory)
    assert browsing.state(key) == "numbered"
    assert "quyet-dinh/return" not in browsing.get(f"/van-ban/{key}").text


def test_where_the_machine_numbers_nobody_is_asked_for_it(
    browsing: Browsing, signing_first: Seeded
) -> None:
    _sign_first(signing_first, first=True, by_machine=True)
    key = _signed(signing_first, "Máy cấp số")
    assert browsing.state(key) == "numbered"
    browsing.sign_in(PEOPLE.clerk)
    assert "Chờ văn thư đóng dấu." in words_of(browsing.get(f"/van-ban/{key}"))
