"""The language of the pages: who reads which, how it is chosen, how days and figures look."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.i18n.catalogue import gettext
from portal.i18n.choosing import LANGUAGE_COOKIE, speak, wished
from portal.i18n.said import said
from portal.i18n.writing import day, figure, percent
from portal.rendering import make_templates
from portal.words import moment
from signing.language import Language
from tests.portal.browsing import Browsing, token_in, words_of
from tests.support.rooms import VIETNAMESE
from wiring.demo_draft import PEOPLE

VERIFY = "/kiem-tra-chu-ky"
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "vi"), ("*", "vi"), ("vi-VN,vi;q=0.9,en;q=0.8", "vi"), ("en-US,en,vi;q=0.8", "vi"),
        ("en-US,en;q=0.9", "en"), ("fr-FR", "en"), ("en, vi;q=0", "en"), (";;,=,q", "en"),
    ],
)  # fmt: skip
def test_who_reads_vietnamese_at_all_gets_the_text_that_counts(
    accepted: str, language: str
) -> None:
    assert wished(accepted) == language


def test_a_visitor_reads_in_the_language_of_the_browser(browsing: Browsing) -> None:
    english = browsing.client.get(VERIFY, headers=ENGLISH)
    assert '<html lang="en">' in english.text
    assert english.headers["content-language"] == "en"
    assert "Accept-Language" in english.headers["vary"]
    assert '<html lang="vi">' in browsing.get(VERIFY).text


def test_an_officer_works_in_vietnamese_until_they_choose_otherwise(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert '<html lang="vi">' in browsing.client.get("/viec-cua-toi", headers=ENGLISH).text
    back = "/so-van-ban?nam=2022"
    chosen = browsing.post("/ngon-ngu", language="en", back=back)
    assert (chosen.status_code, chosen.headers["location"]) == (303, back)
    assert '<html lang="en">' in browsing.get(back).text
    browsing.post("/ngon-ngu", language="vi")
    assert '<html lang="vi">' in browsing.get(back).text


def test_a_choice_leads_nobody_away_and_is_made_by_our_own_pages_alone(browsing: Browsing) -> None:
    token = token_in(browsing.get(VERIFY))
    for away in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", ""):
        sent = {"language": "en", "back": away, "csrf": token}
        assert browsing.client.post("/ngon-ngu", data=sent).headers["location"] == "/"
    browsing.client.cookies.delete("trinhky_language")
    for wrong in ({"csrf": "khac"}, {"csrf": token, "language": "tlh"}):
        answer = browsing.client.post("/ngon-ngu", data={"language": "en", "back": VERIFY, **wrong})
        assert answer.status_code in (403, 422)
        assert "trinhky_language" not in browsing.client.cookies


def test_a_page_that_answers_a_form_leads_back_to_one_that_opens(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    refused = browsing.post("/tai-khoan/mat-khau", current="x", new="y", again="z")
    assert refused.status_code in (403, 422)
    assert 'name="back" value="/tai-khoan/mat-khau"' in refused.text
    unknown = browsing.post("/van-ban/khong-co/quyet-dinh/gi", revision="1")
    assert 'name="back" value="/van-ban' in unknown.text


def test_a_crash_and_a_missing_page_speak_the_language_of_the_reader(browsing: Browsing) -> None:
    missing = browsing.client.get("/khong-co-trang-nay", headers=ENGLISH)
    assert missing.status_code == 404
    assert '<html lang="en">' in missing.text
    assert "Không có trang này" in words_of(browsing.get("/khong-co-trang-nay"))


def test_days_and_figures_are_written_as_each_language_does() -> None:
    late = datetime(2022, 9, 20, 18, 5, tzinfo=UTC)
    assert (day(date(2022, 9, 1)), moment(late)) == ("1/9/2022", "01:05 ngày 21/9/2022")
    assert (figure(1234567.5), percent(0.42)) == ("1.234.567,5", "42%")
    speak(Language.EN)
    try:
        assert (day(date(2022, 9, 1)), moment(late)) == ("1 Sept 2022", "21 Sept 2022, 01:05")
        assert (figure(1234567.5), percent(0.42)) == ("1,234,567.5", "42%")
    finally:
        speak(Language.VI)


@pytest.mark.parametrize(
    ("count", "units", "refuse"),
    [(0, "units", "refuse"), (1, "unit", "refuses"), (21, "units", "refuse")],
)
def test_english_tells_one_from_many_wherever_a_text_is_filled_in(
    count: int, units: str, refuse: str
) -> None:
    page = make_templates().from_string("{{ _('%(n)s đơn vị', n=count) }}")
    assert page.render(count=count) == f"{count} đơn vị"
    speak(Language.EN)
    try:
        assert page.render(count=count) == f"{count} {units}"
        assert gettext("%(n)s đơn vị", n=count) == f"{count} {units}"
        of_a_room = said(f"{count} đơn vị từ chối tiếp nhận.")
        assert of_a_room == f"{count} {units} {refuse} to take it in."
    finally:
        speak(Language.VI)


def test_braces_that_somebody_wrote_stay_and_are_escaped() -> None:
    page = make_templates().from_string("{{ _('%(n)s đơn vị', n=written) }}")
    speak(Language.EN)
    try:
        assert page.render(written="<b>{một|hai}") == "&lt;b&gt;{một|hai} units"
    finally:
        speak(Language.VI)


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/don-doc/gio-yen-lang", {"begins": "", "ends": ""}, "“” is no time"),
        ("/don-doc/thu/reminder", {"subject": "x", "text": "x"}, "The text lacks the field"),
        ("/lich-lam-viec/sua/2022", {"first": "1900-01-01", "label": "x"}, "is no day of 2022"),
        ("/van-ban/bo-loc", {"name": " ", "query": "q=x"}, "characters"),
        ("/van-ban/{key}/y-kien", {"due": "", "question": ""}, "Answer due: "),
        ("/quan-tri/don-vi", {"name": "", "agency_id": "x", "address": "x"}, "Agency identifier"),
    ],
)  # fmt: skip
def test_a_refusal_is_english_as_a_whole_however_many_things_are_wrong(
    browsing: Browsing, path: str, fields: dict[str, str], said: str
) -> None:
    browsing.sign_in(PEOPLE.content_reviewer if "{key}" in path else "truong-my-linh")
    path = path.format(key=browsing.seeded.submitted("Ý kiến") if "{key}" in path else "")
    browsing.client.cookies.set(LANGUAGE_COOKIE, "en")
    kind = {"last": "", "kind": "nghỉ"} if "lich" in path else {}
    refused = browsing.post(path, **fields, **kind)
    browsing.client.cookies.delete(LANGUAGE_COOKIE)
    assert refused.status_code == 422
    found = re.search(r'<(p|div) class="notice bad".*?</\1>', refused.text, re.DOTALL)
    assert found is not None
    words = re.sub("<[^>]+>", " ", found[0])
    assert said in words
    assert not VIETNAMESE.search(words.replace("“{danh_muc}”", "")), words
