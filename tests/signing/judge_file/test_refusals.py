"""Each refusing rule: an attack that it tells, beside it honest files that it leaves alone."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.judge.file.refusals import RULES, Opened, open_and_refuse
from signing.words import RULES as WORDS
from tests.signing import makers
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FIRST, PAGE, SECOND
from tests.signing.makers import fill, next_number, revise, signature_dictionary, stream

Make = Callable[[], bytes]


def codes(pdf: bytes) -> set[str]:
    return {one.code for one in open_and_refuse(pdf).findings}


# Attacks, by the rule that tells them.


def rolled_back() -> bytes:
    """The newest revision is hidden: the last startxref names an older one."""
    pdf = files.evidence(files.signed())
    older = makers.last_section(files.signed())
    return pdf + files.tail(older)


def rolled_back_by_a_new_section() -> bytes:
    """The same, with a section of its own that leads past the hidden revision."""
    older = files.signed()
    return revise(files.evidence(older), {}, prev=makers.last_section(older))


def signature_left_out() -> bytes:
    """/Prev of the second signature leads past the first one, which so vanishes."""
    once = files.signed()
    value = next_number(once)
    written = {SECOND: files.field(b"Second", b"/V %d 0 R" % value), value: signature_dictionary()}
    return fill(revise(once, written, prev=makers.last_section(files.plain())))


def signature_cut_out() -> bytes:
    """A later revision empties the field: the signature is in the bytes and nowhere else."""
    return revise(files.signed(), {FIRST: files.field()})


def saved_anew() -> bytes:
    """Software that knows no signatures wrote the file afresh, without the form."""
    dictionary = b"<</Type/Sig/ByteRange[0 840 6842 300]/Contents<30820000>>>"
    return files.plain({CATALOG: files.catalog(b""), 7: dictionary})


def saved_anew_packed() -> bytes:
    dictionary = b"<</Type/Sig/ByteRange[0 840 6842 300]/Contents<30820000>>>"
    return files.plain({CATALOG: files.catalog(b"")}, packed={7: dictionary, 8: b"1"})


def saved_anew_in_an_object_stream() -> bytes:
    dictionary = b"<</Type/Sig/ByteRange[0 840 6842 300]/Contents<30820000>>>"
    return files.plain({FIRST: files.field(keys=b"/V 7 0 R")}, packed={7: dictionary})


def hidden_behind_the_signature() -> bytes:
    """An object that no section lists stands between the signed revision and a later one."""
    pdf = files.signed()
    body = b"3 0 obj\n<</Type/Page/Evil true>>\nendobj\n8 0 obj\n(x)\nendobj\n"
    rows = files.table([(8, files.row(len(pdf) + body.index(b"8 0 obj")))])
    trailer = b"trailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, body, rows + trailer)


def hidden_in_another_object() -> bytes:
    """A page inside the string of another object: two readings of the same bytes."""
    pdf = files.signed()
    body = b"8 0 obj\n(3 0 obj\n<</Type/Page/Evil true>>\nendobj\n)\nendobj\n"
    inner = len(pdf) + body.index(b"3 0 obj")
    rows = files.table([(PAGE, files.row(inner)), (8, files.row(len(pdf)))])
    trailer = b"trailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, body, rows + trailer)


def hidden_in_an_object_stream() -> bytes:
    pdf = files.signed()
    return revise(pdf, {9: makers.object_stream({8: b"(x)", PAGE: b"<</Type/Page/Evil true>>"})})


def two_pages() -> bytes:
    """A base whose page was replaced before it was signed."""
    return files.signed(revise(files.plain(), {PAGE: b"<</Type/Page/Parent 2 0 R/New true>>"}))


def led_back_to_an_older_page() -> bytes:
    pdf = two_pages()
    old = pdf.index(b"3 0 obj")
    trailer = b"trailer\n<</Size 8/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, b"", files.table([(PAGE, files.row(old))]) + trailer)


def with_a_place_beyond_its_end() -> bytes:
    """A signed table that places number 8 a little behind the signed bytes."""
    base = files.plain({7: b"(x)", 8: b"(x)"})
    signed_end = len(files.signed(base))
    at = base.index(b"8 0 obj")
    return files.signed(base.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % (signed_end + 20)))


def object_stream_replaced() -> bytes:
    """The container of older objects is written anew: they change, and no section lists them."""
    pdf = files.signed(files.plain(packed={7: b"(old)", 8: b"(old)"}))
    return revise(pdf, {9: makers.object_stream({7: b"(new)", 8: b"(new)"})})


def entry_twice() -> bytes:
    pdf = files.signed()
    body = b"8 0 obj\n(x)\nendobj\n"
    rows = files.table([(8, files.row(len(pdf))), (8, files.row(len(pdf)))])
    trailer = b"trailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, body, rows + trailer)


def entry_free_and_used() -> bytes:
    pdf = files.signed()
    body = b"8 0 obj\n(x)\nendobj\n"
    rows = files.table([(8, files.row(len(pdf))), (8, b"0000000000 00001 f \n")])
    trailer = b"trailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, body, rows + trailer)


def entry_twice_in_a_stream() -> bytes:
    pdf = files.signed()
    at = len(pdf)
    data = (b"\1" + at.to_bytes(4, "big") + b"\0") * 2
    keys = b"/Type/XRef/Size 9/W[1 4 1]/Index[8 1 8 1]/Root 1 0 R/Prev %d" % makers.last_section(
        pdf
    )
    return pdf + b"8 0 obj\n" + stream(data, keys) + b"\nendobj\n" + files.tail(at)


def overlapping() -> bytes:
    """/Prev leads forward and then back: the second revision comes behind the third."""
    base = files.plain({7: stream(b" " * 1000)})
    once = files.signed(base)
    pdf = files.evidence(once)
    zeroth, first, second = map(makers.last_section, (base, once, pdf))
    back = pdf[: len(once)].replace(b"/Prev %d" % zeroth, b"/Prev %d" % second)
    on = pdf[len(once) :].replace(b"/Prev %d" % first, b"/Prev %d" % zeroth)
    return back + on + files.tail(first)


def two_tables() -> bytes:
    pdf = files.plain()
    other = pdf.index(b"2 0 obj")
    return files.signed(files.hybrid(pdf, hidden=b"(x)", also={PAGE: other}))


def damaged(pdf: bytes) -> bytes:
    """No row of 20 bytes stands where it should: our reader is unsure."""
    return pdf.replace(b" f \n", b" f\n ")


def range_of_a_damaged_file(fault: bytes) -> Make:
    """A file that our reader cannot open. The range is wrong as well."""

    def make() -> bytes:
        broken = damaged(files.signed())
        at = broken.index(b"/ByteRange")
        return broken[:at] + fault + broken[broken.index(b"]", at) + 1 :]

    return make


ATTACKS: dict[str, dict[str, tuple[Make, str]]] = {
    "structure": {
        "an entry twice": (entry_twice, "entries_doubled"),
        "an entry free and used": (entry_free_and_used, "entries_doubled"),
        "an entry twice in a stream": (entry_twice_in_a_stream, "entries_doubled"),
        "overlapping revisions": (overlapping, "revisions_overlap"),
        "two tables for one number": (two_tables, "hybrid_differs"),
        "in an object stream": (saved_anew_in_an_object_stream, "saved_anew"),
    },
    "end": {
        "a letter": (lambda: files.signed() + b"x", "trailing_bytes"),
        "an object": (lambda: files.signed() + b"8 0 obj\n(x)\nendobj\n", "trailing_bytes"),
        "much, with an end of its own": (
            lambda: files.signed() + b"x" * 500 + b"\n%%EOF\n",
            "trailing_bytes",
        ),
        "a line end": (lambda: files.signed() + b"\n", "trailing_blank"),
        "blanks": (lambda: files.signed() + b"  \n", "trailing_blank"),
    },
    "rollback": {
        "a second startxref": (rolled_back, "revision_unreached"),
        "a section past a revision": (rolled_back_by_a_new_section, "revision_unreached"),
        "a signature left out": (signature_left_out, "revision_unreached"),
        "in a file that is not understood": (
            lambda: damaged(rolled_back_by_a_new_section()),
            "revision_unreached",
        ),
    },
    "byte_range": {
        "not from the start": (
            lambda: files.signed().replace(b"[0 000", b"[1 000", 1),
            "coverage_partial",
        ),
        "no numbers, damaged": (range_of_a_damaged_file(b"/ByteRange[]"), "coverage_partial"),
        "beyond the end, damaged": (
            range_of_a_damaged_file(b"/ByteRange[0 9 19 99999999]"),
            "saved_anew",
        ),
        "another gap, damaged": (
            range_of_a_damaged_file(b"/ByteRange[0 9 19 30]"),
            "coverage_partial",
        ),
    },
    "unreached_signature": {
        "no form": (saved_anew, "saved_anew"),
        "no form, in an object stream": (saved_anew_packed, "saved_anew"),
        "an emptied field": (signature_cut_out, "signature_removed"),
        "a signature left out": (signature_left_out, "signature_removed"),
    },
    "hidden_bytes": {
        "an unlisted object": (hidden_behind_the_signature, "hidden_objects"),
        "an object in a string": (hidden_in_another_object, "hidden_objects"),
        "an unlisted object of an object stream": (hidden_in_an_object_stream, "hidden_objects"),
    },
    "redirection": {
        "an older page": (led_back_to_an_older_page, "entry_redirected"),
        "a container": (object_stream_replaced, "entry_redirected"),
        "a place beyond": (
            lambda: revise(with_a_place_beyond_its_end(), {10: b"(" + b"x" * 900 + b")"}),
            "entry_redirected",
        ),
    },
}


@pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule, attacks in ATTACKS.items() for name in attacks]
)
def test_an_attack_is_told_by_its_rule(rule: str, name: str) -> None:
    make, code = ATTACKS[rule][name]
    opened = open_and_refuse(make())
    told = next(one for one in RULES if one.__name__ == rule)
    assert code in set(told(opened))
    assert code in {one.code for one in opened.findings}
    assert opened.is_refused == (code != "trailing_blank")


def attached() -> bytes:
    """An honest file that carries another signed file, and that file's rollback, uncompressed."""
    inside = rolled_back_by_a_new_section()
    return files.signed(files.plain({7: stream(inside, b"/Type/EmbeddedFile")}))


def attached_later() -> bytes:
    return revise(files.signed(), {8: stream(files.signed(), b"/Type/EmbeddedFile")})


def with_usage_rights() -> bytes:
    """Rights that Adobe Reader was given: a signature that signs no document."""
    rights = b"/AcroForm 4 0 R/Perms<</UR3 7 0 R>>"
    dictionary = b"<</Type/Sig/ByteRange[0 840 6842 300]/Contents<30820000>>>"
    return files.signed(files.plain({CATALOG: files.catalog(rights), 7: dictionary}))


def listed_again() -> bytes:
    """A writer that lists all objects in each section, at the places that they have."""
    pdf = files.signed()
    rows = [(n, files.row(pdf.rindex(b"\n%d 0 obj" % n) + 1)) for n in range(1, 8)]
    trailer = b"trailer\n<</Size 8/Root 1 0 R/Prev %d>>\n" % makers.last_section(pdf)
    return files.append(pdf, b"", files.table(rows) + trailer)


HONEST: dict[str, Make] = {
    "unsigned": files.plain,
    "unsigned, with object streams": lambda: files.plain(packed={7: b"1", 8: b"2"}),
    "unsigned, with a damaged object stream": lambda: files.plain(
        packed={7: b"1", 8: b"2"}
    ).replace(b"/ObjStm", b"/ObjStn"),
    "unsigned, with more behind it": lambda: files.plain() + b"more",
    "signed": files.signed,
    "signed twice": files.signed_twice,
    "evidence": lambda: files.evidence(files.signed_twice()),
    "streams": lambda: files.evidence(files.signed(files.plain(streamed=True))),
    "linearised": lambda: files.signed_twice(files.linearised()),
    "hybrid": lambda: files.signed(files.hybrid(files.plain(), hidden=b"(x)")),
    "object streams": lambda: revise(files.signed(), {}, packed={8: b"(x)", 9: b"(y)"}),
    "an attached file": attached,
    "a file attached later": attached_later,
    "usage rights": with_usage_rights,
    "all objects listed again": listed_again,
    "a page replaced before signing": two_pages,
    "a place beyond the file": with_a_place_beyond_its_end,
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_told_nothing(name: str) -> None:
    opened = open_and_refuse(HONEST[name]())
    assert opened.findings == ()
    assert opened.document is not None or name.startswith("unsigned")


def large() -> bytes:
    """Mostly a picture; words of structure stand in it."""
    words = b"/ByteRange[1 2 3 4] startxref 5 %%EOF "
    return files.signed(files.plain({7: stream(words * 40_000, b"/Type/XObject")}))


def test_a_picture_is_not_searched_and_all_around_it_is() -> None:
    assert codes(large()) == set()
    assert len(open_and_refuse(large()).parts) == 2
    assert "revision_unreached" in codes(
        revise(files.evidence(large()), {}, prev=makers.last_section(large()))
    )
    assert "signature_removed" in codes(revise(large(), {FIRST: files.field()}))


def test_every_rule_has_attacks_a_sentence_and_a_source() -> None:
    assert {one.__name__ for one in RULES} == set(ATTACKS)
    assert all("Source: " in (one.__doc__ or "") for one in RULES)
    assert {code for attacks in ATTACKS.values() for _, code in attacks.values()} <= set(WORDS)


SIGNED = files.signed_twice()


@given(st.binary(min_size=1, max_size=4))
def test_whatever_is_appended_to_a_signed_file_is_told(more: bytes) -> None:
    assert codes(SIGNED + more) & {"trailing_bytes", "trailing_blank"}


def test_any_one_byte_appended_is_told() -> None:
    assert [one for one in range(256) if not codes(SIGNED + bytes([one]))] == []


def test_a_file_that_is_not_understood_still_has_its_reason() -> None:
    opened = open_and_refuse(files.plain(trailer=b"/Encrypt 5 0 R"))
    assert isinstance(opened, Opened)
    assert opened.unsure is not None
    assert opened.unsure.rule == "encrypted"
    assert opened.signatures is None
