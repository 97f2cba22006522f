"""What the revision that seals might bring beside number and date, and what might come between.

Each changes one thing of an honest sequel to the officer's signature.
"""

import re
from collections.abc import Callable

from signing.names import DATE_FIELD, NUMBER_FIELD, SEAL_FIELD
from signing.numbers.filling import filled_look
from tests.signing import makers
from tests.signing.attacks import letter, lying_places, numbering
from tests.signing.attacks.content import SCRIPT
from tests.signing.attacks.paper import VALUES, Objects, Paper
from tests.signing.makers import stream

Make = Callable[[], Paper]
_WIDE = b"/Type/XObject/Subtype/Form/BBox[0 0 500 700]"


def _proved(paper: Paper) -> Paper:
    new = paper.next()
    root = paper.body(paper.root)[:-2] + b"/DSS %d 0 R>>" % new
    store = b"<</Type/DSS/Certs[%d 0 R]>>" % (new + 1)
    return paper.revise({paper.root: root, new: store, new + 1: stream(letter.certificate())})


def proved_then_sealed() -> Paper:
    """Honest: evidence comes between the officer's signature and the seal."""
    return numbering.sealed(_proved(numbering.certified()))


def sealed_with_evidence() -> Paper:
    """Honest: evidence comes in the revision of the seal."""
    signed = numbering.certified()
    new = signed.next() + 20
    root = signed.body(signed.root)[:-2] + b"/DSS %d 0 R>>" % new
    store = b"<</Type/DSS/Certs[%d 0 R]>>" % (new + 1)
    more = {signed.root: root, new: store, new + 1: stream(letter.certificate())}
    return signed.sign(SEAL_FIELD, {**signed.filling(VALUES), **more})


def _beside(change: Callable[[Paper, int], Objects]) -> Paper:
    """Number, date and seal as ever, and something more in that revision."""
    signed = numbering.certified()
    filling = signed.filling(VALUES)
    return signed.sign(SEAL_FIELD, {**filling, **change(signed, signed.next() + 20)})


def filled_with_the_evidence() -> Paper:
    """In a revision that nobody signs, with a store beside it; the seal comes behind."""
    signed = numbering.certified()
    new = signed.next() + 20
    root = signed.body(signed.root)[:-2] + b"/DSS %d 0 R>>" % new
    store = b"<</Type/DSS/Certs[%d 0 R]>>" % (new + 1)
    more = {signed.root: root, new: store, new + 1: stream(letter.certificate())}
    return signed.revise({**signed.filling(VALUES), **more}).sign(SEAL_FIELD)


def another_text_field() -> Paper:
    def change(paper: Paper, new: int) -> Objects:
        form, page = lying_places.form_of(paper), lying_places.page_of(paper)
        listed = rb"\g<1>%d 0 R ]" % new
        more = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Tien)/V(9)/Rect[9 9 99 99]/P %d 0 R>>" % page
        return {
            form: re.sub(rb"(/Fields \[[^\]]*)\]", listed, paper.body(form)),
            page: re.sub(rb"(/Annots \[[^\]]*)\]", listed, paper.body(page)),
            new: more,
        }

    return _beside(change)


def widget_taken_off_the_page() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        page = lying_places.page_of(paper)
        gone = b"%d 0 R" % paper.number(NUMBER_FIELD)
        return {page: paper.body(page).replace(gone, b"")}

    return _beside(change)


def widgets_in_another_order() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        page = lying_places.page_of(paper)
        body = paper.body(page)
        found = re.findall(rb"/Annots \[([^\]]*)\]", body)[0]
        turned = b" ".join(
            f"{n} 0 R".encode() for n in reversed(re.findall(r"(\d+) 0 R", found.decode()))
        )
        return {page: body.replace(found, turned)}

    return _beside(change)


def page_cut_smaller() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        page = lying_places.page_of(paper)
        return {page: paper.body(page)[:-2] + b"/CropBox[0 0 595 700]>>"}

    return _beside(change)


def page_with_more_on_it() -> Paper:
    def change(paper: Paper, new: int) -> Objects:
        page = lying_places.page_of(paper)
        body = re.sub(rb"/Contents (\d+ 0 R)", rb"/Contents[\g<1> %d 0 R]" % new, paper.body(page))
        return {page: body, new: stream(b"1 g 0 0 595 842 re f")}

    return _beside(change)


def content_overwritten() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        page = lying_places.page_of(paper)
        content = int(re.findall(rb"/Contents (\d+) 0 R", paper.body(page))[0])
        return {content: stream(b"1 g 0 0 595 842 re f")}

    return _beside(change)


def form_asks_for_new_looks() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        form = lying_places.form_of(paper)
        return {form: paper.body(form)[:-2] + b"/NeedAppearances true>>"}

    return _beside(change)


def form_with_other_fonts() -> Paper:
    def change(paper: Paper, _: int) -> Objects:
        form = lying_places.form_of(paper)
        font = b"/TinosRegular<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
        return {form: re.sub(rb"/TinosRegular \d+ 0 R", font, paper.body(form))}

    return _beside(change)


def form_in_another_object() -> Paper:
    def change(paper: Paper, new: int) -> Objects:
        form = lying_places.form_of(paper)
        root = paper.body(paper.root)
        moved = root.replace(b"/AcroForm %d 0 R" % form, b"/AcroForm %d 0 R" % new)
        return {paper.root: moved, new: paper.body(form)[:-2] + b"/DA(/X 0 Tf)>>"}

    return _beside(change)


def layers_with_the_seal() -> Paper:
    def change(paper: Paper, new: int) -> Objects:
        layers = b"/OCProperties<</OCGs[%d 0 R]/D<</OFF[%d 0 R]>>>>>>" % (new, new)
        return {
            paper.root: paper.body(paper.root)[:-2] + layers,
            new: b"<</Type/OCG/Name(a)>>",
        }

    return _beside(change)


def script_with_the_seal() -> Paper:
    return _beside(
        lambda paper, _: {paper.root: paper.body(paper.root)[:-2] + b"/OpenAction%s>>" % SCRIPT}
    )


def _field(change: Callable[[bytes], bytes], look: Callable[[bytes], bytes] | None = None) -> Paper:
    """The number's field, or its look, is written otherwise than it may be."""
    signed = numbering.certified()
    written = signed.filling(VALUES)
    number, new = signed.number(NUMBER_FIELD), signed.next()
    written[number] = change(written[number])
    if look is not None:
        written[new] = look(written[new])
    return signed.sign(SEAL_FIELD, written)


def place_moved() -> Paper:
    moved = b"/Rect [ 300 300 321 314 ]"
    return _field(lambda body: re.sub(rb"/Rect \[[^\]]*\]", moved, body))


def place_on_another_page() -> Paper:
    return _field(lambda body: re.sub(rb"/P \d+ 0 R", b"/P 1 0 R", body))


def place_with_a_state() -> Paper:
    return _field(lambda body: body[:-2] + b"/AS/On>>")


def place_with_a_second_widget() -> Paper:
    return _field(lambda body: body[:-2] + b"/Kids[<</Subtype/Widget/Rect[0 0 500 700]>>]>>")


def place_with_rich_text() -> Paper:
    return _field(lambda body: body[:-2] + b"/RV(<p>69</p>)>>")


def place_with_a_default() -> Paper:
    return _field(lambda body: body[:-2] + b"/DV(69)>>")


def place_hidden_with_the_number() -> Paper:
    return _field(lambda body: body.replace(b"/F 132", b"/F 134"))


def place_typed_otherwise() -> Paper:
    return _field(lambda body: body.replace(b" 14 Tf 0 g", b" 14 Tf 1 g"))


def place_with_looks_for_the_mouse() -> Paper:
    return _field(lambda body: re.sub(rb"/AP<</N (\d+ 0 R)>>", rb"/AP<</N \1/R \1>>", body))


def look_with_a_group() -> Paper:
    return _field(lambda b: b, lambda s: s.replace(b"/Length", b"/Group<</S/Transparency>>/Length"))


def look_in_a_layer() -> Paper:
    return _field(lambda b: b, lambda s: s.replace(b"/Length", b"/OC<</Type/OCG>>/Length"))


def look_of_elsewhere() -> Paper:
    """A reference XObject: drawn from another file where a reader can. ISO 32000-2, 8.10.4."""
    other = b"/Ref<</F(b.pdf)/Page 0>>/Length"
    return _field(lambda b: b, lambda s: s.replace(b"/Length", other))


def look_of_another_field() -> Paper:
    """The number shows what the date's field shows."""
    signed = numbering.certified()
    written = signed.filling(VALUES)
    number, new = signed.number(NUMBER_FIELD), signed.next()
    written[number] = re.sub(rb"/N \d+ 0 R", b"/N %d 0 R" % (new + 1), written[number])
    return signed.sign(SEAL_FIELD, written)


def values_in_each_others_place() -> Paper:
    signed = numbering.certified()
    written = signed.filling(VALUES)
    one, other = signed.number(NUMBER_FIELD), signed.number(DATE_FIELD)
    found = [re.findall(rb"/V\([^)]*\)", written[each])[0] for each in (one, other)]
    written[one] = written[one].replace(found[0], found[1])
    written[other] = written[other].replace(found[1], found[0])
    return signed.sign(SEAL_FIELD, written)


def look_longer_than_it_says() -> Paper:
    return _field(lambda b: b, lambda s: re.sub(rb"/Length \d+", b"/Length 40", s))


def seal_over_the_page() -> Paper:
    """The seal's place is as it was; its look asks for the page."""
    signed = numbering.certified()
    seal = signed.number(SEAL_FIELD)
    body = re.sub(rb"/Rect \[[^\]]*\]", b"/Rect [ 0 0 595 842 ]", signed.body(seal))
    return signed.sign(SEAL_FIELD, {**signed.filling(VALUES), seal: body})


def stamp_in_place_of_the_seal() -> Paper:
    """A document time stamp in the seal's field: anybody can get one."""
    signed = numbering.certified()
    value = signed.next() + 20
    seal = signed.number(SEAL_FIELD)
    body = re.sub(rb"/AP\s*<<[^>]*>>", b"", signed.body(seal))
    stamp = makers.signature_dictionary(subfilter=b"ETSI.RFC3161")
    written = {
        **signed.filling(VALUES),
        seal: body[:-2] + b"/V %d 0 R>>" % value,
        value: stamp.replace(b"/Type/Sig", b"/Type/DocTimeStamp"),
    }
    revised = makers.revise(signed.pdf, written, trailer=signed.trailer)
    return Paper(makers.fill(revised, letter._Stamps()))


def filled_behind_a_second_seal() -> Paper:
    """Sealed without a number; then a stranger's signature brings it."""
    paper = numbering.sealed_without_number()
    new, page = paper.next() + 20, lying_places.page_of(paper)
    form = lying_places.form_of(paper)
    listed = rb"\g<1>%d 0 R ]" % new
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(A)/Rect[0 0 0 0]/F 132/P %d 0 R/V %d 0 R>>"
    written = {
        **paper.filling(VALUES),
        form: re.sub(rb"(/Fields \[[^\]]*)\]", listed, paper.body(form)),
        new: field % (page, new + 1),
    }
    return Paper(makers.sign(paper.pdf, written, value=new + 1, trailer=paper.trailer))


def sealed_twice_over() -> Paper:
    """The seal's signature is taken out and made anew, with another number."""
    paper = numbering.sealed()
    seal = paper.number(SEAL_FIELD)
    emptied = re.sub(rb"/V \d+ 0 R", b"", paper.body(seal))
    keys, _ = paper.look(NUMBER_FIELD)
    drawn = filled_look(NUMBER_FIELD, numbering.certified().look(NUMBER_FIELD)[1], "69")
    assert drawn is not None
    new = paper.next() + 20
    again = {**paper.filled(NUMBER_FIELD, "69", new), new: stream(drawn, keys)}
    return paper.sign(SEAL_FIELD, {**again, seal: emptied})


HONEST: tuple[Make, ...] = (proved_then_sealed, sealed_with_evidence)
ATTACKS: tuple[Make, ...] = (
    filled_with_the_evidence, another_text_field, widget_taken_off_the_page,
    widgets_in_another_order, page_cut_smaller, page_with_more_on_it, content_overwritten,
    form_asks_for_new_looks, form_with_other_fonts, form_in_another_object, layers_with_the_seal,
    script_with_the_seal, place_moved, place_on_another_page, place_with_a_state,
    place_with_a_second_widget, place_with_rich_text, place_with_a_default,
    place_hidden_with_the_number, place_typed_otherwise, place_with_looks_for_the_mouse,
    look_with_a_group, look_in_a_layer, look_of_elsewhere, look_of_another_field,
    values_in_each_others_place, look_longer_than_it_says, seal_over_the_page,
    stamp_in_place_of_the_seal, filled_behind_a_second_seal, sealed_twice_over,
)  # fmt: skip
