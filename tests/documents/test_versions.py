"""What differs between two versions, in words; and where quoted words are now."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.content import DirectiveContent, Paragraph, Regime, Section, SignatureBlock, Table
from documents.versions.comparing import Comparison, RowKind, compare
from documents.versions.placing import place
from documents.versions.points import Point, PointKind, points_of
from documents.versions.wording import Piece, PieceKind, changed_pieces
from tests.support.soon import soon

FIRST = "Các đơn vị tổ chức quán triệt nội dung Hội nghị đến toàn thể cán bộ, đảng viên."
SECOND = "Báo cáo kết quả thực hiện về Ban Tuyên giáo trước ngày 31/10/2022."
THIRD = "Đài Phát thanh và Truyền hình mở chuyên mục, chuyên trang về Hội nghị."


def content(*paragraphs: str, title: str = "Tuyên truyền kết quả Hội nghị") -> DirectiveContent:
    return DirectiveContent(
        regime=Regime.PARTY, doc_type="Hướng dẫn", parent_issuer="", issuer="Ban Tuyên giáo",
        symbol="HD/BTGTU", place="Đà Lạt", title=title,
        sections=(
            Section(
                label="I.", title="Nội dung", blocks=tuple(Paragraph(text=t) for t in paragraphs)
            ),
        ),
        signature=SignatureBlock(capacity_lines=(), position="TRƯỞNG BAN", name="Trần Văn A"),
    )  # fmt: skip


def compared(old: DirectiveContent, new: DirectiveContent) -> Comparison:
    return compare(points_of(old), points_of(new))


def kinds(found: Comparison) -> list[tuple[str, str]]:
    return [
        (row.kind.value, (row.new or row.old).place)  # type: ignore[union-attr]  # one is there
        for row in found.rows
        if row.kind is not RowKind.SAME
    ]


def test_the_same_version_differs_nowhere() -> None:
    found = compared(content(FIRST, SECOND), content(FIRST, SECOND))
    assert not found.differs
    assert found.words == ""


def test_a_changed_paragraph_tells_the_words_and_not_the_whole() -> None:
    later = SECOND.replace("31/10/2022", "15/11/2022")
    found = compared(content(FIRST, SECOND), content(FIRST, later))
    assert kinds(found) == [("changed", "mục I, đoạn 2")]
    changed = next(row for row in found.rows if row.kind is RowKind.CHANGED)
    assert [piece for piece in changed.pieces if piece.kind is not PieceKind.SAME] == [
        Piece(PieceKind.REMOVED, "31/10/2022"),
        Piece(PieceKind.ADDED, "15/11/2022"),
    ]
    assert "".join(piece.text for piece in changed.before) == SECOND
    assert "".join(piece.text for piece in changed.after) == later
    assert found.words == "1 chỗ sửa"


@pytest.mark.parametrize(
    ("old", "later"),
    [
        ("Làm đúng quy định.", "Làm đúng Quy định số 100-QĐ/TU."),
        ("Theo Quy định số 100-QĐ/TU, báo cáo.", "Theo Quy định, báo cáo."),
        ("Một, hai", "Một hai"),
    ],
)
def test_each_column_has_the_blanks_of_its_own_text(old: str, later: str) -> None:
    (changed,) = (row for row in compared(content(old), content(later)).rows if row.pieces)
    assert "".join(piece.text for piece in changed.before) == old
    assert "".join(piece.text for piece in changed.after) == later


def test_added_and_removed_paragraphs_leave_their_neighbours_alone() -> None:
    assert kinds(compared(content(FIRST, SECOND), content(FIRST, THIRD, SECOND))) == [
        ("added", "mục I, đoạn 2")
    ]
    assert kinds(compared(content(FIRST, THIRD, SECOND), content(FIRST, SECOND))) == [
        ("removed", "mục I, đoạn 2")
    ]


@pytest.mark.parametrize("moved", [THIRD, THIRD.replace("chuyên trang", "phóng sự")])
def test_a_paragraph_that_stands_elsewhere_has_moved(moved: str) -> None:
    found = compared(content(FIRST, SECOND, THIRD), content(moved, FIRST, SECOND))
    assert kinds(found) == [("moved", "mục I, đoạn 1")]
    row = next(row for row in found.rows if row.kind is RowKind.MOVED)
    assert row.old is not None
    assert row.old.place == "mục I, đoạn 3"
    assert bool(row.pieces) is (moved != THIRD)


def test_subject_tables_and_headings_are_compared_too() -> None:
    table = Table(header=("Đơn vị", "Chỉ tiêu"), rows=(("Đà Lạt", "10"), ("Bảo Lộc", "8")))
    other = replace(table, rows=(("Đà Lạt", "12"), ("Bảo Lộc", "8")))

    def with_table(title: str, heading: str, rows: Table) -> DirectiveContent:
        blocks = (Paragraph(text=FIRST), rows)
        parts = (Section(label="I.", title=heading, blocks=blocks),)
        return replace(content(FIRST, title=title), sections=parts)

    old = with_table("Tuyên truyền", "Nội dung", table)
    new = with_table("Tuyên truyền Hội nghị", "Nội dung chính", other)
    assert kinds(compared(old, new)) == [
        ("changed", "trích yếu"),
        ("changed", "mục I, tiêu đề"),
        ("changed", "mục I, bảng, hàng 1"),
    ]


def test_the_number_of_a_part_without_a_title_is_told_from_a_heading() -> None:
    bare = (Section(label="1.", title="", blocks=(Paragraph(text=FIRST),)),)
    parts = (Section(label="I.", title="Nội dung", blocks=bare),)
    points = points_of(replace(content(), sections=parts))
    assert [point.text for point in points if point.is_bare_number] == ["1."]


def test_blanks_and_line_ends_alone_are_no_difference() -> None:
    assert not compared(content("Một  hai\nba"), content("Một hai ba ")).differs


WORDS = st.lists(
    st.sampled_from(("báo", "cáo", "trước", "31/10/2022", ",", ".", "về", "Ban")), max_size=12
)
TEXTS = st.lists(WORDS.map(" ".join), max_size=6)


@given(old=TEXTS, new=TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_word_of_both_versions_is_told(old: list[str], new: list[str]) -> None:
    found = compared(content(*old), content(*new))
    told_old = [row.old.text for row in found.rows if row.old]
    told_new = [row.new.text for row in found.rows if row.new]
    assert sorted(told_old) == sorted(point.text for point in points_of(content(*old)))
    assert told_new == [point.text for point in points_of(content(*new))]
    for row in found.rows:
        if row.pieces and row.old and row.new:
            after = "".join(piece.text for piece in row.after)
            assert after.split() == row.new.text.split()
            before = "".join(piece.text for piece in row.before)
            assert "".join(before.split()) == "".join(row.old.text.split())


def test_a_text_of_many_thousand_words_is_compared_in_a_moment() -> None:
    long = " ".join(f"từ{number}" for number in range(6_000))
    pieces = changed_pieces(long, long.replace("từ3000 ", "khác "))
    assert [piece.text.strip() for piece in pieces[1:3]] == ["từ3000", "khác"]
    many = content(*(f"Đoạn số {number} về việc chung" for number in range(800)))
    other = content(*(f"Điểm số {number} về việc khác" for number in range(800)))
    assert compared(many, other).differs


def where(quote: str, old: DirectiveContent, new: DirectiveContent) -> tuple[str | None, bool]:
    points, newer = points_of(old), points_of(new)
    origin = next(point for point in points if quote in point.text)
    found = place(quote, origin=origin, new=newer, comparison=compare(points, newer))
    return (None if found.point is None else newer[found.point].place, found.is_kept)


def test_a_quotation_stays_on_its_words_while_they_are_there() -> None:
    old = content(FIRST, SECOND)
    quote = "trước ngày 31/10/2022"
    assert where(quote, old, content(FIRST, SECOND)) == ("mục I, đoạn 2", True)
    edited = SECOND.replace("kết quả thực hiện", "kết quả")
    assert where(quote, old, content(FIRST, THIRD, edited)) == ("mục I, đoạn 3", True)
    assert where(SECOND, old, content(SECOND, FIRST)) == ("mục I, đoạn 1", True)


def test_a_quotation_whose_words_are_gone_says_so() -> None:
    old = content(FIRST, SECOND)
    quote = "trước ngày 31/10/2022"
    changed = SECOND.replace("31/10/2022", "15/11/2022")
    assert where(quote, old, content(FIRST, changed)) == ("mục I, đoạn 2", False)
    assert where(quote, old, content(FIRST)) == (None, False)


def test_places_tell_points_apart() -> None:
    twice = replace(
        content(FIRST),
        sections=tuple(
            Section(label="1.", title="Hai lần", blocks=(Paragraph(text=t),))
            for t in (FIRST, SECOND)
        ),
    )
    places = [point.place for point in points_of(twice)]
    assert len(places) == len(set(places))
    assert Point(place="mục 1, đoạn 1 (2)", kind=PointKind.PARAGRAPH, text=SECOND, depth=1) in (
        points_of(twice)
    )


def pages_of_words(seed: int, *, pages: int = 60, words: int = 1_500) -> list[Point]:
    """Long points whose words are mixed anew by each seed."""
    mix = random.Random(seed)  # noqa: S311 (no secret)
    known = f"{FIRST} {SECOND} {THIRD}".split()
    return [
        Point(
            kind=PointKind.PARAGRAPH, place=f"đoạn {at}", text=" ".join(mix.choices(known, k=words))
        )
        for at in range(pages)
    ]


def test_sixty_pages_that_have_nothing_in_common_are_compared_at_once() -> None:
    old, new = pages_of_words(1), pages_of_words(2)
    with soon():
        found = compare(old, new)
    assert found.differs
    assert len([row for row in found.rows if row.new]) == len(new)


def test_of_long_papers_a_changed_page_is_still_known_again_at_its_place() -> None:
    old = pages_of_words(1)
    new = [replace(point, text=point.text.replace("quán", "nắm")) for point in old]
    assert {row.kind for row in compare(old, new).rows} == {RowKind.CHANGED}
    moved = [old[-1], *old[:-1]]
    assert compare(old, moved).count(RowKind.MOVED) == 1
