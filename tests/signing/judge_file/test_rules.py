"""One file for each rule that makes our reader unsure; the same file without the fault is read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import signing.judge.file
from signing.judge.file.document import open_document
from signing.judge.file.faults import UnsureStructure, unsure
from signing.judge.file.objects import Ref, Stream
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.rules import RULES
from signing.judge.file.signatures import list_signatures
from tests.signing import makers
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FIRST, FORM, SECOND
from tests.signing.makers import deflated, revise, stream

ASKED = 7
"""The object of each file that is read and decoded."""


def read_all(pdf: bytes) -> None:
    """What a judge does with a file: its structure, its signatures, one object, the rules."""
    document = open_document(pdf)
    list_signatures(document)
    value = document.newest.get(Ref(ASKED))
    if isinstance(value, Stream):
        document.stream_bytes(value)
    opened = open_and_refuse(pdf)
    if opened.unsure is not None:
        raise opened.unsure


def asked(body: bytes) -> Callable[[], bytes]:
    return lambda: files.plain({ASKED: body})


def edited(old: bytes, new: bytes) -> Callable[[], bytes]:
    """A plain file with one thing of equal length otherwise."""
    assert len(old) == len(new)
    return lambda: files.plain().replace(old, new, 1)


def shifted() -> bytes:
    """An entry that leads to another object."""
    pdf = files.plain()
    first, second = (b"%010d" % pdf.index(b"%d 0 obj" % one) for one in (CATALOG, FORM))
    return pdf.replace(first + b" 00000 n", second + b" 00000 n")


def looped() -> bytes:
    pdf = files.evidence(files.plain())
    first, last = pdf.index(b"xref\n"), makers.last_section(pdf)
    return pdf.replace(b"/Prev %d" % first, b"/Prev %d" % last)


def lost_first_page() -> bytes:
    """The second section of a linearised file names another one as the main section."""
    pdf = files.linearised()
    at = pdf.index(b"xref\n")
    later = revise(pdf, {ASKED + 1: b"(x)"})
    return later.replace(b"startxref\n%d\n" % at, b"startxref\n%d\n" % (at + 1))


def unnamed_end() -> bytes:
    """The end of the first of two revisions names no section of its own."""
    pdf = files.plain()
    at = b"startxref\n%d\n" % makers.last_section(pdf)
    return files.evidence(pdf).replace(at, at[:-2] + b"0\n", 1)


def with_comment() -> bytes:
    """A later revision that begins with a comment."""
    pdf = files.signed()
    rows = files.table([(ASKED + 1, files.row(len(pdf) + 7))])
    trailer = b"trailer\n<</Size 9/Root 1 0 R/Prev %d>>\n" % files.last_section(pdf)
    return files.append(pdf, b"%note\n\n8 0 obj\n(x)\nendobj\n", rows + trailer)


def member_twice() -> bytes:
    """An object stream whose first number is also its second."""
    packed = makers.object_stream({7: b"1", 8: b"2"})
    body = deflated(b"7 0 7 2 \n1 2 ", b"/Type/ObjStm/N 2/First 9")
    return files.plain(packed={7: b"1", 8: b"2"}).replace(packed, body.ljust(len(packed)))


def shared_value() -> bytes:
    """Two fields that claim one signature."""
    pdf = files.signed()
    return revise(pdf, {SECOND: files.field(b"Second", b"/V 7 0 R")})


def wrong_certification() -> bytes:
    return files.signed(
        files.plain({CATALOG: files.catalog(b"/AcroForm 4 0 R/Perms<</DocMDP 7 0 R>>")})
    )


def with_transform() -> bytes:
    pdf = files.plain()
    keys = b"/Reference[<</TransformMethod/Identity>>]"
    return makers.sign(pdf, {FIRST: files.field(b"First", b"/V 7 0 R")}, value=7, keys=keys)


def many_rows() -> bytes:
    return files.plain().replace(b"xref\n0 7\n", b"xref\n0 9999999\n", 1)


def long_stream() -> bytes:
    return files.plain({ASKED: deflated(bytes(17 << 20))})


CASES: dict[str, Callable[[], bytes]] = {
    "syntax": asked(b"<</A"),
    "nesting": asked(b"[" * 60 + b"]" * 60),
    "duplicate_key": asked(b"<</A 1/A 2>>"),
    "name_bytes": asked(b"/A#0"),
    "generation": asked(b"5 1 R"),
    "number_form": asked(b"9" * 30),
    "object_header": shifted,
    "object_end": asked(b"1 2"),
    "stream_length": asked(b"<</Length 9>>\nstream\nabc\nendstream"),
    "filter": asked(stream(b"abc", b"/Filter/LZWDecode")),
    "predictor": asked(deflated(b"abc", b"/DecodeParms<</Predictor 2>>")),
    "inflate_cap": long_stream,
    "reference_loop": asked(b"7 0 R"),
    "header": lambda: b"\n" + files.plain(),
    "end": lambda: files.plain() + b"\n\n",
    "section_form": edited(b"0000000000 65535 f \n", b"0000000000 65535 x \n"),
    "section_size": edited(b"/Size 7", b"/Size 6"),
    "section_chain": looped,
    "revision_end": unnamed_end,
    "revision_gap": with_comment,
    "linearised": lost_first_page,
    "caps": many_rows,
    "encrypted": lambda: files.plain(trailer=b"/Encrypt 5 0 R"),
    "hybrid": lambda: files.hybrid(files.signed(), hidden=b"(x)"),
    "object_stream": member_twice,
    "root": edited(b"/Root 1 0 R", b"/Root 9 0 R"),
    "form": lambda: files.plain({FORM: files.form(b"5 0 R 5 0 R")}),
    "field_names": lambda: files.plain({SECOND: files.field(b"First")}),
    "signature_value": lambda: files.plain({FIRST: files.field(keys=b"/V(text)")}),
    "one_signature": shared_value,
    "transform": with_transform,
    "certification": wrong_certification,
}


@pytest.mark.parametrize("rule", CASES)
def test_a_file_that_breaks_a_rule_is_unsure_by_its_name(rule: str) -> None:
    with pytest.raises(UnsureStructure) as told:
        read_all(CASES[rule]())
    assert told.value.rule == rule


@pytest.mark.parametrize(
    "make",
    [
        files.plain,
        files.signed,
        files.signed_twice,
        files.linearised,
        lambda: files.evidence(files.signed()),
        lambda: files.plain(streamed=True, packed={7: b"1", 8: b"2"}),
        lambda: files.hybrid(files.plain(), hidden=b"(x)"),
        lambda: files.signed(files.hybrid(files.plain(), hidden=b"(x)")),
        asked(b"[" * 40 + b"]" * 40),
        asked(deflated(bytes(1 << 20))),
        asked(deflated(b"\2abc", b"/DecodeParms<</Predictor 12/Columns 3>>")),
        asked(stream(b"abc")),
        asked(b"5 0 R"),
    ],
)
def test_the_same_without_its_fault_is_read(make: Callable[[], bytes]) -> None:
    read_all(make())


def test_every_rule_has_its_file_and_is_used() -> None:
    folder = Path(signing.judge.file.__path__[0])
    source = "".join(one.read_text(encoding="utf-8") for one in folder.glob("*.py"))
    used = set(re.findall(r'unsure\(\s*"(\w+)"', source)) | {"revision_end", "linearised"}
    assert used == set(RULES)
    assert set(CASES) == set(RULES)
    assert all(rule.sentence.endswith(".") and rule.source for rule in RULES.values())


def test_a_rule_that_nobody_wrote_down_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        unsure("no_such_rule")
