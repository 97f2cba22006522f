"""What somebody typed into a form that was refused: it is still there on whatever page answers.

Pages that answer in place show it in their form. Where the form is not offered any more (the state
has changed, the session is over, somebody else is in charge), it would be lost; then it stands at
the head of the page, to be copied.
"""

from collections.abc import Iterator
from typing import Final

from fastapi import Request
from markupsafe import escape
from starlette.datastructures import FormData

from portal.identity import is_foreign

TEXTS: Final = frozenset(
    {
        "add", "aliases", "answer_text", "basis", "columns", "corrected", "h.addressees", "h.title",
        "label", "lines", "name", "note", "opinion", "organisations", "origin", "printed",
        "published", "question", "quote", "reason", "result", "rows", "subject", "text", "title",
        "words",
    }
)  # fmt: skip
"""Fields in which people write sentences; never a secret, never what a page hides."""
LONGEST: Final = 20_000
"""Characters that are shown again of one text."""


def texts_of(request: Request) -> Iterator[str]:
    """The sentences of a form of ours. What another site sends is repeated to nobody."""
    read: FormData | None = getattr(request, "_form", None)
    form: FormData | None = read or getattr(request.state, "typed", None)
    if request.method != "POST" or form is None or is_foreign(request):
        return
    for name, value in form.multi_items():
        if name in TEXTS and isinstance(value, str) and value.strip():
            yield value[:LONGEST]


def lost_texts(request: Request, html: str) -> list[str]:
    """Returns those that a page does not show."""
    typed = list(texts_of(request))
    shown = _folded(html) if typed else ""
    return [text for text in typed if _folded(str(escape(text))) not in shown]


def _folded(text: str) -> str:
    return " ".join(text.split())
