"""A directive that was signed before it had its number; honest sequels, and attacks on them.

Written by bytes over a page of the product's own, so that each attack can go its own way.
"""

import re
from collections.abc import Callable, Mapping

from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD, SEAL_FIELD
from signing.numbers.filling import filled_look
from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import SCRIPT
from tests.signing.attacks.paper import VALUES, Objects, Paper, blank
from tests.signing.makers import stream


def certified(paper: Paper | None = None, level: int = 2, field: str = OFFICER_FIELD) -> Paper:
    """The officer's signature; by default over the page with its two empty places."""
    return (paper or blank()).sign(field, keys=letter.CERTIFY % level)


def sealed(paper: Paper | None = None, **options: Mapping[str, str]) -> Paper:
    """The seal, with number and date in its revision."""
    signed = paper or certified()
    return signed.sign(SEAL_FIELD, signed.filling(VALUES, **options))


def sealed_and_proved() -> Paper:
    """As ever: evidence is added behind the seal."""
    paper = sealed()
    new = paper.next()
    body = paper.body(paper.root)
    store = b"<</Type/DSS/Certs[%d 0 R]>>" % (new + 1)
    written = {
        paper.root: body[:-2] + b"/DSS %d 0 R>>" % new,
        new: store,
        new + 1: stream(letter.certificate()),
    }
    return paper.revise(written)


def sealed_without_number() -> Paper:
    """Nobody filled anything in: nothing was changed after signing."""
    return certified().sign(SEAL_FIELD)


HONEST: tuple[Callable[[], Paper], ...] = (
    certified,
    sealed,
    sealed_and_proved,
    sealed_without_number,
)


# Otherwise than with the seal.


def filled_by_a_revision_of_its_own() -> Paper:
    signed = certified()
    return signed.revise(signed.filling(VALUES)).sign(SEAL_FIELD)


def filled_and_never_sealed() -> Paper:
    signed = certified()
    return signed.revise(signed.filling(VALUES))


def filled_behind_the_seal() -> Paper:
    paper = sealed_without_number()
    return paper.revise(paper.filling(VALUES))


def number_without_a_date() -> Paper:
    signed = certified()
    return signed.sign(SEAL_FIELD, signed.filling({NUMBER_FIELD: "96"}))


def date_behind_the_seal() -> Paper:
    paper = number_without_a_date()
    return paper.revise(paper.filling({DATE_FIELD: VALUES[DATE_FIELD]}))


def filled_in_the_officers_revision_then_changed() -> Paper:
    paper = blank()
    signed = paper.sign(OFFICER_FIELD, paper.filling(VALUES), letter.CERTIFY % 2)
    empty = {field: blank().look(field) for field in VALUES}
    new = signed.next()
    written: Objects = {}
    for at, (field, value) in enumerate({**VALUES, NUMBER_FIELD: "97"}.items()):
        drawn = filled_look(field, empty[field][1], value)
        assert drawn is not None
        written |= signed.filled(field, value, new + at)
        written[new + at] = stream(drawn, empty[field][0])
    return signed.sign(SEAL_FIELD, written)


# Twice, or not for good.


def _again(number: str) -> Paper:
    paper = sealed()
    keys, _ = paper.look(NUMBER_FIELD)
    drawn = filled_look(NUMBER_FIELD, certified().look(NUMBER_FIELD)[1], number)
    assert drawn is not None
    new = paper.next()
    written = {**paper.filled(NUMBER_FIELD, number, new), new: stream(drawn, keys)}
    return paper.revise(written)


def number_changed_behind_the_seal() -> Paper:
    return _again("69")


def number_written_again() -> Paper:
    return _again("96")


def number_cleared() -> Paper:
    paper = sealed()
    number = paper.number(NUMBER_FIELD)
    return paper.revise({number: re.sub(rb"/V\s*\(96\)", b"", paper.body(number))})


def filled_before_and_with_the_seal() -> Paper:
    signed = certified()
    other = signed.revise(signed.filling({**VALUES, NUMBER_FIELD: "69"}))
    keys, _ = signed.look(NUMBER_FIELD)
    drawn = filled_look(NUMBER_FIELD, signed.look(NUMBER_FIELD)[1], "96")
    assert drawn is not None
    new = other.next()
    written = {**other.filled(NUMBER_FIELD, "96", new), new: stream(drawn, keys)}
    return other.sign(SEAL_FIELD, written)


# What is seen.


def picture_says_another_number() -> Paper:
    return sealed(shown={**VALUES, NUMBER_FIELD: "69"})


def picture_says_another_day() -> Paper:
    return sealed(shown={**VALUES, DATE_FIELD: "12/9/2022"})


def _sealed_with(data: Callable[[bytes], bytes], keys: Callable[[bytes], bytes]) -> Paper:
    signed = certified()
    written = signed.filling(VALUES)
    number = signed.next()
    look_keys, empty = signed.look(NUMBER_FIELD)
    drawn = filled_look(NUMBER_FIELD, empty, "96")
    assert drawn is not None
    written[number] = stream(data(drawn), keys(look_keys))
    return signed.sign(SEAL_FIELD, written)


def _as_it_is(one: bytes) -> bytes:
    return one


def picture_is_empty() -> Paper:
    return _sealed_with(lambda _: b"", _as_it_is)


def picture_says_more() -> Paper:
    return _sealed_with(lambda drawn: drawn + b"\nBT /Digits 14 Tf (7) Tj ET", _as_it_is)


def picture_in_white() -> Paper:
    return _sealed_with(lambda drawn: drawn.replace(b"0 g", b"1 g"), _as_it_is)


def picture_moved() -> Paper:
    return _sealed_with(lambda drawn: re.sub(rb"1 0 0 1 [\d.]+", b"1 0 0 1 99", drawn), _as_it_is)


def picture_in_another_font() -> Paper:
    other = b"/Font<</Digits<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>"
    return _sealed_with(_as_it_is, lambda keys: re.sub(rb"/Font\s*<<[^>]*>>", other, keys))


def picture_turned_over() -> Paper:
    return _sealed_with(_as_it_is, lambda keys: keys + b"/Matrix[-1 0 0 -1 0 0]")


def picture_cut() -> Paper:
    return _sealed_with(
        _as_it_is, lambda keys: re.sub(rb"/BBox\s*\[[^\]]*\]", b"/BBox[0 0 9 9]", keys)
    )


def picture_overwritten_behind_the_seal() -> Paper:
    """The look's own object, in place: the field stays as it was."""
    paper = sealed()
    keys, data = paper.look(NUMBER_FIELD)
    number = int(re.findall(rb"/N (\d+) 0 R", paper.body(paper.number(NUMBER_FIELD)))[-1])
    return paper.revise({number: stream(data.replace(b"(96)", b"(69)"), keys)})


def picture_replaced_behind_the_seal() -> Paper:
    paper = sealed()
    keys, data = paper.look(NUMBER_FIELD)
    new = paper.next()
    written = paper.filled(NUMBER_FIELD, "96", new)
    return paper.revise({**written, new: stream(data.replace(b"(96)", b"(69)"), keys)})


def font_overwritten() -> Paper:
    """The font of the digits, in place, beside an honest seal."""
    signed = certified()
    keys, _ = signed.look(NUMBER_FIELD)
    font = int(re.findall(rb"/Digits (\d+) 0 R", keys)[0])
    lying = b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
    return signed.sign(SEAL_FIELD, {**signed.filling(VALUES), font: lying})


def font_program_overwritten() -> Paper:
    """The outlines of the digits, in place: a 6 that looks like a 9."""
    signed = certified()
    keys, _ = signed.look(NUMBER_FIELD)
    font = int(re.findall(rb"/Digits (\d+) 0 R", keys)[0])
    descriptor = int(re.findall(rb"/FontDescriptor (\d+) 0 R", signed.body(font))[0])
    program = int(re.findall(rb"/FontFile2 (\d+) 0 R", signed.body(descriptor))[0])
    lying = stream(b"outlines", b"/Length1 8")
    return signed.sign(SEAL_FIELD, {**signed.filling(VALUES), program: lying})


# What is written.


def _value(number: str) -> Paper:
    """A number that is none; its picture is that of a good one."""
    signed = certified()
    return signed.sign(SEAL_FIELD, signed.filling({**VALUES, NUMBER_FIELD: number}, shown=VALUES))


def number_is_a_text() -> Paper:
    return _value("96-HD/XYZ")


def number_is_nothing() -> Paper:
    return _value("")


def date_is_none() -> Paper:
    signed = certified()
    values = {**VALUES, DATE_FIELD: "31/9/2022"}
    return signed.sign(SEAL_FIELD, signed.filling(values, shown=VALUES))


def _with_keys(keys: bytes) -> Paper:
    signed = certified()
    return signed.sign(SEAL_FIELD, signed.filling(VALUES, keys=keys))


def script_with_the_number() -> Paper:
    return _with_keys(b"/AA<</F%s>>" % SCRIPT)


def action_with_the_number() -> Paper:
    return _with_keys(b"/A" + SCRIPT)


def background_with_the_number() -> Paper:
    return _with_keys(b"/MK<</BG[1 1 1]>>")


def writable_with_the_number() -> Paper:
    signed = certified()
    written = signed.filling(VALUES)
    number = signed.number(NUMBER_FIELD)
    written[number] = written[number].replace(b"/Ff 1", b"/Ff 0")
    return signed.sign(SEAL_FIELD, written)


# Names without the structure.


def _prepared(change: Callable[[Paper], Objects]) -> Paper:
    """A page that was otherwise before the officer signed it; then all as ever."""
    paper = blank()
    return sealed(certified(paper.revise(change(paper))))


def _swapped(field: str, old: bytes, new: bytes) -> Callable[[Paper], Objects]:
    def change(paper: Paper) -> Objects:
        number = paper.number(field)
        body = paper.body(number)
        assert old in body
        return {number: body.replace(old, new)}

    return change


def places_touched_before_signing() -> Paper:
    """The very same field, written once more before the officer signed."""
    return _prepared(_swapped(NUMBER_FIELD, b"/Ff 1", b"/Ff 1"))


def place_that_can_be_typed_in() -> Paper:
    return _prepared(_swapped(NUMBER_FIELD, b"/Ff 1", b"/Ff 0"))


def script_waits_in_the_place() -> Paper:
    return _prepared(_swapped(NUMBER_FIELD, b"/Ff 1", b"/Ff 1/AA<</F%s>>" % SCRIPT))


def place_is_hidden() -> Paper:
    return _prepared(_swapped(NUMBER_FIELD, b"/F 132", b"/F 2"))


def not_certified() -> Paper:
    return sealed(blank().sign(OFFICER_FIELD))


def certified_for_comments_too() -> Paper:
    return sealed(certified(level=3))


def sealed_first() -> Paper:
    """The seal certifies, number and date come with the officer's hand."""
    signed = blank().sign(SEAL_FIELD, keys=letter.CERTIFY % 2)
    return signed.sign(OFFICER_FIELD, signed.filling(VALUES))


def foreign_form(name: str) -> Paper:
    """Somebody's certified form with a text field of that name."""
    objects = letter.objects(**letter.WITH_NOTE)
    objects[letter.NOTE] = objects[letter.NOTE].replace(b"(Note)", b"(%s)" % name.encode())
    return Paper(letter.certify(makers.base(objects, trailer=b"/Info 10 0 R"), 2))


def filled_foreign(paper: Paper) -> Paper:
    body = paper.body(letter.NOTE).replace(b"/V(100)", b"/V(200)")
    written = {letter.NOTE: body, 12: letter.look(b"200")}
    return Paper(makers.revise(paper.pdf, written, trailer=letter.TRAILER))


def foreign_form_with_our_name() -> Paper:
    return filled_foreign(foreign_form(NUMBER_FIELD))


ATTACKS: tuple[Callable[[], Paper], ...] = (
    filled_by_a_revision_of_its_own,
    filled_and_never_sealed,
    filled_behind_the_seal,
    number_without_a_date,
    date_behind_the_seal,
    filled_in_the_officers_revision_then_changed,
    number_changed_behind_the_seal,
    number_written_again,
    number_cleared,
    filled_before_and_with_the_seal,
    picture_says_another_number,
    picture_says_another_day,
    picture_is_empty,
    picture_says_more,
    picture_in_white,
    picture_moved,
    picture_in_another_font,
    picture_turned_over,
    picture_cut,
    picture_overwritten_behind_the_seal,
    picture_replaced_behind_the_seal,
    font_overwritten,
    font_program_overwritten,
    number_is_a_text,
    number_is_nothing,
    date_is_none,
    script_with_the_number,
    action_with_the_number,
    background_with_the_number,
    writable_with_the_number,
    places_touched_before_signing,
    place_that_can_be_typed_in,
    script_waits_in_the_place,
    place_is_hidden,
    not_certified,
    certified_for_comments_too,
    sealed_first,
    foreign_form_with_our_name,
)
