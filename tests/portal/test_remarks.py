"""Remarks at the words of a draft: written, answered, done, and shown where they count."""

import html
import re
from uuid import UUID

from models.base import DirectiveId
from models.discussion import DraftComment
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE
from tests.portal.test_versions import with_paragraph

_PLACES = re.compile(r'<p class="where">([^<]+?) <a class="remark-link"')


def write(browsing: Browsing, key: DirectiveId, text: str, **fields: str) -> str:
    """Writes a remark on the subject, or where `fields` say; returns its identifier."""
    given = {"revision": "1", "place": "trích yếu", "quote": "", "text": text, **fields}
    sent = browsing.post(f"/van-ban/{key}/gop-y", **given)
    assert sent.status_code == 303, words_of(sent)
    return sent.headers["location"].rpartition("#gop-y-")[2]


def test_a_remark_is_written_at_a_paragraph_answered_and_done(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Góp ý từng câu")
    browsing.sign_in(PEOPLE.content_reviewer)
    text = browsing.get(f"/van-ban/{key}/gop-y")
    places = [html.unescape(one) for one in _PLACES.findall(text.text)]
    at = places.index("trích yếu")
    form = browsing.get(f"/van-ban/{key}/gop-y?o={at}&cau=từng câu").text
    assert 'name="place" value="trích yếu"' in form
    assert ">từng câu</textarea>" in form
    made = write(browsing, key, "Nên ghi <rõ> hơn.", quote="từng câu")
    shown = browsing.get(f"/van-ban/{key}/gop-y")
    assert "<mark>từng câu</mark>" in shown.text
    assert "Nên ghi &lt;rõ&gt; hơn." in shown.text
    assert "1 góp ý chưa xử lý" in words_of(shown)
    assert "Góp ý: 1 chưa xử lý" in words_of(browsing.get(f"/van-ban/{key}"))
    assert "Nếu trả lại, 1 góp ý chưa xử lý" in words_of(browsing.get(f"/van-ban/{key}"))
    browsing.sign_in(PEOPLE.drafter)
    base = f"/van-ban/{key}/gop-y/{made}"
    assert browsing.post(f"{base}/tra-loi", text="Sẽ sửa.").status_code == 303
    assert browsing.post(f"{base}/xong").status_code == 303
    words = words_of(browsing.get(f"/van-ban/{key}/gop-y"))
    assert "Sẽ sửa." in words
    assert "Nguyễn Minh An đánh dấu đã xử lý" in words
    assert "Mọi góp ý đã được xử lý." in words
    late = browsing.post(f"{base}/xong")
    assert late.status_code == 409
    assert "đã được thực hiện" in words_of(late)


def test_a_draft_that_comes_back_brings_its_open_remarks(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Trả lại kèm góp ý")
    browsing.sign_in(PEOPLE.form_reviewer)
    write(browsing, key, "Trích yếu còn chung chung.", quote="kèm góp ý")
    browsing.decide(key, "return", reason="Xem các góp ý.")
    browsing.sign_in(PEOPLE.drafter)
    draft = browsing.post(f"/van-ban/{key}/sua").headers["location"]
    for path in (f"/van-ban/{key}", draft):
        assert "Trích yếu còn chung chung." in words_of(browsing.get(path))
    with_paragraph(browsing.seeded, key, "Trả lại, đã sửa", "Một đoạn thêm.")
    words = words_of(browsing.get(f"/van-ban/{key}/gop-y"))
    assert "câu này đã sửa" in words
    assert "Ở bản 1, trích yếu: kèm góp ý" in words


def test_what_was_typed_stays_where_a_remark_is_refused(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Giữ chữ đã nhập")
    browsing.sign_in(PEOPLE.signatory)
    path = f"/van-ban/{key}/gop-y"
    given = {"revision": "1", "place": "trích yếu", "text": "Câu tôi vừa nhập"}
    refused = browsing.post(path, **given, quote="không có chữ này")
    assert refused.status_code == 422
    assert "Những chữ này không có trong đoạn" in words_of(refused)
    assert ">Câu tôi vừa nhập</textarea>" in refused.text
    elsewhere = browsing.post(path, **{**given, "place": "mục XX"}, quote="")
    assert elsewhere.status_code == 422
    assert "<pre>Câu tôi vừa nhập</pre>" in elsewhere.text
    made = write(browsing, key, "Một góp ý.")
    empty = browsing.post(f"{path}/{made}/tra-loi", text=" ")
    assert empty.status_code == 422
    assert "Ghi câu trả lời." in words_of(empty)
    nul = browsing.post(path, **{**given, "text": "a\x00b"}, quote="")
    assert nul.status_code == 422
    for hostile in ("?o=x", "?o=-2", "?o=99999999999"):
        assert browsing.get(path + hostile).status_code == 422
    assert browsing.get(f"{path}?o=99999&cau=<script>").status_code == 200


def test_a_signed_directive_shows_its_remarks_and_takes_none(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Đã ký thì thôi")
    browsing.sign_in(PEOPLE.content_reviewer)
    made = write(browsing, key, "Góp ý lúc chưa ký.")
    seeded = browsing.seeded
    with seeded.office.database.writing() as session:
        session.get_one(type(seeded.directive(key)), key).state = "issued"
    shown = browsing.get(f"/van-ban/{key}/gop-y")
    assert "Góp ý lúc chưa ký." in words_of(shown)
    assert "remark-link" not in shown.text
    assert "<button" not in shown.text.partition('id="noi-dung"')[2].partition("</main>")[0]
    late = browsing.post(
        f"/van-ban/{key}/gop-y", revision="1", place="trích yếu", quote="", text="Muộn rồi"
    )
    assert late.status_code == 409
    assert "<pre>Muộn rồi</pre>" in late.text
    assert browsing.post(f"/van-ban/{key}/gop-y/{made}/xong").status_code == 409
    with seeded.office.database.reading() as session:
        assert session.get_one(DraftComment, UUID(made)).done_at is None
