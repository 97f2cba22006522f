"""A stranger's file shown by a process with limits: its pages, and where signatures stand."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from signing.viewing.shapes import Place
from signing.viewing.transport import load_outline
from signing.viewing.viewing import Viewing
from signing.worker import Limits
from tests.signing import makers
from tests.signing.attacks import letter

LIAR = "tests.signing.compare.liar:Liar"


@pytest.fixture(scope="module")
def viewing() -> Iterator[Viewing]:
    with Viewing() as one:
        yield one


def test_marks_of_signatures_are_told_in_thousandths_of_the_page(viewing: Viewing) -> None:
    found = viewing.outline(letter.sealed())
    assert found.fault is None
    assert found.sizes == ((595, 842),)
    # /Rect[200 100 290 190] of a page 595 by 842 points, from its top left corner.
    seal = found.places[-1]
    assert abs(seal.left - 200 / 0.595) <= 2
    assert abs(seal.top - (842 - 190) / 0.842) <= 2
    assert abs(seal.width - 90 / 0.595) <= 2
    assert abs(seal.height - 90 / 0.842) <= 2


def test_a_turned_page_has_its_marks_where_they_are_seen(viewing: Viewing) -> None:
    turned = makers.base(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Rotate 90/Annots[4 0 R]>>",
            4: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(A)/Rect[0 0 50 20]/P 3 0 R/F 4>>",
        }
    )
    found = viewing.outline(turned)
    assert found.sizes == ((100, 200),)
    assert found.places == (Place("A", 1, 0, 0, 200, 250),)


def test_the_page_of_the_file_as_signed_is_drawn_from_its_front(viewing: Viewing) -> None:
    signed, sealed = letter.signed(), letter.sealed()
    whole = viewing.picture(sealed, 1)
    front = viewing.picture(sealed, 1, length=len(signed))
    assert front == viewing.picture(signed, 1)
    assert front != whole
    assert Image.open(io.BytesIO(whole)).size == (827, 1170)


@pytest.mark.parametrize("page", [2, 0x7FFFFFFF])
def test_a_page_that_is_not_there_is_no_picture(viewing: Viewing, page: int) -> None:
    assert viewing.picture(letter.signed(), page) == b""


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"\0" * 4000])
def test_rubbish_has_no_pages_and_says_so(viewing: Viewing, content: bytes) -> None:
    found = viewing.outline(content)
    assert found.fault is not None
    assert (found.count, found.places) == (0, ())
    assert viewing.picture(content, 1) == b""


def test_a_file_over_the_limit_is_not_sent_to_the_process() -> None:
    with Viewing(limits=Limits(file_bytes=10), entry="no.such:Thing") as one:
        found = one.outline(b"x" * 11)
    assert found.fault is not None
    assert found.fault.code == "too_large"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"count":1,"sizes":[],"places":[],"fault":false}',
        b'{"count":1,"sizes":[[595,842]],"places":[["A",2,0,0,1,1]],"fault":false}',
        b'{"count":1,"sizes":[[595,842]],"places":[["A",1,900,0,200,1]],"fault":false}',
        b'{"count":1,"sizes":[[595,-842]],"places":[],"fault":false}',
        b'{"count":1,"sizes":[[595,842]],"places":[[7,1,0,0,1,1]],"fault":false}',
        b'{"count":1,"sizes":[[595,true]],"places":[],"fault":false}',
    ],
)
def test_what_a_file_that_took_the_process_over_says_is_believed_only_in_shape(
    answer: bytes,
) -> None:
    with pytest.raises(ValueError, match=r".*"):
        load_outline(answer)
    with Viewing(entry=LIAR) as lying:
        assert lying.outline(answer).fault is not None


def test_a_picture_that_is_none_is_not_passed_on() -> None:
    with Viewing(entry=LIAR) as lying:
        assert lying.picture(b"<script>alert(1)</script>", 1) == b""
