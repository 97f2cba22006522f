"""Vắng mặt: an administrator looks at an absence before it is said; officers say their own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select, update

from models.absence import Absence
from models.officer import SigningAuthority
from tests.portal.browsing import Browsing, words_of
from tests.portal.test_outsiders import dump
from wiring.demo_draft import PEOPLE

PAGE, OWN = "/quan-tri/vang-mat", "/tai-khoan/vang-mat"


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    browsing.sign_in("truong-my-linh")
    yield browsing
    with browsing.portal.database.writing() as session:
        made = session.scalars(select(Absence.authority_id)).all()
        session.execute(update(Absence).values(authority_id=None, post_id=None))
        session.execute(delete(Absence))
        session.execute(delete(SigningAuthority).where(SigningAuthority.id.in_(made)))


def fields(ours: Browsing, **changes: str) -> dict[str, str]:
    last = ours.portal.today().replace(year=ours.portal.today().year + 1)
    first = last.replace(day=1)
    return {
        "officer": PEOPLE.signatory, "deputy": "ho-sy-nam", "first": first.isoformat(),
        "last": last.isoformat(), "reason": "Đi học", "basis": "", "sign": "KT", "position": "",
        "act": "ghi", **changes,
    }  # fmt: skip


def test_a_look_shows_the_signature_block_and_writes_nothing_then_it_is_said_and_taken_back(
    ours: Browsing,
) -> None:
    before = dump(ours.seeded)
    look = words_of(ours.post(PAGE, **fields(ours, act="xem")))
    assert "chưa ghi gì" in look
    assert "K/T TRƯỞNG BAN" in look
    assert dump(ours.seeded) == before
    assert ours.post(PAGE, **fields(ours)).headers["location"] == f"{PAGE}?xong=ghi"
    page = ours.get(PAGE)
    assert "K/T TRƯỞNG BAN" in words_of(page)
    way = page.text.partition(f'action="{PAGE}/')[2].partition('"')[0]
    assert way.endswith("/huy")
    stale = ours.post(f"{PAGE}/{way}", version="9")
    assert stale.status_code == 409
    assert "người khác" in words_of(stale)
    ours.post(f"{PAGE}/{way}", version="1")
    assert dump(ours.seeded)["signing_authority"] == before["signing_authority"]


def test_who_stands_in_and_who_is_away_read_so_where_they_begin_their_day(ours: Browsing) -> None:
    today = ours.portal.today()
    now = {"first": today.isoformat(), "last": today.replace(year=today.year + 1).isoformat()}
    # Somebody for whom nothing waits, so that no paper passes on to other tests.
    given = fields(ours, officer="cao-duc-thanh", sign="", **now)
    assert ours.post(PAGE, **given).status_code == 303
    assert ours.post(PAGE, **fields(ours)).status_code == 303
    ours.sign_in("ho-sy-nam")
    home = words_of(ours.get("/viec-cua-toi"))
    assert "Đang làm thay Cao Đức Thành đến hết ngày" in home
    assert "Không ký thay." in home
    assert "Sẽ làm thay Trần Trung Hiếu từ ngày" in home
    assert "Ký với quyền hạn: K/T TRƯỞNG BAN" in home
    ours.sign_in("cao-duc-thanh")
    home = words_of(ours.get("/viec-cua-toi"))
    assert "Đang vắng mặt đến hết ngày" in home
    assert "Hồ Sỹ Nam làm thay." in home
    ours.sign_in(PEOPLE.drafter)
    assert "Xem đợt vắng" not in words_of(ours.get("/viec-cua-toi"))


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(ours: Browsing) -> None:
    wrong = ours.post(PAGE, **fields(ours, reason="<b>Đi học</b>", last="2001-01-01"))
    assert wrong.status_code == 422
    assert "ngày cuối phải từ ngày đầu" in words_of(wrong)
    assert "&lt;b&gt;Đi học&lt;/b&gt;" in wrong.text
    odd = ours.post(PAGE, **fields(ours, first="hôm nào đó"))
    assert odd.status_code == 422
    assert ours.post(PAGE, **fields(ours, officer="")).status_code == 422
    assert ours.post(PAGE, **fields(ours, deputy="")).status_code == 422


def test_officers_say_their_own_absence_and_lend_nothing(ours: Browsing) -> None:
    ours.sign_in(PEOPLE.drafter)
    said = ours.post(OWN, **fields(ours, officer=PEOPLE.signatory, sign=""))
    assert said.headers["location"] == f"{OWN}?xong=ghi"
    with ours.portal.database.reading() as session:
        (made,) = session.scalars(select(Absence)).all()
    assert (made.officer_id, made.signing, made.authority_id) == (PEOPLE.drafter, "none", None)
    assert "Đi học" in words_of(ours.get(OWN))
    ours.sign_in("cao-duc-thanh")
    assert "Đi học" not in words_of(ours.get(OWN))
    assert ours.post(f"{OWN}/{made.id}/huy", version="1").status_code == 403
    ours.sign_in("ho-sy-nam")
    assert "Đi học" in words_of(ours.get(OWN))
