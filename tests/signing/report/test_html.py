"""The page: every word escaped, every term explained without a script."""

import re
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from signing.glossary import CODES, TERMS
from signing.language import Language
from signing.report import to_html
from signing.words import RULES, finding
from tests.signing.report.made import OFFICER, SEAL, nasty, report
from tests.signing.report.test_languages import VIETNAMESE


class Outline(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("language", Language)
def test_what_strangers_wrote_makes_no_tag_and_no_attribute(language: Language) -> None:
    plain = Outline(to_html(report(signatures=(OFFICER,)), language))
    hostile = Outline(to_html(nasty(), language))
    assert set(hostile.tags) <= {*plain.tags, "li", "ul", "details", "summary"}
    assert "script" not in hostile.tags
    names = {name for name, _ in hostile.attributes}
    assert not [name for name in names if name.startswith("on") or name == "src"]


def test_links_lead_to_terms_on_the_page_and_nowhere_else() -> None:
    page = Outline(to_html(report(signatures=(OFFICER, SEAL))))
    ids = {value for name, value in page.attributes if name == "id"}
    links = {value for name, value in page.attributes if name == "href"}
    assert links
    assert links <= {f"#{one}" for one in ids}
    assert ids == set(TERMS)


@pytest.mark.parametrize("code", RULES)
def test_every_finding_opens_its_explanation(code: str) -> None:
    names = dict.fromkeys(re.findall(r"{(\w+)}", RULES[code].template), "x")
    page = to_html(report(finding(code, **names)))
    assert f"<p>{CODES[code].meaning.vi}</p>" in page.replace("&quot;", '"')
    assert f"<code>{code}</code>" in page


def test_the_verdict_comes_before_everything_else() -> None:
    page = to_html(report(signatures=(OFFICER,)))
    assert page.index("Chữ ký hợp lệ") < page.index("<article>") < page.index("Diễn biến")


def test_an_english_page_has_no_vietnamese_but_names() -> None:
    mute = report(finding("unsigned"))
    page = to_html(mute, Language.EN)
    assert '<html lang="en">' in page
    sourced = re.sub(r"Source: [^<]*", "", page)
    assert not VIETNAMESE.search(sourced), VIETNAMESE.search(sourced)


def test_the_banner_is_there_for_test_certificates_and_said_once() -> None:
    tried = report(finding("test_certificates"), signatures=(OFFICER,), test_only=True)
    assert to_html(tried).count("THỬ NGHIỆM") == 1
    assert "THỬ NGHIỆM" not in to_html(report(signatures=(OFFICER,)))
    assert "TEST ONLY" in to_html(tried, Language.EN)
