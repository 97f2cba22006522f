"""Chữ ký tay: an administrator sets an officer's picture, sees it, and takes it away."""

from collections.abc import Iterator

import pytest
from httpx import Response

from signing.marks.handwritten import clean_scan
from tests.actions.test_handwriting import handwriting
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE

PAGE = f"/quan-tri/chu-ky-tay/{PEOPLE.signatory}"
REMOVE = f"/quan-tri/can-bo/{PEOPLE.signatory}/bo-chu-ky-tay"


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    """The administrator's browser; nobody has a picture afterwards."""
    browsing.sign_in("truong-my-linh")
    yield browsing
    folder = browsing.seeded.office.settings.handwriting_folder
    for one in folder.iterdir() if folder.is_dir() else ():
        one.unlink()


def send(browsing: Browsing, content: bytes, path: str = PAGE) -> Response:
    return browsing.client.post(
        path, data={"csrf": browsing.token()}, files={"file": ("ký.png", content)}
    )


def test_a_picture_is_set_seen_and_taken_away(ours: Browsing) -> None:
    assert PAGE in ours.get(f"/quan-tri/can-bo/{PEOPLE.signatory}").text
    assert "Chưa có ảnh: khi ký, máy vẽ họ tên." in words_of(ours.get(PAGE))
    assert ours.get(f"{PAGE}/anh.png").status_code == 404
    taken = send(ours, handwriting())
    assert (taken.status_code, taken.headers["location"]) == (303, f"{PAGE}?xong=dat")
    assert f'src="{PAGE}/anh.png"' in ours.get(PAGE).text
    shown = ours.get(f"{PAGE}/anh.png")
    assert (shown.headers["content-type"], shown.content) == (
        "image/png",
        clean_scan(handwriting()),
    )
    assert ours.portal.desk.handwriting(PEOPLE.signatory) == shown.content
    blank = ours.post(REMOVE, reason=" ")
    assert blank.status_code == 422
    assert "Lý do: không được để trống" in words_of(blank)
    assert ours.post(REMOVE, reason="ký tên mới").status_code == 303
    assert ours.portal.desk.handwriting(PEOPLE.signatory) is None


def test_what_is_no_handwriting_is_refused_and_changes_nothing(ours: Browsing) -> None:
    for content, status, said in (
        (b"%PDF-1.7", 422, "không đọc được như tệp PNG"),
        (b"x" * 3_000_000, 413, "giới hạn 2 MB"),
    ):
        refused = send(ours, content)
        assert refused.status_code == status
        assert said in words_of(refused)
    assert ours.portal.desk.handwriting(PEOPLE.signatory) is None
    assert send(ours, handwriting(), "/quan-tri/chu-ky-tay/khong-co-ai").status_code == 404
    assert ours.get("/quan-tri/chu-ky-tay/khong-co-ai").status_code == 404
    ours.sign_in(PEOPLE.clerk)
    assert send(ours, handwriting()).status_code == 403
    assert ours.post(REMOVE, reason="x").status_code == 403


def test_a_picture_in_the_folder_that_would_stop_a_signature_is_told(ours: Browsing) -> None:
    folder = ours.seeded.office.settings.handwriting_folder
    folder.mkdir(exist_ok=True)
    (folder / f"{PEOPLE.signatory}.png").write_bytes(b"no picture at all")
    words = words_of(ours.get(PAGE))
    assert "không đọc được như tệp PNG" in words
    assert "người này chưa ký được" in words
    assert ours.get(f"{PAGE}/anh.png").status_code == 404
