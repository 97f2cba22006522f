"""A draft in the browser: begun, written, kept, handed in; nothing typed is lost."""

import html
import re
from typing import Any
from uuid import UUID

from httpx import Response

from models.base import DirectiveId
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE

_FIELD = re.compile(r'<(?:input|textarea|select)[^>]* name="([a-z]\d*\.[^"]+)"')
_VERSION = re.compile(r'name="version" value="(\d+)"')


def begin(browsing: Browsing, kind: str = "Hướng dẫn") -> str:
    browsing.sign_in(PEOPLE.drafter)
    begun = browsing.post("/soan", kind=kind)
    assert begun.status_code == 303, words_of(begun)
    return begun.headers["location"]


def send(browsing: Browsing, path: str, act: str = "save", **fields: Any) -> Response:  # noqa: ANN401
    shown = browsing.get(path)
    given = {"version": _VERSION.findall(shown.text)[0], **fields}
    return sent(browsing, path, act, **given)


def sent(browsing: Browsing, path: str, act: str, **fields: Any) -> Response:  # noqa: ANN401
    parts = {"csrf": browsing.token(), "act": act, **fields}
    files = {name: (None, str(value)) for name, value in parts.items()}
    return browsing.client.post(path.replace("/soan/", "/soan/luu/"), files=files)


def whole(browsing: Browsing) -> str:
    path = begin(browsing)
    send(
        browsing, path, "task:b:3",
        **{
            "h.title": "Tuyên truyền cải cách hành chính",
            "o.0.x": "Ban Tuyên giáo Tỉnh ủy hướng dẫn như sau:",
            "b.1.x": "Nâng cao nhận thức của cán bộ.",
            "b.3.x": "Các huyện ủy báo cáo kết quả trước ngày 15/12/2022.",
            "b.5.x": "Các đơn vị tổ chức thực hiện.",
        },
    )  # fmt: skip
    page = browsing.get(path)
    groups = browsing.get(f"{path}/don-vi?cho=l.0")
    group = re.search(r'value="(g:[^"]+)"', groups.text)
    assert group
    version = _VERSION.findall(page.text)[0]
    for place in ("l.0", "t.0"):
        done = browsing.post(f"{path}/don-vi", cho=place, unit=[group[1]], version=version)
        assert done.status_code == 303, words_of(done)
        version = str(int(version) + 1)
    return path


def test_a_draft_goes_from_an_empty_page_to_its_reviewers(browsing: Browsing) -> None:
    path = whole(browsing)
    page = words_of(browsing.get(path))
    assert "Hạn cuối thứ Tư, 14/12/2022" in page
    assert re.search(r"Gửi đến \d+ đơn vị", page)
    pages = browsing.get(f"{path}/xem")
    assert pages.status_code == 200
    picture = browsing.get(f"{path}/trang/1.png")
    assert picture.content.startswith(b"\x89PNG")
    handed = send(browsing, path, "hand-in")
    assert handed.status_code == 303, words_of(handed)
    key = DirectiveId(UUID(handed.headers["location"].rpartition("/")[2]))
    assert browsing.state(key) == "in_review"
    assert browsing.get(path).status_code == 404
    browsing.sign_in(PEOPLE.content_reviewer)
    assert "Tuyên truyền cải cách hành chính" in words_of(browsing.get("/viec-cua-toi"))


def test_what_is_missing_is_said_with_its_clause_and_what_was_typed_stays(
    browsing: Browsing,
) -> None:
    path = begin(browsing)
    refused = send(browsing, path, "hand-in", **{"b.1.x": "Chữ đã gõ <b>đậm</b>."})
    assert refused.status_code == 422
    assert "Chưa trình được: còn chỗ phải sửa" in words_of(refused)
    assert "Nơi nhận, dòng 1" in words_of(refused)
    assert "Chữ đã gõ &lt;b&gt;đậm&lt;/b&gt;." in refused.text
    assert "Chữ đã gõ" in browsing.get(path).text
    page = browsing.get(path)
    assert 'href="#dau-title"' in page.text
    assert browsing.get(f"{path}/ra-soat").status_code == 200


def test_two_windows_do_not_overwrite_each_other(browsing: Browsing) -> None:
    path = begin(browsing)
    old = _VERSION.findall(browsing.get(path).text)[0]
    send(browsing, path, **{"h.title": "Cửa sổ thứ nhất"})
    late = sent(browsing, path, "save", **{"version": old, "h.title": "Cửa sổ thứ hai"})
    assert late.status_code == 409
    assert "Chữ chưa lưu ở cửa sổ này" in words_of(late)
    assert "Cửa sổ thứ hai" in words_of(late)
    assert 'maxlength="1000"' in late.text
    assert "Cửa sổ thứ nhất" in browsing.get(path).text
    quiet = sent(browsing, path, "auto", **{"version": old, "h.title": "Thứ ba"})
    assert (quiet.status_code, quiet.json()["stale"]) == (409, True)


def test_parts_are_added_moved_and_taken_out_and_a_slip_is_taken_back(browsing: Browsing) -> None:
    path = begin(browsing)
    first = set(_FIELD.findall(browsing.get(path).text))
    send(browsing, path, "table:b:1")
    more = set(_FIELD.findall(browsing.get(path).text))
    assert "b.2.c.0.0" in more - first
    send(browsing, path, "out:b:2", **{"b.2.c.0.0": "Ô đã điền"})
    assert "b.2.c.0.0" not in _FIELD.findall(browsing.get(path).text)
    send(browsing, path, "undo")
    assert "b.2.c.0.0" in _FIELD.findall(browsing.get(path).text)
    gone = send(browsing, path, "out:b:99")
    assert gone.status_code == 422


def test_bad_input_gets_a_sentence(browsing: Browsing) -> None:
    path = begin(browsing)
    assert browsing.post("/soan", kind="Sắc lệnh <script>").status_code == 422
    nul = send(browsing, path, **{"h.title": "a\x00b"})
    assert nul.status_code == 422
    long = send(browsing, path, **{"o.0.x": "ă" * 20_001})
    assert long.status_code == 422
    assert "Tách thành nhiều đoạn" in words_of(long)
    forged = sent(browsing, path, "save", csrf="x", version="1")
    assert forged.status_code == 403
    assert browsing.get(f"{path}/don-vi?cho=l.77").status_code == 422
    assert browsing.get("/soan/00000000-0000-0000-0000-000000000000").status_code == 404


def test_a_long_draft_is_taken_whole(browsing: Browsing) -> None:
    path = begin(browsing)
    for _ in range(3):
        send(browsing, path, "table:b:1")
    many = {f"x.{number}": "đ" * 90 for number in range(3000)}
    kept = send(browsing, path, **{**many, "h.title": "Văn bản dài"})
    assert kept.status_code == 303
    assert "Văn bản dài" in browsing.get(path).text


def test_a_returned_directive_is_taken_up_again(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Bản sẽ bị trả lại")
    browsing.sign_in(PEOPLE.form_reviewer)
    browsing.decide(key, "return", reason="Sửa trích yếu.")
    for officer in (PEOPLE.signatory, PEOPLE.clerk):
        browsing.sign_in(officer)
        assert browsing.post(f"/van-ban/{key}/sua").status_code == 403
    browsing.sign_in(PEOPLE.drafter)
    assert "Lý do trả lại: Sửa trích yếu." in words_of(browsing.get(f"/van-ban/{key}"))
    path = browsing.post(f"/van-ban/{key}/sua").headers["location"]
    refused = send(browsing, path, "hand-in", **{"h.title": "Trích yếu đã sửa", "note": " "})
    assert refused.status_code == 422
    assert "Trích yếu đã sửa" in refused.text
    handed = send(browsing, path, "hand-in", note="Sửa trích yếu.")
    assert handed.status_code == 303, words_of(handed)
    again = browsing.seeded.directive(key)
    assert (again.revision, again.state, again.subject) == (2, "in_review", "Trích yếu đã sửa")


def test_files_travel_beside_the_draft(browsing: Browsing) -> None:
    path = begin(browsing)
    version = _VERSION.findall(browsing.get(path).text)[0]
    form: list[Any] = [
        ("csrf", (None, browsing.token())), ("act", (None, "save")), ("version", (None, version)),
        ("file", ("Biểu mẫu.xlsx", b"PK\x03\x04", "application/octet-stream")),
    ]  # fmt: skip
    kept = browsing.client.post(path.replace("/soan/", "/soan/luu/"), files=form)
    assert kept.status_code == 303, words_of(kept)
    assert "Biểu mẫu.xlsx" in words_of(browsing.get(path))
    form[2] = ("version", (None, str(int(version) + 1)))
    form[3] = ("file", ("Rỗng.txt", b"", "text/plain"))
    empty = browsing.client.post(path.replace("/soan/", "/soan/luu/"), files=form)
    assert empty.status_code == 422
    assert "rỗng" in words_of(empty)


def test_a_draft_is_thrown_away_by_its_writer_alone(browsing: Browsing) -> None:
    path = begin(browsing)
    browsing.sign_in(PEOPLE.content_reviewer)
    assert browsing.get(path).status_code == 404
    assert browsing.post(f"{path}/xoa").status_code == 404
    browsing.sign_in(PEOPLE.drafter)
    assert html.escape(path) in browsing.get("/soan").text
    assert browsing.post(f"{path}/xoa").status_code == 303
    assert browsing.get(path).status_code == 404


def test_a_task_whose_sentence_is_gone_stops_the_draft_while_it_can_still_be_mended(
    browsing: Browsing,
) -> None:
    path = whole(browsing)
    send(browsing, path, "out:b:3")
    refused = send(browsing, path, "hand-in")
    assert refused.status_code == 422
    assert "Câu giao nhiệm vụ không còn trong văn bản" in words_of(refused)
    send(browsing, path, "undo")
    handed = send(browsing, path, "hand-in")
    assert handed.status_code == 303, words_of(handed)


def test_home_says_how_many_drafts_were_begun_and_not_handed_in(browsing: Browsing) -> None:
    begun = re.compile(r"Đang soạn, chưa trình: (\d+) dự thảo")
    first, second = begin(browsing), begin(browsing)
    found = begun.search(words_of(browsing.get("/viec-cua-toi")))
    assert found
    for path in (first, second):
        assert browsing.post(f"{path}/xoa").status_code == 303
    left = begun.search(words_of(browsing.get("/viec-cua-toi")))
    assert int(found[1]) - (int(left[1]) if left else 0) == 2
    browsing.sign_in(PEOPLE.clerk)
    assert not begun.search(words_of(browsing.get("/viec-cua-toi")))
