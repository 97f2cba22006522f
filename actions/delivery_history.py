"""What became known of a consignment, one row each, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from actions.desk import Deed
from models.dispatch import DeliveryEvent
from models.lifecycle import DeliveryState


def write_event(
    deed: Deed,
    consignment_id: UUID,
    *,
    source: str,
    words: str,
    state: DeliveryState | None = None,
    code: str | None = None,
) -> None:
    """Writes one row beside a move that was made. Does not commit.

    Args:
        deed: the deed being done.
        consignment_id: what it is about.
        source: channel, machine or officer; answers from outside: `actions.answers.moving.note`.
        words: the channel's or the person's own words.
        state: where it moved to; None for a mere word.
        code: the channel's code.
    """
    row = event_row(
        consignment_id, at=deed.at, source=source, words=words, state=state, code=code
    )  # fmt: skip
    deed.session.add(DeliveryEvent(**row))


def event_row(
    consignment_id: UUID,
    *,
    at: datetime,
    source: str,
    words: str,
    state: DeliveryState | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    """Returns the columns of such a row, for many that are written at once."""
    return {
        "consignment_id": consignment_id,
        "at": at,
        "source": source,
        "state": state.value if state is not None else None,
        "code": code[:40] if code else None,
        "words": words,
    }
