"""Follow-up over all directives: by directive, unit and day, as a chart, as files."""

import pytest

from models.base import DirectiveId
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded

VIEWS = ("/theo-doi", "/theo-doi/cac-don-vi", "/theo-doi/theo-han", "/theo-doi/bieu-do")


@pytest.mark.parametrize("path", VIEWS)
def test_each_view_leads_to_the_others_and_shows_the_issued_directive(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId, path: str
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(path)
    assert page.status_code == 200
    for other in VIEWS:
        assert f'href="{other}"' in page.text
    if path in {"/theo-doi", "/theo-doi/theo-han"}:
        assert (seeded.directive(issued).number_text or "") in page.text


def test_filters_lie_in_the_address_and_wrong_ones_are_told(
    browsing: Browsing, issued: DirectiveId
) -> None:
    assert issued
    browsing.sign_in(PEOPLE.follow_up)
    year = browsing.get("/theo-doi/cac-don-vi?ky=2022")
    assert "Cả năm 2022" in year.text
    assert 'name="ten" value="huyện"' in browsing.get("/theo-doi/cac-don-vi?ten=huyện").text
    wrong = browsing.get("/theo-doi/cac-don-vi?ky=nam-nay")
    assert wrong.status_code == 422
    assert "Không có kỳ này." in words_of(wrong)
    nobody = browsing.get("/theo-doi/theo-han?ten=không có đơn vị này")
    assert "Không còn báo cáo nào phải chờ" in words_of(nobody)
    assert browsing.get("/theo-doi/theo-han?loc=hom-kia").status_code == 422
    assert browsing.get("/theo-doi/theo-han?sau=sai").status_code == 422


@pytest.mark.parametrize("table", ["van-ban", "don-vi", "han"])
def test_a_view_is_taken_away_as_csv_and_xlsx(browsing: Browsing, table: str) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    text = browsing.get(f"/theo-doi/tep?bang={table}&dang=csv&ky=2022")
    assert text.content.startswith(b"\xef\xbb\xbf")
    book = browsing.get(f"/theo-doi/tep?bang={table}&dang=xlsx&ky=2022")
    assert book.content.startswith(b"PK")
    assert "attachment" in book.headers["content-disposition"]
    assert browsing.get(f"/theo-doi/tep?bang={table}&dang=exe").status_code == 422


def test_an_officer_of_another_office_sees_none_of_it(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    number = seeded.directive(issued).number_text or ""
    browsing.client.cookies.clear()
    for path in VIEWS:
        assert browsing.get(path).status_code == 303
    browsing.sign_in(PEOPLE.follow_up)
    assert number in browsing.get("/theo-doi").text
