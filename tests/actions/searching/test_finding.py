"""Directives are found by words, state, kind, unit and date; nobody finds another office's."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.access import officer_actor
from actions.cancelling import cancel
from actions.errors import InvalidInputError
from actions.listing.sight import Reader
from actions.search_words import keep_words
from actions.searching import finding
from actions.searching.finding import Filters, count, find, number_of
from actions.searching.terms import MOST_TERMS, Terms
from actions.searching.units import MOST_NAMED, unit_meant
from documents.content import Paragraph
from models.base import DirectiveId
from models.directive import Directive, Revision
from models.dispatch import Consignment
from models.lifecycle import DirectiveState
from models.officer import Role
from models.organisation import Organisation
from tests.support.factories import organisation
from tests.support.front import Front, with_content

DAY = date(2022, 9, 20)


@contextmanager
def reading(front: Front, officer: str = "drafter") -> Iterator[Reader]:
    with front.desk.database.reading() as session:
        yield Reader(session=session, actor=officer_actor(session, officer, DAY), day=DAY)


def found(front: Front, filters: Filters | str) -> set[DirectiveId]:
    asked = Filters(terms=Terms.read(filters)) if isinstance(filters, str) else filters
    with reading(front) as reader:
        page = find(reader, asked, after=None, limit=200)
        assert number_of(reader, asked) == len(page.items)
        return {one.id for one in page.items}


def test_words_are_found_without_marks_case_and_order_and_quoted_ones_as_they_stand(
    front: Front,
) -> None:
    one = front.start(with_content(title="Hướng dẫn chuyển đổi số",
                                   opening=(Paragraph(text="Khu vực Đơn Dương"),)))  # fmt: skip
    other = front.start(with_content(title="Số liệu đổi mới, chuyển dịch"))
    for typed in ("huong dan chuyen doi so", "HƯỚNG DẪN", "đơn dương chuyển đổi", "don duo",
                  "dương đơn", '"chuyển đổi số"', "“Chuyển đổi số” dan", "khu-vuc"):  # fmt: skip
        assert one in found(front, typed), typed
    assert found(front, "chuyen doi so") == {one, other}
    assert found(front, '"chuyen doi so"') == {one}
    assert found(front, '"chuyen doi" "doi so"') == {one}
    assert found(front, "khongcogi") == set()
    assert found(front, '"duong do"') == set(), "a quoted word is whole"


def test_a_number_is_found_as_it_is_printed_and_in_parts(front: Front) -> None:
    key, other = front.numbered(), front.start()
    for typed in ("96-HD/BTNTU", "96", "96-hd", "96/HD"):
        assert found(front, typed) == {key}, typed
    assert found(front, "HD/BTNTU") == {key, other}
    assert found(front, "69-HD/BTNTU") == set()


def test_units_are_found_by_name_in_words_and_by_filter_through_their_groups(front: Front) -> None:
    key = front.start()
    assert found(front, '"huyen uy a"') == {key}
    through = Filters(unit="huyen-b")
    assert found(front, through) == {key}
    assert found(front, Filters(unit="tinh-uy")) == {key}
    assert found(front, Filters(unit="khong-co")) == set()
    assert found(front, Filters(unit='%"')) == set()
    front.change(lambda session: session.get_one(Directive, key).__setattr__("state", "issued"))
    assert found(front, through) == set(), "once issued, what was sent counts"
    front.change(lambda session: session.add(Consignment(
        id=uuid.uuid4(), key="k", directive_id=key, revision=1, organisation_id="huyen-b",
        role="know", lines=[2], channel="smtp", address="b@x", message_id="<k@x>",
        planned_at=front.clock(),
    )))  # fmt: skip
    assert found(front, through) == {key}


def test_state_kind_and_date_narrow_what_words_let_through(front: Front) -> None:
    drafted, given_up = front.start(), front.numbered()
    cancel(front.desk, front.signatory, given_up, reason="Thôi")
    kind = front.start(with_content(doc_type="Kế hoạch", symbol="KH/BTNTU"))
    everything = Filters(terms=Terms.read("ban thu nghiem"))
    assert found(front, everything) == {drafted, given_up, kind}
    narrowed = {
        "states": (frozenset({DirectiveState.CANCELLED}), {given_up}),
        "doc_type": ("Kế hoạch", {kind}),
        "since": (DAY, {given_up}),
        "until": (date(2022, 9, 1), set()),
        "number": ("96-HD/BTNTU", {given_up}),
    }
    for name, (value, expected) in narrowed.items():
        assert found(front, replace(everything, **{name: value})) == expected, name
    assert found(front, Filters(states=frozenset())) == set()
    with reading(front) as reader:
        counts = count(reader, everything)
    assert (counts.by_state, counts.is_more) == ({"drafting": 2, "cancelled": 1}, False)
    assert counts.of({DirectiveState.DRAFTING, DirectiveState.CLOSED}) == 2


def test_nobody_finds_what_the_list_does_not_show_them(front: Front) -> None:
    key = front.start()
    front.change(lambda session: setattr(
        session.get_one(Directive, key), "organisation_id", "tinh-uy"))  # fmt: skip
    for officer in (Role.DRAFTER, Role.AUDITOR, Role.ADMINISTRATOR):
        with reading(front, front.office.officer(officer)) as reader:
            for filters in (Filters(), Filters(terms=Terms.read("huong dan"))):
                assert find(reader, filters, after=None, limit=9).items == []
                assert number_of(reader, filters) == 0


def test_pages_follow_each_other_whatever_is_added_meanwhile(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for _ in range(5):
        made.append(front.start())
        front.clock.advance(minutes=1)
    asked = Filters(terms=Terms.read("huong dan"))
    seen: list[DirectiveId] = []
    after: str | None = None
    for _ in range(3):
        with reading(front) as reader:
            page = find(reader, asked, after=after, limit=2)
        seen += [one.id for one in page.items]
        after = page.next
        front.start()
    assert (seen, after) == (made[::-1], None)
    with reading(front) as reader:
        for wrong in ("x", "é", "W10", "A" * 600):
            with pytest.raises(InvalidInputError):
                find(reader, asked, after=wrong, limit=2)
        monkeypatch.setattr(finding, "COUNTED", 4)
        assert number_of(reader, asked) == 5  # of eight
        counts = count(reader, asked)
    assert (counts.is_more, counts.of(list(DirectiveState))) == (True, None)


NASTY = st.text(alphabet=st.sampled_from("ab1eđ\"'*^:()-+{}&|!<>~%_\\\x00 \t“”,;/.Ω"), max_size=40)


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(NASTY | st.sampled_from(("NEAR(a b)", "a AND", "OR NOT", 'words:a"', "* *", "a:*b", "')--")))
def test_nothing_that_is_typed_is_more_than_words(front: Front, typed: str) -> None:
    with reading(front) as reader:
        asked = Filters(terms=Terms.read(typed))
        assert list(find(reader, asked, after=None, limit=5).items) == []
        assert number_of(reader, asked) == 0


TOKENS = st.lists(st.text(alphabet="a1e0x.-đô", min_size=1, max_size=9), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(TOKENS)
def test_what_was_written_is_found_by_its_own_words(front: Front, tokens: list[str]) -> None:
    written = " ".join(tokens)
    terms = Terms.read(f'"{written}"')
    if not terms:
        return
    with front.desk.database.writing() as session:
        at, key = front.clock(), DirectiveId(uuid.uuid4())
        session.add(Directive(
            id=key, organisation_id="ban", regime="party", doc_type="Q", subject=written,
            symbol="", drafter_id="drafter", created_at=at, updated_at=at,
        ))  # fmt: skip
        session.flush()
        session.add(Revision(directive_id=key, ordinal=1, content={}, content_sha256="",
                             created_by="drafter", created_at=at))  # fmt: skip
        session.flush()
        keep_words(session, session.get_one(Directive, key))
        reader = Reader(session=session, actor=front.drafter, day=DAY)
        asked = (terms, Terms.read(written))
        for one in asked:
            page = find(reader, Filters(terms=one), after=None, limit=200)
            assert key in {it.id for it in page.items}, one
        session.rollback()


def test_what_is_typed_is_cut_where_it_is_endless() -> None:
    many = Terms.read("a " * 5000)
    assert len(many.phrases) == MOST_TERMS
    assert not Terms.read('"" * ^ “ ”')
    assert Terms.read("96-HD/BTGTU").phrases == (("96", "hd", "btgtu"),)
    assert not Terms.read("a b").begins, "one letter begins too much"


def test_a_typed_unit_is_meant_by_name_short_name_and_part_and_asked_back_where_several_are(
    front: Front,
) -> None:
    def several(session: object) -> None:
        for place in range(MOST_NAMED + 1):
            organisation(session, f"xa-{place}", f"Xã Đông {place}")  # type: ignore[arg-type]

    front.change(several)
    front.change(lambda session: session.get_one(Organisation, "so-tt").__setattr__(
        "abbreviation", "STTTT"))  # fmt: skip
    with reading(front) as reader:
        for typed in ("so-tt", "sở thông tin và truyền thông", "SO THONG TIN", "stttt"):
            meant = unit_meant(reader, typed).unit
            assert meant is not None, typed
            assert meant.id == "so-tt"
        many = unit_meant(reader, "xa dong")
        assert (many.unit, len(many.others), many.is_more) == (None, MOST_NAMED, True)
        few = unit_meant(reader, "huyện ủy")
        assert [one.id for one in few.others] == ["huyen-a", "huyen-b"]
        assert unit_meant(reader, "xa dong 3").unit is not None
        assert unit_meant(reader, "%").unit is None
        assert unit_meant(reader, " ").others == ()
