"""Templates of the office in the portal: made of a draft, begun with, renamed, withdrawn."""

from tests.portal.all_pages import working
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE
from tests.portal.test_drafts import sent

ADMINISTRATOR = "truong-my-linh"


def test_a_draft_becomes_a_template_that_others_begin_with(browsing: Browsing) -> None:
    draft = working(browsing)
    saved = sent(browsing, draft, "template", version="1", **{"h.title": "Tập huấn"})
    assert saved.headers["location"] == f"{draft}/luu-mau"
    form = browsing.get(f"{draft}/luu-mau")
    assert 'value="Tập huấn"' in form.text
    assert "trước ngày 31/10/2022 → trước ngày …/…/… , ghi lại khi soạn" in words_of(form)
    assert "định kỳ · giữ nguyên" in words_of(form)
    wrong = browsing.post(f"{draft}/luu-mau", name=" ")
    assert wrong.status_code == 422
    assert "Tên mẫu: Ghi tên ngắn gọn" in words_of(wrong)
    made = browsing.post(f"{draft}/luu-mau", name="Tập huấn <b>")
    path = made.headers["location"].partition("?")[0]
    page = browsing.get(made.headers["location"])
    assert "Đã lưu mẫu." in words_of(page)
    assert "Tập huấn &lt;b&gt;" in page.text
    assert "Trang 1/" in words_of(page)
    assert browsing.get(f"{path}/trang/1.png").content.startswith(b"\x89PNG")
    assert browsing.get(f"{path}/trang/99.png").status_code == 404
    assert "Tập huấn &lt;b&gt;" in browsing.get("/soan").text
    begun = browsing.post(f"{path}/soan").headers["location"]
    assert "Tập huấn" in browsing.get(begun).text
    taken = browsing.post(f"{draft}/luu-mau", name="Tập huấn <b>")
    assert taken.status_code == 422
    assert 'value="Tập huấn &lt;b&gt;"' in taken.text
    browsing.post(f"{path}/thu-hoi")


def test_the_administrator_renames_and_withdraws_and_the_reviewer_does_not(
    browsing: Browsing,
) -> None:
    draft = working(browsing)
    path = browsing.post(f"{draft}/luu-mau", name="Mẫu cũ").headers["location"].partition("?")[0]
    browsing.sign_in(PEOPLE.form_reviewer)
    assert browsing.get(path).status_code == 403
    assert browsing.post(f"{path}/thu-hoi").status_code == 403
    browsing.sign_in(ADMINISTRATOR)
    page = browsing.get(path)
    assert "Soạn theo mẫu này" not in words_of(page)
    empty = browsing.post(f"{path}/ten", name="")
    assert empty.status_code == 422
    assert browsing.post(f"{path}/ten", name="Mẫu mới").headers["location"] == f"{path}?xong=ten"
    assert "Mẫu mới" in words_of(browsing.get("/soan/mau"))
    gone = browsing.get(browsing.post(f"{path}/thu-hoi").headers["location"])
    assert "Đã thu hồi mẫu." in words_of(gone)
    assert "Mẫu mới" not in words_of(gone)
    assert browsing.get(path).status_code == 404
