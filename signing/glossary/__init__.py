"""What the words of a report mean: terms with their sources, and every finding by its code."""

from __future__ import annotations

from signing.glossary.codes import CODES
from signing.glossary.shapes import Explanation, Term, Words
from signing.glossary.terms import TERMS

__all__ = ["CODES", "TERMS", "Explanation", "Term", "Words", "find_term"]


def find_term(words: str) -> Term | None:
    """The term of that key or name, in either language, however it is capitalised."""
    wanted = " ".join(words.casefold().split())
    for key, term in TERMS.items():
        if wanted in {key, term.name.vi.casefold(), term.name.en.casefold()}:
            return term
    return None
