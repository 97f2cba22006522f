"""What runs out soon stands on the first page of those who can do something about it."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from models.officer import RegisteredCertificate
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded
from tests.support.office_texts import write_certificate

OPERATOR = "ho-sy-nam"


def until(seeded: Seeded, day: date | None) -> None:
    mine = update(RegisteredCertificate).where(RegisteredCertificate.officer_id == PEOPLE.signatory)
    with seeded.office.database.writing() as session:
        session.execute(mine.values(valid_to=day))


@pytest.fixture
def ending(seeded: Seeded) -> Iterator[date]:
    """The office accepts the signatory's certificate for ten days yet."""
    last = seeded.office.clock().date() + timedelta(days=10)
    until(seeded, last)
    yield last
    until(seeded, None)


@pytest.fixture
def mixed(seeded: Seeded) -> Iterator[None]:
    """An anchor that is no trial's beside the demo's."""
    folder: Path = seeded.office.settings.trust_folder
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    write_certificate(folder / "real.der", "CA gốc Một", pem=False)
    yield
    shutil.rmtree(folder)
    kept.rename(folder)


def home(browsing: Browsing, officer: str) -> str:
    browsing.sign_in(officer)
    return words_of(browsing.get("/viec-cua-toi"))


def test_an_operator_sees_what_runs_out_with_what_to_do(browsing: Browsing, ending: date) -> None:
    seen = home(browsing, OPERATOR)
    assert f"Chứng thư của Trần Trung Hiếu hết hạn sau 10 ngày (ngày {ending:%d/%m/%Y})." in seen
    assert "trinhky key add" in seen


def test_who_can_do_nothing_about_it_is_not_bothered(browsing: Browsing, ending: date) -> None:
    del ending
    assert "hết hạn" not in home(browsing, PEOPLE.drafter)


def test_nothing_is_said_where_all_lasts(browsing: Browsing) -> None:
    seen = home(browsing, OPERATOR)
    assert "hết hạn" not in seen
    assert "tin lẫn" not in seen


def test_trial_and_real_anchors_at_once_are_warned_of(browsing: Browsing, mixed: None) -> None:
    del mixed
    seen = home(browsing, OPERATOR)
    assert "đang tin lẫn chứng thư gốc thử nghiệm và thật" in seen


def test_the_banner_stays_while_the_office_is_on_trial(browsing: Browsing) -> None:
    assert "THỬ NGHIỆM: chứng thư không có giá trị pháp lý." in home(browsing, PEOPLE.drafter)
