"""The file as signed beside the file as received, in a process with limits."""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from pypdfium2 import PDFIUM_INFO

from signing.compare.comparing import Comparing
from signing.compare.shapes import WordChange
from signing.worker import Limits
from tests.signing import makers
from tests.signing.attacks import content, letter

FORGED = "9000"


@pytest.fixture(scope="module")
def comparing() -> Iterator[Comparing]:
    with Comparing() as one:
        yield one


def many_pages(count: int) -> bytes:
    """A file of equal sheets."""
    kids = b" ".join(b"%d 0 R" % (10 + at) for at in range(count))
    sheets = {
        10 + at: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 20 20]/Contents 4 0 R>>"
        for at in range(count)
    }
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        4: makers.stream(b"1 0 0 rg 2 2 5 5 re f"),
    }
    return makers.base({**objects, **sheets})


def test_a_file_to_which_nothing_visible_was_added_looks_the_same(comparing: Comparing) -> None:
    signed = letter.signed()
    evidenced = letter.add_evidence(signed)
    found = comparing.compare(evidenced, signed_length=len(signed))
    assert found.is_same
    assert (found.pages_before, found.pages_after) == (1, 1)


def test_a_later_seal_is_boxed_where_it_stands(comparing: Comparing) -> None:
    signed = letter.signed()
    (page,) = comparing.compare(letter.sealed(), signed_length=len(signed)).differences
    (box,) = page.boxes
    # /Rect[200 100 290 190] of a page 842 points high, at 100 pixels to the inch.
    scale = 100 / 72
    assert box.left >= 200 * scale - 1
    assert box.right <= 290 * scale + 1
    assert box.top >= (842 - 190) * scale - 1
    assert box.bottom <= (842 - 100) * scale + 1
    assert page.words == ()


def test_replaced_text_is_told_in_words_and_shown_side_by_side(comparing: Comparing) -> None:
    signed = letter.signed()
    forged = content.append(
        signed, {letter.CONTENT: makers.stream(letter.TEXT.replace(b"100 dong", b"900 dong"))}
    )
    (page,) = comparing.compare(forged, signed_length=len(signed)).differences
    assert (page.kind, page.before, page.after) == ("changed", 1, 1)
    assert page.words == (WordChange("100", "900"),)
    (box,) = page.boxes
    picture = Image.open(io.BytesIO(page.png)).convert("RGB")
    width = (picture.width - 3 * 24) // 2
    left, top = 24 + box.left, 24 + box.top
    frames = [picture.getpixel((left + shift - 4, top)) for shift in (0, width + 24)]
    assert frames == [(176, 30, 35), (176, 30, 35)]


@pytest.mark.parametrize(
    "change",
    [
        content.font_overridden,
        content.media_box_cut,
        content.resources_extended,
        content.annotation_stamp_direct,
        content.page_replaced_in_tree,
    ],
    ids=lambda one: one.__name__,
)
def test_what_changes_the_look_of_a_page_is_found(
    comparing: Comparing, change: Callable[[bytes], bytes]
) -> None:
    signed = letter.signed()
    (page,) = comparing.compare(change(signed), signed_length=len(signed)).differences
    assert page.kind == "changed"
    assert page.boxes


def test_added_and_removed_pages_are_told_by_their_numbers(comparing: Comparing) -> None:
    signed = letter.signed()
    longer = content.page_added(signed)
    (added,) = comparing.compare(longer, signed_length=len(signed)).differences
    assert (added.kind, added.before, added.after) == ("added", None, 2)
    shorter = content.append(longer, {letter.PAGES: b"<</Type/Pages/Kids[3 0 R]/Count 1>>"})
    (removed,) = comparing.compare(shorter, signed_length=len(longer)).differences
    assert (removed.kind, removed.before, removed.after) == ("removed", 2, None)


def test_a_page_put_in_front_leaves_the_others_as_they_were(comparing: Comparing) -> None:
    signed = letter.signed()
    new = makers.next_number(signed)
    written = {
        letter.PAGES: b"<</Type/Pages/Kids[%d 0 R 3 0 R]/Count 2>>" % new,
        new: letter.page(b"", b"%d 0 R" % (new + 1)),
        new + 1: makers.stream(b"0 0 50 50 re f"),
    }
    (only,) = comparing.compare(
        content.append(signed, written), signed_length=len(signed)
    ).differences
    assert (only.kind, only.after) == ("added", 1)


def test_pages_beyond_the_limit_are_told_and_not_called_alike(comparing: Comparing) -> None:
    base = many_pages(201)
    found = comparing.compare(makers.revise(base, {}), signed_length=len(base))
    assert found.differences == ()
    assert not found.is_same
    assert (found.pages_after, found.compared) == (201, 200)


def test_a_file_that_cannot_be_drawn_is_an_answer(comparing: Comparing) -> None:
    found = comparing.compare(b"%PDF-1.7\nnothing", signed_length=9)
    assert found.fault is not None
    assert found.fault.code == "pages_unreadable"
    assert not found.is_same


def test_a_page_of_a_mile_is_drawn_within_the_limit(comparing: Comparing) -> None:
    wide = makers.base(
        letter.objects(page=letter.page().replace(b"[0 0 595 842]", b"[0 0 14400000 14400]"))
    )
    found = comparing.compare(content.append(wide, {letter.NOTE: b"null"}), signed_length=len(wide))
    assert found.fault is None


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (b"sleep", "time_limit"),
        (b"grow", "resource_limit"),
        (b"kill", "resource_limit"),
        (b"end", "judge_ended"),
    ],
)
def test_a_process_that_a_file_brings_down_is_an_answer(deed: bytes, code: str) -> None:
    limits = Limits(memory_bytes=600 << 20, cpu_seconds=3, wall_seconds=3.0)
    with Comparing(limits=limits, entry="tests.signing.taken_over:TakenOver") as one:
        found = one.compare(deed, signed_length=1)
    assert found.fault is not None
    assert found.fault.code == code


def test_an_answer_that_is_no_comparison_is_refused() -> None:
    with Comparing(entry="tests.signing.compare.liar:Liar") as one:
        for lie in (b"x", b"{}", b'{"pages":[{"png":-5}]}\n', b'{"pages":[{"png":9}]}\n1'):
            found = one.compare(lie, signed_length=1)
            assert found.fault is not None
            assert found.fault.code == "report_refused"


def test_the_drawing_library_has_no_script_engine() -> None:
    assert not {"V8", "XFA"} & set(PDFIUM_INFO.flags)
