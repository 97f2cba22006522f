"""Objects are read to the letter, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.judge.file.faults import UnsureStructure
from signing.judge.file.objects import Name, Obj, Ref, Text
from signing.judge.file.parsing import MOST_NESTING, parse
from tests.support.soon import soon


def read(raw: bytes) -> Obj:
    return parse(raw, 0)[0]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"/Type", Name("Type")),
        (b"/", Name("")),
        (b"/A#20B", Name("A B")),
        ("/Tié".encode(), Name("Tié")),
        (b"/Ti#e9", Name("Ti\udce9")),
        (b"12", 12),
        (b"+12", 12),
        (b"-.5", -0.5),
        (b"4.", 4.0),
        (b"true ", True),
        (b"null]", None),
        (b"12 0 R", Ref(12, 0)),
        (b"12 0 Rx", 12),
        (b"(a(b)c)", Text(b"a(b)c")),
        (rb"(\(\101\7\n\10\))", Text(b"(A\x07\n\x08)")),
        (b"(a\\\r\nb\rc)", Text(b"ab\nc")),
        (rb"(\\000)", Text(rb"\000")),
        (rb"(\400)", Text(b"\0")),
        (b"<6a 6B7>", Text(b"jkp")),
        (b"<>", Text(b"")),
        (b"% note\n [/A%x\n/B]", ["A", "B"]),
        (b"<</A<</B[1]>>/C 2 0 R>>", {"A": {"B": [1]}, "C": Ref(2)}),
    ],
)
def test_each_kind_of_object_is_read(raw: bytes, value: Obj) -> None:
    assert read(raw) == value
    assert type(read(raw)) is type(value)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "syntax"),
        (b"tru", "syntax"),
        (b"nulls", "syntax"),
        (b"[1", "syntax"),
        (b"]", "syntax"),
        (b"[1 R]", "syntax"),
        (b"[1>>", "syntax"),
        (b"<</A]", "syntax"),
        (b"<</A>>", "syntax"),
        (b"<<1 2>>", "syntax"),
        (b"(a", "syntax"),
        (b"(" * 9 + b")" * 9, "syntax"),
        (b"<6x>", "syntax"),
        (b"1.2.3", "syntax"),
        (b"--1", "syntax"),
        (b"[1 % x\n 0 R]", "syntax"),
        (b"% no end of line", "syntax"),
        (b"<</A 1/A 2>>", "duplicate_key"),
        (b"<</A 1/#41 2>>", "duplicate_key"),
        (b"/A#2", "name_bytes"),
        (b"/A#00", "name_bytes"),
        (b"/A\x01", "name_bytes"),
        (b"/A\xe9", "name_bytes"),
        (rb"(\x)", "syntax"),
        (b"[1\x002]", "syntax"),
        (b"<6a\x00>", "syntax"),
        (b"0 0 R", "generation"),
        (b"1 1 R", "generation"),
        (b"1" * 19, "number_form"),
        (b"1" * 19 + b".0", "number_form"),
        (b"[" * (MOST_NESTING + 1) + b"]" * (MOST_NESTING + 1), "nesting"),
    ],
)
def test_what_is_not_well_formed_is_unsure(raw: bytes, rule: str) -> None:
    with pytest.raises(UnsureStructure) as told:
        read(raw)
    assert told.value.rule == rule


def test_the_end_is_one_past_the_object_and_no_blank_is_taken() -> None:
    assert parse(b"xx 12 0 R endobj", 2) == (Ref(12), 9)


def test_a_repeatable_key_is_repeatable_in_the_outermost_dictionary_alone() -> None:
    repeatable = frozenset({"Info"})
    assert parse(b"<</Info 1/Info 2>>", 0, repeatable)[0] == {"Info": 2}
    for raw in (b"<</Info 1/Info 2/Root 1/Root 1>>", b"<</A<</Info 1/Info 2>>>>"):
        with pytest.raises(UnsureStructure, match="duplicate_key"):
            parse(raw, 0, repeatable)


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.binary(max_size=20).map(Text)
    | NAMES.map(Name)
    | st.integers(1, 10**9).map(Ref)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def write(value: Obj, *, hexadecimal: bool = False) -> bytes:
    """As ISO 32000-2, 7.3 has it, by another hand than the reader's."""
    if isinstance(value, list):
        return b"[" + b" ".join(write(one, hexadecimal=hexadecimal) for one in value) + b"]"
    if isinstance(value, dict):
        pairs = [
            write(Name(key)) + b" " + write(one, hexadecimal=hexadecimal)
            for key, one in value.items()
        ]
        return b"<<" + b"\n".join(pairs) + b">>"
    return write_scalar(value, hexadecimal=hexadecimal)


def write_scalar(value: Obj, *, hexadecimal: bool) -> bytes:
    if isinstance(value, Name):
        return b"/" + b"".join(
            b"%c" % one if chr(one).isalnum() else b"#%02x" % one for one in value.encode()
        )
    if isinstance(value, Text):
        escaped = b"(" + b"".join(b"\\%03o" % one for one in value) + b")"
        return b"<" + value.hex().encode() + b">" if hexadecimal else escaped
    if isinstance(value, Ref):
        return b"%d 0 R" % value.number
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    return str(value).encode()


@given(VALUES, st.booleans())
def test_what_is_written_is_read_again(value: Obj, hexadecimal: bool) -> None:  # noqa: FBT001 (drawn)
    raw = write(value, hexadecimal=hexadecimal)
    assert parse(raw + b" ", 0) == (value, len(raw))


@given(
    st.binary(max_size=60) | st.text("<>[]()/%#\\ R0123.-+ntruefals", max_size=40).map(str.encode)
)
def test_any_bytes_are_read_or_unsure(raw: bytes) -> None:
    try:
        _, end = parse(raw, 0)
    except UnsureStructure:
        return
    assert 0 < end <= len(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"(" * 1_000_000,
        b"(a" * 500_000,
        b"(\\" * 500_000,
        b"<" * 1_000_001,
        b"[" + b"1 " * 500_000,
        b"[1" + b" " * 1_000_000 + b"2",
        b"%" * 1_000_000,
        b"%\n" * 500_000,
        b"/" + b"#" * 1_000_000,
        b"[" + b"(((())))" * 100_000,
    ],
)
def test_a_million_odd_bytes_take_no_long_time(raw: bytes) -> None:
    with soon(), pytest.raises(UnsureStructure):
        parse(raw, 0)
