"""How a deputy signs: the head's post, behind a mark, above the deputy's own."""

import re
from typing import Final

from documents.content import Regime
from documents.marking import folded
from documents.regimes import rules_for

_DEPUTY: Final = "phó "
_RANK: Final = re.compile(r"\s+(thường trực|phụ trách)$", re.IGNORECASE)


def is_deputy(position: str) -> bool:
    """Whether a post is that of a deputy: `Phó Giám đốc`."""
    return folded(position).startswith(_DEPUTY)


def deputy_mark(regime: Regime) -> str:
    """Returns what stands before the head's post, by the latest rule: `KT.`, `K/T`."""
    known = [rule for rule in rules_for(regime).rules if rule.key == "deputy_capacity"]
    return str(max(known, key=lambda rule: rule.valid_from).value)


def deputy_line(position: str, regime: Regime) -> str:
    """Returns the line above a deputy's post: `KT. GIÁM ĐỐC` for a `Phó Giám đốc`.

    Empty for who is no deputy. A proposal: only a person knows how the head is called.
    """
    if not is_deputy(position):
        return ""
    head = _RANK.sub("", " ".join(position.split())[len(_DEPUTY) :])
    return f"{deputy_mark(regime)} {head.upper()}"
