"""Reads one object from bytes, strictly. Source: ISO 32000-2, 7.2 and 7.3.

One regular expression knows all tokens. Its parts are possessive: no input makes it go back, so
the time is linear in the bytes read. What it does not know is a token too (`bad`), so it never
searches ahead.
"""

from __future__ import annotations

import re
from binascii import Error, unhexlify
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from signing.judge.file.faults import unsure
from signing.judge.file.objects import Name, Obj, Ref, Text

Token: TypeAlias = re.Match[bytes]

MOST_NESTING: Final = 50
_MOST_DIGITS: Final = 18

BLANK: Final = rb"[\t\n\f\r ]"
"""White space. NUL counts too by the standard, but not to every reader: not to ours."""

REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
SKIP: Final = rb"(?:[\t\n\f\r ]++|%[^\r\n]*+[\r\n])*+"
"""Blanks and comments."""

END_LINES: Final = (
    rb"(?<=[\r\n])startxref" + BLANK + rb"++(\d{1,12}+)" + BLANK + rb"++(?<=[\r\n])%%EOF"
)
"""The last lines of a revision; both words begin a line. Source: ISO 32000-2, 7.5.5."""

EDGE: Final = rb"(?!" + REGULAR + rb")"
"""A keyword or a number ends here."""


def _literal(depth: int) -> bytes:
    """The inside of a literal string in which balanced parentheses nest up to a depth."""
    inner = rb"|\(" + _literal(depth - 1) + rb"\)" if depth else b""
    return rb"(?:[^()\\]++|\\[\s\S]" + inner + rb")*+"


_TOKEN: Final = re.compile(
    SKIP + rb"(?:/(?P<name>" + REGULAR + rb"*+)"
    rb"|(?P<number>\d{1,10}+)" + BLANK + rb"++(?P<ref>\d{1,5}+)" + BLANK + rb"++R" + EDGE + rb""
    rb"|(?P<int>[+-]?\d++)" + EDGE + rb""
    rb"|(?P<real>[+-]?(?:\d++\.\d*+|\.\d++))" + EDGE + rb""
    rb"|(?P<dict><<)|(?P<dict_end>>>)|(?P<array>\[)|(?P<array_end>\])"
    rb"|<(?P<hex>[^>]*+)>"
    rb"|\((?P<literal>" + _literal(4) + rb")\)"
    rb"|(?P<word>true|false|null)" + EDGE + rb"|(?P<bad>[\s\S]|\Z))"
)
_WORDS: Final[dict[bytes, Obj]] = {b"true": True, b"false": False, b"null": None}
_CONTROL: Final = re.compile(rb"[\x01-\x20\x7f]")
_HASH: Final = re.compile(rb"#([0-9A-Fa-f]{2})?")
_ESCAPE: Final = re.compile(rb"\\(?:[0-7]{1,3}|\r\n|[\s\S])|\r\n?")
_ESCAPED: Final = {
    b"\\(": b"(",
    b"\\)": b")",
    b"\\\\": b"\\",
    b"\\n": b"\n",
    b"\\r": b"\r",
    b"\\t": b"\t",
    b"\\b": b"\b",
    b"\\f": b"\f",
    b"\\\n": b"",
    b"\\\r": b"",
    b"\\\r\n": b"",
    b"\r": b"\n",
    b"\r\n": b"\n",
    **{b"\\%03o" % one: bytes((one & 0xFF,)) for one in range(0o1000)},
    **{b"\\%02o" % one: bytes((one,)) for one in range(0o100)},
    **{b"\\%o" % one: bytes((one,)) for one in range(0o10)},
}
"""What each escape stands for. Readers differ about all others."""


def parse(data: bytes, at: int, repeatable: frozenset[str] = frozenset()) -> tuple[Obj, int]:
    """The object or reference that begins at an offset, and one past its last byte.

    Args:
        data: the bytes around it.
        at: the offset; blanks and comments may stand before the object.
        repeatable: keys that the outermost dictionary may repeat; the last one counts.

    Raises:
        UnsureStructure: it is not well formed.
    """
    outer: list[tuple[str, list[Obj]]] = []
    items: list[Obj] = []
    for token in _TOKEN.finditer(data, at):
        kind = token.lastgroup or "bad"
        if kind == "name":
            items.append(read_name(token["name"]))
        elif kind in _OPENING:
            if len(outer) >= MOST_NESTING:
                raise unsure("nesting")
            outer.append((kind, items))
            items = []
            continue
        elif kind in _CLOSING:
            items = _closed(outer, items, _CLOSING[kind], repeatable)
        else:
            items.append(_READERS[kind](token))
        if not outer:
            return items[0], token.end()
    raise unsure("syntax", "ends early")


def _closed(
    outer: list[tuple[str, list[Obj]]], items: list[Obj], closes: str, repeatable: frozenset[str]
) -> list[Obj]:
    """What was being read around an array or dictionary that ends here, with it added."""
    if not outer or outer[-1][0] != closes:
        raise unsure("syntax", "brackets")
    parents = outer.pop()[1]
    if closes == "dict":
        parents.append(_dictionary(items, frozenset() if outer else repeatable))
    else:
        parents.append(items)
    return parents


def _dictionary(items: list[Obj], repeatable: frozenset[str]) -> dict[str, Obj]:
    made: dict[str, Obj] = {}
    keys = items[::2]
    if len(items) % 2:
        raise unsure("syntax", "a key without a value")
    for key, value in zip(keys, items[1::2], strict=True):
        if type(key) is not Name:
            raise unsure("syntax", "a key is no name")
        if key in made and key not in repeatable:
            raise unsure("duplicate_key", key)
        made[key] = value
    return made


@lru_cache(maxsize=4096)
def read_name(raw: bytes) -> Name:
    """A name from the bytes behind its slash. Source: ISO 32000-2, 7.3.5."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise unsure("name_bytes", "no UTF-8") from err
    if _CONTROL.search(raw):
        raise unsure("name_bytes", "a control character")
    if b"#" in raw:
        raw = _HASH.sub(_unhashed, raw)
        if b"\0" in raw:
            raise unsure("name_bytes", "NUL")
    return Name(raw.decode("utf-8", "surrogateescape"))


def _unhashed(found: Token) -> bytes:
    if found[1] is None:
        raise unsure("name_bytes")
    return unhexlify(found[1])


def read_hex(raw: bytes) -> Text:
    """A hexadecimal string from the bytes between its brackets. Source: ISO 32000-2, 7.3.4.3."""
    try:
        return Text(unhexlify(raw))
    except Error:  # blanks, an odd number of digits, or no digits
        digits = raw.translate(None, b"\t\n\f\r ")
    try:
        return Text(unhexlify(digits + b"0" if len(digits) % 2 else digits))
    except Error as err:
        raise unsure("syntax", "no hexadecimal digits") from err


def _read_real(raw: bytes) -> float:
    if len(raw.partition(b".")[0]) > _MOST_DIGITS:
        raise unsure("number_form")
    return float(raw)


def _read_literal(raw: bytes) -> Text:
    """Escapes resolved, line ends made one. Source: ISO 32000-2, 7.3.4.2."""
    if b"\\" in raw or b"\r" in raw:
        raw = _ESCAPE.sub(_unescaped, raw)
    return Text(raw)


def _unescaped(found: Token) -> bytes:
    try:
        return _ESCAPED[found[0]]
    except KeyError as err:
        raise unsure("syntax", "an unknown escape") from err


def _read_reference(token: Token) -> Obj:
    number = int(token["number"])
    if int(token["ref"]) or not number:
        raise unsure("generation")
    return Ref(number)


def _read_int(token: Token) -> Obj:
    if len(token["int"]) > _MOST_DIGITS:
        raise unsure("number_form")
    return int(token["int"])


def _read_bad(token: Token) -> Obj:
    raise unsure("syntax", f"at {token.end()}")


_READERS: Final[dict[str, Callable[[Token], Obj]]] = {
    "ref": _read_reference,
    "int": _read_int,
    "real": lambda token: _read_real(token["real"]),
    "hex": lambda token: read_hex(token["hex"]),
    "literal": lambda token: _read_literal(token["literal"]),
    "word": lambda token: _WORDS[token["word"]],
    "bad": _read_bad,
}
_OPENING: Final = frozenset({"dict", "array"})
_CLOSING: Final = {"dict_end": "dict", "array_end": "array"}
