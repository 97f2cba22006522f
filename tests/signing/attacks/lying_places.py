"""Papers that lied before the officer signed, or lie where only some readers look.

Each is the product's own page with one thing otherwise; officer and seal then sign as ever, and
number and date come with the seal.
"""

import re
from collections.abc import Callable

from signing.judge.file.document import open_document
from signing.names import DATE_FIELD, NUMBER_FIELD, SEAL_FIELD
from signing.numbers.filling import empty_look
from tests.signing import makers
from tests.signing.attacks import numbering
from tests.signing.attacks.content import SCRIPT
from tests.signing.attacks.paper import VALUES, Objects, Paper, blank
from tests.signing.makers import stream

Make = Callable[[], Paper]


def reworked(change: Callable[[Paper], Objects]) -> Paper:
    """The page whose fields were made otherwise, in the one revision that makes them."""
    paper = blank()
    document = open_document(paper.pdf)
    last = document.revisions[-1]
    written = {number: paper.body(number) for number in last.entries} | change(paper)
    return Paper(makers.revise(paper.pdf[: last.start], written, trailer=paper.trailer))


def sealed(change: Callable[[Paper], Objects]) -> Paper:
    return numbering.sealed(numbering.certified(reworked(change)))


def swapped(number: int, *pairs: tuple[bytes, bytes]) -> Callable[[Paper], Objects]:
    """An object with other bytes in it."""

    def change(paper: Paper) -> Objects:
        body = paper.body(number)
        for old, new in pairs:
            assert old in body
            body = body.replace(old, new)
        return {number: body}

    return change


def of(paper: Paper, field: str, key: bytes) -> int:
    """Number of a field's look (`N`), or of its font's descriptor."""
    found = int(re.findall(rb"/N (\d+) 0 R", paper.body(paper.number(field)))[0])
    for step in () if key == b"N" else (b"Digits", key):
        found = int(re.findall(rb"/%s (\d+) 0 R" % step, paper.body(found))[0])
    return found


def form_of(paper: Paper) -> int:
    return int(re.findall(rb"/AcroForm (\d+) 0 R", paper.body(paper.root))[0])


def page_of(paper: Paper) -> int:
    return int(re.findall(rb"/P (\d+) 0 R", paper.body(paper.number(NUMBER_FIELD)))[0])


def unchanged() -> Paper:
    """The honest twin of all: the page is put together anew, and nothing is otherwise."""
    return sealed(lambda _: {})


def placed(
    paper: Paper,
    field: str,
    *,
    size: bytes = b"14",
    gaps: list[tuple[str, str, int]] | None = None,
    rect: bytes | None = None,
    frame: bytes | None = None,
) -> Objects:
    """A field with an empty look of its own choice."""
    keys, before = paper.look(field)
    drawn = before if gaps is None else empty_look(field, size.decode(), gaps)
    body = paper.body(paper.number(field))
    if rect is not None:
        body = re.sub(rb"/Rect \[[^\]]*\]", b"/Rect [%s]" % rect, body)
    if frame is not None:
        keys = re.sub(rb"/BBox \[[^\]]*\]", b"/BBox [%s]" % frame, keys)
    return {paper.number(field): body, of(paper, field, b"N"): stream(drawn, keys)}


# Digits as large as the page, or too small to see.


def digits_over_the_page() -> Paper:
    return sealed(
        lambda paper: placed(
            paper,
            NUMBER_FIELD,
            size=b"800",
            gaps=[("580", "20", 1)],
            rect=b"0 0 595 841",
            frame=b"0 0 595 841",
        )
    )


def place_over_the_page() -> Paper:
    """The digits are small, the frame is not: a font's glyph may be as large as the frame."""
    gaps = [("100", "100", 2)]
    return sealed(
        lambda paper: placed(
            paper, NUMBER_FIELD, gaps=gaps, rect=b"0 0 595 841", frame=b"0 0 595 841"
        )
    )


def digits_too_small() -> Paper:
    return sealed(lambda paper: placed(paper, NUMBER_FIELD, size=b"0.5", gaps=[("17.5", "3.5", 2)]))


def digits_too_narrow() -> Paper:
    def change(paper: Paper) -> Objects:
        written = placed(paper, NUMBER_FIELD)
        look = of(paper, NUMBER_FIELD, b"N")
        keys, data = paper.look(NUMBER_FIELD)
        return {**written, look: stream(data.replace(b"[1000()]", b"[100()]"), keys)}

    return sealed(change)


def place_beside_the_page() -> Paper:
    def change(paper: Paper) -> Objects:
        return placed(paper, NUMBER_FIELD, rect=b"700 723.36 721 737.36")

    return sealed(change)


# Another order.


def gaps_as_they_are() -> Paper:
    """Honest: the look is written anew, and says the same."""
    gaps = [("10.5", "3.5", 2), ("59.89", "3.5", 1), ("108.5", "3.5", 4)]
    return sealed(lambda paper: placed(paper, DATE_FIELD, gaps=gaps))


def day_and_month_change_places() -> Paper:
    gaps = [("59.89", "3.5", 2), ("10.5", "3.5", 2), ("108.5", "3.5", 4)]
    return sealed(lambda paper: placed(paper, DATE_FIELD, gaps=gaps))


def day_over_month() -> Paper:
    gaps = [("10.5", "3.5", 2), ("10.5", "3.5", 2), ("108.5", "3.5", 4)]
    return sealed(lambda paper: placed(paper, DATE_FIELD, gaps=gaps))


# What only some readers draw by.


def looks_are_made_anew() -> Paper:
    def change(paper: Paper) -> Objects:
        form = form_of(paper)
        return {form: paper.body(form)[:-2] + b"/NeedAppearances true>>"}

    return sealed(change)


def form_has_xfa() -> Paper:
    def change(paper: Paper) -> Objects:
        form = form_of(paper)
        return {form: paper.body(form)[:-2] + b"/XFA(<xdp/>)>>"}

    return sealed(change)


def form_calculates() -> Paper:
    def change(paper: Paper) -> Objects:
        form = form_of(paper)
        order = b"/CO[%d 0 R]>>" % paper.number(NUMBER_FIELD)
        return {form: paper.body(form)[:-2] + order}

    return sealed(change)


def typed_in_white() -> Paper:
    def change(paper: Paper) -> Objects:
        return swapped(paper.number(NUMBER_FIELD), (b"Tf 0 g", b"Tf 1 g"))(paper)

    return sealed(change)


def typed_in_another_size() -> Paper:
    def change(paper: Paper) -> Objects:
        return swapped(paper.number(NUMBER_FIELD), (b" 14 Tf", b" 1 Tf"))(paper)

    return sealed(change)


def typed_in_another_font() -> Paper:
    def change(paper: Paper) -> Objects:
        form = form_of(paper)
        other = b"/TinosRegular<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
        body = re.sub(rb"/TinosRegular \d+ 0 R", other, paper.body(form))
        return {form: body}

    return sealed(change)


def _with_annotation(keys: bytes) -> Callable[[Paper], Objects]:
    def change(paper: Paper) -> Objects:
        new, page = paper.next(), page_of(paper)
        body = re.sub(rb"(/Annots \[[^\]]*)\]", rb"\g<1>%d 0 R ]" % new, paper.body(page))
        number = b"%d 0 R" % paper.number(NUMBER_FIELD)
        annotation = b"<</Type/Annot%s/P %d 0 R>>" % (keys.replace(b"@", number), page)
        written = {page: body, new: annotation}
        if b"/AP" in keys:
            written[new] = annotation.replace(b"LOOK", b"%d 0 R" % (new + 1))
            box = b"/Type/XObject/Subtype/Form/BBox[0 0 22 15]"
            written[new + 1] = stream(b"1 g 0 0 22 15 re f 0 g 2 2 5 10 re f", box)
        return written

    return change


def covered_by_an_annotation() -> Paper:
    stamp = b"/Subtype/Stamp/F 4/Rect[158 723 180 738]/AP<</N LOOK>>"
    return sealed(_with_annotation(stamp))


def widget_elsewhere_inherits() -> Paper:
    """Some readers show the number where the officer saw nothing: as an amount, say."""
    widget = b"/Subtype/Widget/F 4/Rect[100 300 200 320]/Parent @"
    return sealed(_with_annotation(widget))


def widget_elsewhere_of_that_name() -> Paper:
    widget = b"/Subtype/Widget/FT/Tx/T(SoVanBan)/F 4/Rect[100 300 200 320]"
    return sealed(_with_annotation(widget))


def note_answers_the_place() -> Paper:
    """A link that runs a script where the number is."""
    link = b"/Subtype/Link/Rect[10 10 20 20]/A" + SCRIPT
    return sealed(_with_annotation(link))


def link_beside() -> Paper:
    """Honest: a link that leads to a law, elsewhere on the page."""
    link = b"/Subtype/Link/Rect[100 300 200 320]/A<</S/URI/URI(https://vbpl.vn)>>"
    return sealed(_with_annotation(link))


def place_twice_on_the_page() -> Paper:
    def change(paper: Paper) -> Objects:
        page = page_of(paper)
        more = rb"\g<1>%d 0 R ]" % paper.number(NUMBER_FIELD)
        return {page: re.sub(rb"(/Annots \[[^\]]*)\]", more, paper.body(page))}

    return sealed(change)


def place_on_no_page() -> Paper:
    def change(paper: Paper) -> Objects:
        page = page_of(paper)
        gone = b"%d 0 R" % paper.number(NUMBER_FIELD)
        return swapped(page, (gone, b""))(paper)

    return sealed(change)


def place_on_another_page_than_it_says() -> Paper:
    def change(paper: Paper) -> Objects:
        number, page = paper.number(NUMBER_FIELD), page_of(paper)
        return swapped(number, (b"/P %d 0 R" % page, b"/P %d 0 R" % paper.root))(paper)

    return sealed(change)


def script_at_opening() -> Paper:
    def change(paper: Paper) -> Objects:
        return {paper.root: paper.body(paper.root)[:-2] + b"/OpenAction%s>>" % SCRIPT}

    return sealed(change)


def script_named() -> Paper:
    def change(paper: Paper) -> Objects:
        names = b"/Names<</JavaScript<</Names[(a)%s]>>>>>>" % SCRIPT
        return {paper.root: paper.body(paper.root)[:-2] + names}

    return sealed(change)


def script_of_the_page() -> Paper:
    def change(paper: Paper) -> Objects:
        page = page_of(paper)
        return {page: paper.body(page)[:-2] + b"/AA<</O%s>>>>" % SCRIPT}

    return sealed(change)


def seal_over_the_number() -> Paper:
    """The seal's own look hides the digits, and shows others."""

    def change(paper: Paper) -> Objects:
        seal = paper.number(SEAL_FIELD)
        body = re.sub(rb"/Rect \[[^\]]*\]", b"/Rect [120 700 240 780]", paper.body(seal))
        page = page_of(paper)
        gone = b"%d 0 R" % seal
        turned = paper.body(page).replace(gone, b"")
        turned = re.sub(rb"(/Annots \[[^\]]*)\]", rb"\g<1>%s ]" % gone, turned)
        return {seal: body, page: turned}

    return sealed(change)


# What the value says.


def _spelled(value: bytes) -> Paper:
    signed = numbering.certified()
    written = signed.filling(VALUES)
    number = signed.number(NUMBER_FIELD)
    written[number] = written[number].replace(b"/V(96)", b"/V" + value)
    return signed.sign(SEAL_FIELD, written)


def value_in_little_endian() -> Paper:
    return _spelled(b"<FFFE39003600>")


def value_in_utf_8() -> Paper:
    return _spelled(b"<EFBBBF3936>")


def value_in_hexadecimal() -> Paper:
    """Honest: the same bytes, spelled otherwise."""
    return _spelled(b"<3936>")


HONEST: tuple[Make, ...] = (unchanged, gaps_as_they_are, link_beside, value_in_hexadecimal)
ATTACKS: tuple[Make, ...] = (
    digits_over_the_page,
    place_over_the_page,
    digits_too_small,
    digits_too_narrow,
    place_beside_the_page,
    day_and_month_change_places,
    day_over_month,
    looks_are_made_anew,
    form_has_xfa,
    form_calculates,
    typed_in_white,
    typed_in_another_size,
    typed_in_another_font,
    covered_by_an_annotation,
    widget_elsewhere_inherits,
    widget_elsewhere_of_that_name,
    note_answers_the_place,
    place_twice_on_the_page,
    place_on_no_page,
    place_on_another_page_than_it_says,
    script_at_opening,
    script_named,
    script_of_the_page,
    seal_over_the_number,
    value_in_little_endian,
    value_in_utf_8,
)
