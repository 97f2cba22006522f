"""What people write in a discussion: never empty, never endless."""

from typing import Final

from actions.errors import InvalidInputError, Problem

LONGEST_TEXT: Final = 4000
"""Characters of a remark, an answer, an opinion or a question."""


def require_text(place: str, text: str, *, empty: str = "") -> str:
    """Returns a text without blanks around it.

    Args:
        place: the field, for the refusal.
        text: what was written.
        empty: why it must not be empty; without a reason it may be.

    Raises:
        InvalidInputError: it is empty or too long.
    """
    said = text.replace("\r\n", "\n").strip()
    if empty and not said:
        raise InvalidInputError(Problem(place=place, reason=empty))
    if len(said) > LONGEST_TEXT:
        reason = f"Dài {len(said)} chữ, nhiều nhất là {LONGEST_TEXT}. Rút gọn rồi gửi lại."
        raise InvalidInputError(Problem(place=place, reason=reason))
    return said
