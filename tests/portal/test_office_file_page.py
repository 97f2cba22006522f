"""Dữ liệu cơ quan: a file is looked at in words before it is taken, and only that very file."""

import pytest
from httpx import Response

from models.officer import Officer
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import DEMO
from tests.portal.test_outsiders import dump

PAGE = "/quan-tri/du-lieu"


@pytest.fixture
def ours(browsing: Browsing) -> Browsing:
    browsing.sign_in("truong-my-linh")
    return browsing


def send(browsing: Browsing, text: str, **fields: str) -> Response:
    files = {"file": ("office.toml", text.encode())}
    given = {"csrf": browsing.token(), **fields}
    return browsing.client.post(f"{PAGE}/nap", data=given, files=files)


def seen(page: Response) -> str:
    return page.text.partition('name="seen" value="')[2].partition('"')[0]


def test_a_changed_address_is_shown_before_and_after_and_taken_only_as_seen(ours: Browsing) -> None:
    with ours.portal.database.reading() as session:
        was = session.get_one(Officer, "ho-sy-nam").email
    stands = ours.get(f"{PAGE}/tep").text
    changed = stands.replace(f'"{was}"', '"nam.moi@lamdong.example"')
    assert changed != stands
    before = dump(ours.seeded)
    look = send(ours, changed)
    assert f"thư điện tử {was} → nam.moi@lamdong.example" in words_of(look)
    other = send(ours, stands, act="nap", seen=seen(look))
    assert other.status_code == 422
    assert "không phải tệp vừa xem" in words_of(other)
    assert dump(ours.seeded) == before
    done = send(ours, changed, act="nap", seen=seen(look))
    assert "Đã nạp tệp" in words_of(done)
    with ours.portal.database.reading() as session:
        assert session.get_one(Officer, "ho-sy-nam").email == "nam.moi@lamdong.example"
    send(ours, stands, act="nap", seen=seen(send(ours, stands)))


def test_the_file_as_it_stands_is_taken_back_with_no_change(ours: Browsing) -> None:
    file = ours.get(f"{PAGE}/tep")
    assert file.headers["content-disposition"].endswith('.toml"')
    assert "[[organisation]]" in file.text
    before = dump(ours.seeded)
    look = words_of(send(ours, file.text))
    assert "Thêm 0 mục, sửa 0 mục" in look
    assert "không có trong tệp" not in look
    done = send(ours, file.text, act="nap", seen=seen(send(ours, file.text)))
    assert "Đã nạp tệp" in words_of(done)
    assert dump(ours.seeded) == before


def test_a_wrong_file_names_each_place_and_one_without_an_administrator_is_refused(
    ours: Browsing,
) -> None:
    before = dump(ours.seeded)
    assert send(ours, "không phải TOML").status_code == 422
    demo = (DEMO / "office.toml").read_text(encoding="utf-8")
    broken = send(ours, demo.replace('roles = ["administrator"]', 'roles = ["vua"]'))
    assert broken.status_code == 422
    assert "dòng" in words_of(broken)
    without = send(ours, demo.replace('roles = ["administrator"]', 'roles = ["auditor"]'))
    assert without.status_code == 422
    assert "không còn ai quản trị được" in words_of(without)
    assert dump(ours.seeded) == before
