"""WCAG 2.2 AA on every page by axe-core; no page asks anything of elsewhere.

Each page once, turn about on a wide screen and on a telephone; `make soak` takes every page on
both, and those that differ by role before each role.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from models.base import DirectiveId
from portal.app import make_app
from portal.identity import SESSION_COOKIE
from portal.pages.sign_in import STEP_COOKIE
from tests.browser.conftest import Visitor, aside
from tests.portal.all_pages import CHECKED, Visit, pages, visits
from tests.portal.browsing import Browsing, TestClient
from tests.portal.seeded import Seeded
from tests.portal.test_outsiders import real_names
from tests.signing import makers
from tests.signing.attacks import content, letter

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PARTS = 4
WIDE, NARROW = (1440, 900), (360, 740)
RUN = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
}).then(found => found.violations.map(one => one.id + ": " + one.help + " " +
  one.nodes.slice(0, 4).map(node => node.html.slice(0, 140)).join(" | ")))"""


def reach(seeded: Seeded, issued: DirectiveId, *, by_everybody: bool) -> list[Visit]:
    """Every page but results of checks."""

    def found() -> list[Visit]:
        names = real_names(seeded, issued)
        app = make_app(seeded.office, nudge=seeded.machine)
        with TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
            return visits(Browsing(seeded, client), seeded, names, by_everybody=by_everybody)

    return aside(found)


@pytest.fixture(scope="module")
def reached(seeded: Seeded, issued: DirectiveId) -> list[Visit]:
    return reach(seeded, issued, by_everybody=False)


@pytest.fixture
def wide(browser: Browser, served: str) -> Iterator[Visitor]:
    # The policy of our pages lets no foreign script in; for axe it is set aside.
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="vi-VN", bypass_csp=True
    )
    visitor = Visitor(context.new_page(), served)
    yield visitor
    context.close()
    assert visitor.complaints == []


def wrongs(page: Page, *sizes: tuple[int, int]) -> list[str]:
    """What axe finds on the page at windows of these sizes, wide and narrow unless told."""
    found: list[str] = []
    page.add_script_tag(path=AXE)
    for width, height in sizes or (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {one}" for one in page.evaluate(RUN)]
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(wider) > 0:
            found.append(f"{width}: wider than the window")
    return found


def sessions(seeded: Seeded) -> dict[str, str]:
    """The sessions that reaching the pages has left, by officer."""
    day = seeded.office.clock()
    return {name: token for (name, at), token in seeded.sessions.items() if at == day}


def test_no_page_is_left_out(reached: list[Visit]) -> None:
    assert {one.path for one in pages()} == {one.route for one in reached} | CHECKED


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_can_be_read_by_everybody(
    wide: Visitor, seeded: Seeded, reached: list[Visit], part: int
) -> None:
    turns = [(visit, [(WIDE, NARROW)[at % 2]]) for at, visit in enumerate(reached)]
    assert walked(wide, sessions(seeded), turns[part::PARTS]) == {}


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_every_page_can_be_read_by_everybody_whatever_their_role_and_screen(
    wide: Visitor, seeded: Seeded, issued: DirectiveId
) -> None:
    everywhere = reach(seeded, issued, by_everybody=True)
    assert walked(wide, sessions(seeded), [(one, [WIDE, NARROW]) for one in everywhere]) == {}


def walked(
    wide: Visitor, tokens: dict[str, str], turns: list[tuple[Visit, list[tuple[int, int]]]]
) -> dict[str, list[str]]:
    """What is wrong, by page and reader."""
    found = {}
    for visit, sizes in turns:
        wide.page.context.clear_cookies()
        kept = {SESSION_COOKIE: tokens[visit.reader]} if visit.reader else {STEP_COOKIE: "x"}
        wide.page.context.add_cookies(
            [{"name": name, "value": value, "url": wide.url} for name, value in kept.items()]
        )
        answer = wide.page.goto(wide.url + visit.path)
        assert answer is not None
        assert answer.status == 200, visit
        said = wrongs(wide.page, *sizes)
        if said:
            found[f"{visit.route} by {visit.reader or 'a visitor'}"] = said
    return found


def test_results_of_checks_can_be_read_by_everybody(
    wide: Visitor, seeded: Seeded, issued: DirectiveId, tmp_path: Path
) -> None:
    good, bad = tmp_path / "96-HD-BTGTU.pdf", tmp_path / "sua.pdf"
    good.write_bytes(aside(lambda: seeded.pdf(issued)))
    forged = makers.stream(letter.TEXT.replace(b"100 dong", b"900 dong"))
    bad.write_bytes(content.append(letter.signed(), {letter.CONTENT: forged}))
    found: dict[str, Any] = {}
    wide.open("/kiem-tra-chu-ky")
    wide.page.set_input_files("#tep", [str(good), str(bad)])
    wide.page.click("form.drop button")
    wide.page.locator(".checked-files .row").first.wait_for()
    found["list"] = wrongs(wide.page)
    for at in (0, 1):
        wide.page.set_viewport_size({"width": 1440, "height": 900})
        wide.page.locator(".checked-files .row a").nth(at).click()
        wide.page.wait_for_selector(".band")
        found[f"result {at}"] = wrongs(wide.page)
        if at == 0:
            wide.page.locator(".compare-link a").first.click()
            wide.page.wait_for_selector(".compared, .which")
            found["compared"] = wrongs(wide.page)
            wide.page.go_back()
        wide.page.go_back()
    assert {name: said for name, said in found.items() if said} == {}
