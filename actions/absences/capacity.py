"""What is printed above the name of a deputy who signs.

`KT.` for the head, `TL.` by order, `TUQ.` delegated in writing, each with the head's post; the line
of a collective stays above it (`TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH`). Who signs in the name of the
collective as the absent one does keeps the collective's line alone.

Source: NĐ 30/2020 Đ13; HD 36-HD/VPTW II.1.7.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from documents.content import Regime
from documents.regimes import rules_for
from models.officer import Capacity, SigningAuthority

GIVABLE: Final = (Capacity.KT, Capacity.TL, Capacity.TUQ, Capacity.TM)
"""Capacities in which somebody signs in the place of another."""
WORDS: Final[Mapping[Capacity, str]] = {
    Capacity.KT: "ký thay người đứng đầu (KT.)",
    Capacity.TL: "ký thừa lệnh (TL.)",
    Capacity.TUQ: "ký thừa uỷ quyền (TUQ.)",
    Capacity.TM: "ký thay mặt tập thể (TM.)",
}
"""How a capacity is called to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The capacity of a deputy, as it is printed and kept."""

    lines: tuple[str, ...]
    on_behalf_of: str


def words_of(regime: Regime, day: date) -> dict[Capacity, str]:
    """Returns how a form of paper writes each capacity: `KT.`, `K/T`."""
    written = rules_for(regime).words("capacity_words", day)
    found = {"".join(letter for letter in word if letter.isalpha()): word for word in written}
    return {one: found[one.value] for one in GIVABLE if one.value in found}


def printed_for(
    absent: SigningAuthority, capacity: Capacity, regime: Regime, day: date
) -> Printed | None:
    """Returns what a deputy's capacity is; None where the absent officer cannot be replaced so.

    Args:
        absent: the authority of who is away.
        capacity: the deputy's.
        regime: form of the office's papers.
        day: whose rules count.
    """
    word = words_of(regime, day).get(capacity)
    collective = [str(line) for line in absent.capacity_lines if _is(line, Capacity.TM)]
    if word is None:
        return None
    if capacity is Capacity.TM:
        whom = absent.on_behalf_of or absent.position
        return Printed(lines=tuple(collective), on_behalf_of=whom) if collective else None
    for_another = Capacity(absent.capacity) not in (Capacity.HEAD, Capacity.TM, Capacity.Q)
    head = (absent.on_behalf_of or absent.position) if for_another else absent.position
    above = tuple(collective) if capacity is Capacity.KT else ()
    return Printed(lines=(*above, f"{word} {head.upper()}"), on_behalf_of=head)


def _is(line: object, capacity: Capacity) -> bool:
    first = str(line).split(" ", 1)[0]
    return "".join(letter for letter in first if letter.isalpha()).upper() == capacity.value
