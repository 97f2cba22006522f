"""What became of a message that came in: told once, by whoever was first to deal with it."""

from typing import Final
from uuid import UUID

from sqlalchemy import update

from actions.desk import Deed
from models.dispatch import IncomingMessage

WAITS: Final = ("new", "unmatched")
"""States in which a message has not been dealt with."""


def settle_message(
    deed: Deed, incoming_id: UUID, state: str, *, matched_to: str | None = None,
    detail: str | None = None,
) -> bool:  # fmt: skip
    """Says what became of a message; False where it was dealt with before. Does not commit.

    Args:
        deed: the change it belongs to.
        incoming_id: the message.
        state: `matched`, `unmatched` (waits for a person) or `set_aside`.
        matched_to: what it is about, as `IncomingMessage.matched_to` has it.
        detail: why, for people.
    """
    changed = deed.session.execute(
        update(IncomingMessage)
        .where(IncomingMessage.id == incoming_id, IncomingMessage.state.in_(WAITS))
        .values(state=state, matched_to=matched_to, detail=detail)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def settle_on_record(
    deed: Deed, incoming_id: UUID, state: str, matched_to: str | None, said: str | None
) -> bool:
    """As `settle_message`, and the deed's own record tells it."""
    deed.detail |= {"state": state, "matched_to": matched_to, "said": said}
    return settle_message(deed, incoming_id, state, matched_to=matched_to, detail=said)
