"""The list of directives: found by words, narrowed by what stands in its address, page by page."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from httpx import Response

from actions.listing.sight import Reader
from models.lifecycle import DirectiveState
from portal.pages import directives
from portal.search_form import FIELDS, read_search
from tests.portal.browsing import Browsing, words_of
from tests.portal.programs import ask
from tests.portal.seeded import PEOPLE

TITLE = "Chuyện riêng của ô tìm kiếm"


@pytest.fixture
def reader(browsing: Browsing) -> Browsing:
    browsing.sign_in(PEOPLE.drafter)
    return browsing


def test_a_directive_is_found_by_subject_text_and_unit_and_its_filters_stand_in_the_address(
    reader: Browsing,
) -> None:
    key = reader.seeded.start(TITLE)
    for address in (
        "?q=chuyen+rieng+cua+o+tim", "?q=%22o+tim+kiem%22&loc=dang-xu-ly",
        "?q=chuyen+rieng&trang-thai=drafting&loai=Hướng+dẫn",
    ):  # fmt: skip
        page = reader.get(f"/van-ban{address}")
        assert f'href="/van-ban/{key}"' in page.text, address
    found = reader.get(
        "/van-ban?q=chuyen+rieng+cua&loc=dang-xu-ly&trang-thai=drafting&loai=Hướng+dẫn"
    )
    assert "1 văn bản khớp." in words_of(found)
    for kept in (
        'value="chuyen rieng cua"', 'value="drafting" selected', 'name="loc" value="dang-xu-ly"',
        '<option lang="vi" selected>Hướng dẫn', '<details class="more-filters" open>',
    ):  # fmt: skip
        assert kept in found.text, kept
    assert 'href="/van-ban?q=%22chuyen+rieng+cua%22' in html.unescape(found.text)
    none = words_of(reader.get("/van-ban?q=chuyen+rieng+cua&loc=ket-thuc"))
    assert "Không có văn bản nào khớp." in none


def test_the_list_says_what_became_of_what_was_issued_and_nothing_of_a_draft(
    reader: Browsing,
) -> None:
    issued = reader.seeded.by_state["issued"]
    number = reader.seeded.directive(issued).number_text
    came = words_of(reader.get(f"/van-ban?q={number}"))
    assert re.search(r"[1-9]\d* đơn vị chưa được gửi", came)
    assert re.search(r"\d+/23 đơn vị đã báo cáo", came)
    assert "Hạn gần nhất: thứ Sáu, 30/9/2022" in came
    key = reader.seeded.start("Chưa gửi đi đâu")
    draft = words_of(reader.get("/van-ban?q=chua+gui+di+dau"))
    assert "đã báo cáo" not in draft
    assert "<title>Dự thảo: Chưa gửi đi đâu ·" in reader.get(f"/van-ban/{key}").text


def test_papers_to_a_unit_of_a_year_are_found(reader: Browsing) -> None:
    issued = reader.seeded.by_state["issued"]
    link = f'href="/van-ban/{issued}"'
    unit = reader.seeded.obligations(issued)[0].organisation_id
    ours = f"/van-ban?q={reader.seeded.directive(issued).number_text}&don-vi={unit}"
    assert link in reader.get(f"{ours}&nam=2022&tu=2022-09-01&den=30/9/2022").text
    for other in ("nam=2021", "den=2022-01-01", "trang-thai=drafting"):
        assert link not in reader.get(f"{ours}&{other}").text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("q=***", "Ô tìm không có chữ hay số nào"),
        ("q=" + "a+" * 150, "Chỉ tìm theo 200 ký tự đầu"),
        ("loc=lung-tung", "Không có mục lọc như trong địa chỉ"),
        ("trang-thai=x%27--", "Không có trạng thái như trong địa chỉ"),
        ("don-vi=khong-co-don-vi-nay", "Không có đơn vị nào tên như vậy"),
        ("don-vi=huyện", "Nhiều đơn vị có tên như vậy"),
        ("nam=99999", "Năm ghi bằng bốn chữ số"),
        ("tu=31/2/2022", "Ngày ghi như 21/9/2022"),
        ("den=0001-01-01", "Ngày ghi như 21/9/2022"),
        ("tu=2022-02-01&den=2022-01-01", "Ngày cuối đứng trước ngày đầu"),
        ("sau=khong-phai", "Không mở được trang theo địa chỉ này"),
    ],
)
def test_a_wrong_value_is_said_and_breaks_nothing(
    reader: Browsing, address: str, said: str
) -> None:
    page = reader.get(f"/van-ban?{address}")
    assert page.status_code == 200
    assert said in words_of(page)
    assert said not in words_of(reader.get("/van-ban"))


def test_one_of_several_units_is_chosen_by_a_link_that_keeps_the_rest(reader: Browsing) -> None:
    page = reader.get("/van-ban?don-vi=huyện&q=tuyên&nam=2022")
    links = re.findall(r'href="(/van-ban\?[^"]*don-vi=[^"]+)"', html.unescape(page.text))
    chosen = next(one for one in links if "don-vi=huy%E1%BB%87n" not in one)
    assert "q=tuy%C3%AAn" in chosen
    assert "nam=2022" in chosen
    assert "Nhiều đơn vị có tên như vậy" not in words_of(reader.get(chosen))


def test_markup_and_operators_in_every_field_stay_text(reader: Browsing) -> None:
    nasty = "<script>alert(1)</script>\"'*:^NEAR(a,b) OR 1=1--"
    for name in (*FIELDS, "sau"):
        page = reader.client.get("/van-ban", params={name: nasty})
        assert page.status_code == 200, name
        assert "<script>alert(1)" not in page.text, name
    assert reader.client.get("/van-ban", params={"q": "a\x00b"}).status_code == 422


def test_pages_lead_on_and_the_filters_go_with_them(
    reader: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for _ in range(3):
        made.append(reader.seeded.start("Ba trang nối nhau"))
        reader.seeded.walk(reader.seeded.office.clock() + timedelta(seconds=1))
    monkeypatch.setattr(directives, "ROWS", 2)
    reader.sign_in(PEOPLE.drafter)
    first = reader.get("/van-ban?q=ba+trang+noi+nhau")
    assert "Về trang đầu" not in words_of(first)
    further = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert further is not None
    last = reader.get(html.unescape(further[1]))
    assert "Trang sau" not in words_of(last)
    assert 'href="/van-ban?q=ba+trang+noi+nhau"' in last.text
    shown = [key for page in (first, last) for key in made[::-1] if str(key) in page.text]
    assert shown == made[::-1]


def test_more_than_can_be_counted_is_said_to_be_more(
    reader: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        reader.seeded.start("Đếm không hết")
    monkeypatch.setattr("actions.searching.finding.COUNTED", 2)
    monkeypatch.setattr(directives, "COUNTED", 2)
    said = words_of(reader.get("/van-ban?q=dem+khong+het"))
    assert "Hơn 2 văn bản khớp." in said


def test_an_address_reads_back_to_itself(reader: Browsing) -> None:
    portal = reader.portal
    with portal.database.reading() as session:
        sight = Reader(
            session=session, actor=reader.seeded.actor(PEOPLE.drafter), day=portal.today()
        )
        given = {"q": "số &=?", "loc": "ket-thuc", "trang-thai": "closed", "nam": "2022"}
        asked = read_search(sight, given)
    assert asked.kept == given
    assert asked.faults == {}
    assert asked.filters.states == {DirectiveState.CLOSED}
    assert asked.address() == (
        "/van-ban?q=s%E1%BB%91+%26%3D%3F&loc=ket-thuc&trang-thai=closed&nam=2022"
    )


def test_a_search_is_saved_shown_at_the_top_renamed_and_deleted(reader: Browsing) -> None:
    def query_in(page: Response) -> str:
        found = re.search(r'name="query" value="([^"]*)"', page.text)
        assert found is not None
        return html.unescape(found[1])

    address = "/van-ban?q=chuy%E1%BB%87n+ri%C3%AAng&nam=2022"
    query = query_in(reader.get(address))
    unsaved = reader.post("/van-ban/bo-loc", name=" ", query=query)
    assert unsaved.status_code == 422
    assert "Tên bộ lọc: Ghi tên ngắn gọn" in words_of(unsaved)
    assert query_in(unsaved) == query
    saved = reader.post("/van-ban/bo-loc", name="<b>Riêng</b>", query=query)
    assert saved.headers["location"] == address
    page = reader.get("/van-ban")
    assert f'href="{html.escape(address)}">&lt;b&gt;Riêng' in page.text
    assert "<b>Riêng" not in page.text
    shown = reader.get(address)
    assert f'href="{html.escape(address)}" aria-current="true"' in shown.text
    assert "Lưu bộ lọc này" not in words_of(shown)
    form = re.search(r'action="(/van-ban/bo-loc/[0-9a-f-]+)"', page.text)
    assert form is not None
    assert reader.post(form[1], name="").status_code == 422
    assert reader.post(form[1], name="Đổi tên rồi").headers["location"] == address
    assert "Đổi tên rồi" in words_of(reader.get("/van-ban"))
    reader.sign_in(PEOPLE.clerk)
    assert "Đổi tên rồi" not in words_of(reader.get("/van-ban"))
    for stranger in (form[1], f"{form[1]}/xoa"):
        assert reader.post(stranger, name="Của người khác").status_code == 404
    reader.sign_in(PEOPLE.drafter)
    assert reader.post(f"{form[1]}/xoa").headers["location"] == address
    assert "Đổi tên rồi" not in words_of(reader.get("/van-ban"))


def test_a_saved_unit_is_kept_by_its_identifier(reader: Browsing) -> None:
    saved = reader.post("/van-ban/bo-loc", name="Đơn vị", query="don-vi=huyện+ủy+đơn+dương&sau=x")
    assert re.fullmatch(r"/van-ban\?don-vi=[a-z-]+", saved.headers["location"])
    page = reader.get(saved.headers["location"])
    assert 'value="Huyện ủy Đơn Dương"' in page.text
    assert 'aria-current="true">Đơn vị' in page.text


def test_what_was_found_is_taken_away_as_it_is_filtered(reader: Browsing) -> None:
    reader.seeded.start("=1+1 khoaimon mang về")
    page = reader.get("/van-ban?q=khoaimon")
    links = [html.unescape(one) for one in re.findall(r'href="(/van-ban/tep[^"]*)"', page.text)]
    assert links == [f"/van-ban/tep?q=khoaimon&dang={one}" for one in ("xlsx", "csv")]
    book, text = (reader.get(one) for one in links)
    assert book.content.startswith(b"PK")
    assert text.text.count("\r\n") == 2
    assert "'=1+1 khoaimon mang về" in text.text
    assert reader.get("/van-ban/tep?dang=exe").status_code == 422
    assert reader.get("/van-ban/tep?dang=csv&nam=x&sau=y").status_code == 200


def test_programs_search_with_the_same_words_and_filters(reader: Browsing) -> None:
    key = str(reader.seeded.start("Chương trình tìm thấy tôi"))
    issued = str(reader.seeded.by_state["issued"])
    unit = reader.seeded.obligations(reader.seeded.by_state["issued"])[0].organisation_id

    def found(**asked: str) -> set[str]:
        answer = ask(reader, PEOPLE.clerk, "GET", f"/directives?{urlencode(asked)}")
        assert answer.status_code == 200, asked
        return {one["id"] for one in answer.json()["items"]}

    assert found(q='"chuong trinh tim thay" toi') == {key}
    assert found(q='"trinh chuong"') == found(q="***") == found(q="") == set()
    assert found(q='"trinh tim thay"', state="drafting", doc_type="Hướng dẫn") == {key}
    assert found(q='"trinh tim thay"', doc_type="Kế hoạch") == set()
    assert issued in found(unit=unit, since="2022-09-01", until="2022-09-30", limit="200")
    assert issued not in found(unit=unit, since="2022-10-01", limit="200")
    assert found(unit="khong-co") == found(since="2022-02-01", until="2022-01-01") == set()
    for wrong in ("since=21/9/2022", f"q={201 * 'a'}", "state=x", "after=x"):
        assert ask(reader, PEOPLE.clerk, "GET", f"/directives?{wrong}").status_code == 422


def test_a_number_that_is_typed_comes_first_and_only_where_nothing_else_is_asked(
    reader: Browsing,
) -> None:
    issued = reader.seeded.by_state["issued"]
    typed = str(reader.seeded.directive(issued).number)
    reader.seeded.start(f"Phong trào {typed} ngày đêm thi đua")
    for q in (typed, f"số {typed}"):
        page = reader.get(f"/van-ban?{urlencode({'q': q})}")
        first = page.text.index("Văn bản mang số này")
        assert f'href="/van-ban/{issued}"' in page.text[first : page.text.index("<table")]
    for query in (f"q={typed}&nam=2022", f"q={typed}&loc=dang-xu-ly", "q=tap+huan"):
        assert "Văn bản mang số này" not in reader.get(f"/van-ban?{query}").text
