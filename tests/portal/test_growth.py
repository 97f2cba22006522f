"""Pages of an office that grows: the same statements, and no walk through all that there is."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing

import pytest

from actions.incoming.showing import FILTERS, list_papers
from actions.listing.papers import counts, page_of_papers
from actions.registers.books import book, span_of
from actions.registers.looking import LINES, leaf
from bench import portal_mass
from bench.portal_pages import PAGES, Page
from bench.portal_steps import Cost, costs
from documents.content import DirectiveContent
from models.base import DirectiveId
from models.session import Database
from tests.portal.seeded import Seeded
from wiring.bootstrap import Office, open_office
from wiring.demo_draft import PEOPLE
from wiring.settings import load_settings

SMALL, MORE = 150, 900
SLACK = 30_000
"""Steps: a page of a small office may not be full."""
LOOKING_THROUGH = (
    "/theo-doi/cac-don-vi", "/theo-doi/bieu-do", "/van-ban-den?q=uy+ban",
)  # fmt: skip
"""They count what was due within a period, or what has a word, and grow with what there is."""
ASKED = [one for one in PAGES if "{" not in one.path.replace("{issued}", "")
         and one.path != "/api/docs" and one.path.partition("?")[0] != "/van-ban"]  # fmt: skip


class Grown:
    """An office before and after it grew seven times, with what each page cost."""

    def __init__(
        self, office: Office, issued: DirectiveId, content: DirectiveContent, pdf: str
    ) -> None:
        self.office = office
        self._names = {"issued": str(issued)}
        self._content, self._pdf = content, pdf
        self.small = self._costs(SMALL, 10_000)
        self.large = self._costs(MORE, 20_000)

    def _costs(self, size: int, base: int) -> dict[Page, Cost]:
        portal_mass.fill(
            self.office.database, size=size, now=self.office.clock(), content=self._content,
            pdf=self._pdf, mail=self._pdf, base=base,
        )  # fmt: skip
        return costs(self.office, self._names, ASKED)

    def asked_again(self, pages: Sequence[Page]) -> dict[Page, Cost]:
        return costs(self.office, self._names, pages) if pages else {}

    @property
    def database(self) -> Database:
        return self.office.database


@pytest.fixture(scope="module")
def grown(
    seeded: Seeded, issued: DirectiveId, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grown]:
    folder = tmp_path_factory.mktemp("grown") / "office"
    home = seeded.office.settings.home
    shutil.copytree(home, folder, ignore=shutil.ignore_patterns("office.sqlite*"))
    with (
        closing(sqlite3.connect(home / "office.sqlite")) as ours,
        closing(sqlite3.connect(folder / "office.sqlite")) as copy,
    ):
        ours.backup(copy)
    settings = load_settings({"TRINHKY_FOLDER": str(folder), "TRINHKY_CLOCK": "simulated"})
    pdf = seeded.directive(issued).sealed_sha256 or ""
    with open_office(settings) as office:
        yield Grown(office, issued, seeded.content(issued), pdf)


def test_a_page_asks_as_often_of_a_large_office_as_of_a_small_one(grown: Grown) -> None:
    def grew(pages: Iterable[Page], large: Mapping[Page, Cost]) -> dict[Page, tuple[int, int]]:
        asked = {page: (grown.small[page].statements, large[page].statements) for page in pages}
        return {page: (few, many) for page, (few, many) in asked.items() if many > few}

    # What the portal did of itself at that moment was counted too: asked again, it is not there.
    more = list(grew(ASKED, grown.large))
    assert not grew(more, grown.asked_again(more))


def test_no_page_walks_through_all_that_there_is(grown: Grown) -> None:
    walked = {
        page.label: (grown.small[page].steps, grown.large[page].steps)
        for page in ASKED
        if page.path not in LOOKING_THROUGH
        and grown.large[page].steps > 2 * grown.small[page].steps + SLACK
    }
    assert not walked


def test_filters_of_incoming_papers_find_in_the_database_what_they_say(grown: Grown) -> None:
    at = grown.office.clock()
    for who in (PEOPLE.drafter, PEOPLE.clerk):
        with grown.database.reading() as session:
            every = list_papers(session, officer_id=who, at=at)
            expected = Counter(key for one in every for key in one.filters)
            assert expected["qua-han"] > 0
            assert counts(session, officer_id=who, at=at) == {key: expected[key] for key in FILTERS}
            for key in FILTERS:
                first = page_of_papers(
                    session, officer_id=who, at=at, chosen=key, after=None, limit=20
                )
                wanted = {one.document.id for one in every if key in one.filters}
                assert {one.document.id for one in first.items} <= wanted
                assert len(first.items) == min(20, len(wanted))


@pytest.mark.parametrize("key", ["outgoing", "incoming", "follow_up", "postal"])
def test_a_register_is_read_back_from_its_end_without_a_line_lost(grown: Grown, key: str) -> None:
    with grown.database.reading() as session:
        span = span_of(session, "2021", grown.office.clock().date())
        whole = [one.cells for one in book(key).lines(session, span, span.last)]
        read: list[tuple[str, ...]] = []
        before = None
        for _ in range(len(whole) // LINES + 1):
            found = leaf(session, key, span, before=before)
            assert found.count == len(whole)
            read[:0] = [one.cells for one in found.lines]
            before = found.before
        assert before is None
        assert read == whole
        assert whole or key == "postal"
