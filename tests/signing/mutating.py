"""Damage of many kinds, and what must hold of every damaged file."""

import random
from collections.abc import Callable, Mapping

from signing.judge.own import read_own
from signing.judge.part import FileReading
from signing.library.reading import read_with_library
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict, worst
from signing.verify import verify
from tests.signing.office import TODAY

WORDS = (
    b"/Contents", b"/V ", b"/Annots", b"/Kids", b"/Prev ", b"/Root ", b"/AcroForm", b"/DSS",
    b"/ByteRange", b" 0 R", b"endobj", b"startxref", b"%%EOF", b"/Length ", b"/Rect", b"/AP",
)  # fmt: skip
"""What a mutation may swap for another of the same length or cut out."""


def flip(pdf: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(pdf))
    return pdf[:at] + bytes([pdf[at] ^ chance.randrange(1, 256)]) + pdf[at + 1 :]


def cut(pdf: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(pdf)), chance.randrange(1, 400)
    return pdf[:at] + pdf[at + length :]


def repeat(pdf: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(pdf)), chance.randrange(1, 400)
    return pdf[: at + length] + pdf[at:]


def overwrite(pdf: bytes, chance: random.Random) -> bytes:
    length = chance.randrange(1, 60)
    source, target = chance.randrange(len(pdf) - length), chance.randrange(len(pdf) - length)
    return pdf[:target] + pdf[source : source + length] + pdf[target + length :]


def respell(pdf: bytes, chance: random.Random) -> bytes:
    word, other = chance.choice(WORDS), chance.choice(WORDS)
    places = [at for at in range(len(pdf)) if pdf.startswith(word, at)] if word in pdf else []
    if not places:
        return flip(pdf, chance)
    at = chance.choice(places)
    return pdf[:at] + other[: len(word)].ljust(len(word)) + pdf[at + len(word) :]


def renumber(pdf: bytes, chance: random.Random) -> bytes:
    """One digit becomes another: offsets, lengths, object numbers."""
    digits = [at for at, byte in enumerate(pdf) if 0x30 <= byte <= 0x39]
    at = chance.choice(digits)
    return pdf[:at] + bytes([chance.choice(b"0123456789")]) + pdf[at + 1 :]


def append(pdf: bytes, chance: random.Random) -> bytes:
    return pdf + chance.randbytes(chance.randrange(1, 80))


def append_own(pdf: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(pdf))
    return pdf + pdf[at : at + chance.randrange(1, 4000)]


KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip, flip, cut, repeat, overwrite, respell, renumber, renumber, append, append_own,
)  # fmt: skip


def holds(reading: FileReading) -> bool:
    """Whether a judge of integrity lets a file pass."""
    effects = [*(one.effect for one in reading.findings)]
    effects += [one.effect for part in reading.parts for one in part.findings]
    soft = {Verdict.UNREADABLE, Verdict.UNSIGNED}
    return bool(reading.parts) and not soft & set(effects) and worst(effects) is Verdict.PASSED


def check_mutation(pdf: bytes, changed: bytes) -> Verdict:
    """Judges a damaged file, and holds our own judge against the library.

    Whatever our own judge lets pass, the library lets pass too: these files need none of the rules
    by which ours overrules it.
    """
    report = verify(changed, name="x.pdf", policy=INTEGRITY, trust=TrustStore(), at=TODAY)
    own = read_own(changed, INTEGRITY)
    if own.reading is not None and holds(own.reading):
        assert holds(read_with_library(changed, INTEGRITY)), "ours passes, the library does not"
    if changed.startswith(pdf) and len(changed) > len(pdf):
        told = {one.code for one in report.findings}
        told.update(one.code for part in report.signatures for one in part.findings)
        assert report.verdict is not Verdict.PASSED or told & {"trailing_blank"}, "appended bytes"
    return report.verdict


def mutate(sources: Mapping[str, bytes], times: int, chance: random.Random) -> dict[Verdict, int]:
    """Judges so many damaged files.

    Args:
        sources: Good files by name.
        times: How many.
        chance: Seeded.

    Returns:
        How often each verdict was given.
    """
    verdicts = dict.fromkeys(Verdict, 0)
    names = sorted(sources)
    for number in range(times):
        name, kind = chance.choice(names), chance.choice(KINDS)
        changed = kind(sources[name], chance)
        try:
            verdicts[check_mutation(sources[name], changed)] += 1
        except Exception as err:
            err.add_note(f"mutation {number}: {kind.__name__} of {name}")
            raise
    return verdicts
