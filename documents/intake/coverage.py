"""The last check: no word of the end block may be lost.

Independent of how the block was cut: it counts the words of the source and of what was handed over.
"""

from collections import Counter
from collections.abc import Sequence

from documents.intake.closing import Closing, PieceKind
from documents.intake.folding import words_of
from documents.intake.paper import Line
from documents.intake.result import Field, FoundRecipient, FoundSigner, Unresolved


def uncovered(
    lines: Sequence[Line],
    closing: Closing,
    recipients: Sequence[Field[FoundRecipient]],
    signer: Field[FoundSigner | None],
) -> list[Unresolved]:
    """Return one entry for every line with words that nothing handed over holds."""
    held = Counter[str]()
    for found in recipients:
        held.update(words_of(found.evidence))
    held.update(words_of(signer.evidence))
    for kind, piece in closing.pieces:
        if kind is PieceKind.FURNITURE:
            held.update(words_of(piece))
    for unresolved in closing.unresolved:
        held.update(words_of(unresolved.text))
    left = []
    for line in lines:
        lost = _taken_from(held, words_of(line.text))
        if lost:
            why = f"Còn chữ chưa rõ thuộc phần nào: {' '.join(lost)}."
            left.append(Unresolved(text=line.text.strip(), where="end", why=why))
    return left


def _taken_from(held: Counter[str], words: Sequence[str]) -> list[str]:
    """Take words from a stock; return those it does not hold."""
    lost = []
    for word in words:
        if held[word] > 0:
            held[word] -= 1
        else:
            lost.append(word)
    return lost
