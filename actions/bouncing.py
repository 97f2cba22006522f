"""What mail servers and mail programs say about our messages, applied as hints."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update

from actions.answers.moving import note
from actions.desk import Deed, Desk
from actions.distribution.rerouting import reroute_failed
from actions.matching import message_of
from delivery.notices import Notice as ServerNotice
from delivery.notices import NoticeAction
from models.dispatch import Consignment, Notice
from models.lifecycle import DeliveryState, delivery_sources

_S = DeliveryState
_MAY_BOUNCE = delivery_sources(_S.BOUNCED)
"""States in which a bounce is believed; who has acknowledged or answered has got it."""

_SAID = {
    NoticeAction.DELAYED: "Máy chủ nơi nhận báo chậm",
    NoticeAction.DELIVERED: "Máy chủ nơi nhận báo đã vào hộp thư",
    NoticeAction.RELAYED: "Đã chuyển tiếp đến máy chủ khác",
    NoticeAction.EXPANDED: "Đã chuyển đến các thành viên của danh sách",
    NoticeAction.DISPLAYED: "Thư đã được mở",
    NoticeAction.DISCARDED: "Thư bị xoá hoặc từ chối khi chưa đọc",
}


_BY_READER = (NoticeAction.DISPLAYED, NoticeAction.DISCARDED)
"""What a mail program says (MDN), not a server (DSN)."""


def apply_notices(
    desk: Desk, deed: Deed, notices: Iterable[ServerNotice], incoming_id: UUID
) -> tuple[str | None, bool]:
    """Applies what a mail reports. Does not commit.

    A notice counts for a message of ours only where both its Message-ID and its recipient fit (or
    no recipient is named). A failure moves the consignment to `bounced` with the server's words,
    and the unit's next channel takes over; everything else is kept as a word beside it and moves
    no state.

    Returns:
        What the last fitting notice is about (`consignment:<id>`, `notice:<id>`) or None, and
        whether any of them moved a state.
    """
    matched, failed = None, False
    for notice in notices:
        row = message_of(deed.session, notice.original_message_id)
        if row is None or notice.recipient not in {"", row.address.lower()}:
            continue
        matched = f"{type(row).__name__.lower()}:{row.id}"
        failed = _apply(desk, deed, row, notice, incoming_id=incoming_id) or failed
    return matched, failed


def _apply(
    desk: Desk, deed: Deed, row: Consignment | Notice, notice: ServerNotice, *, incoming_id: UUID
) -> bool:
    said = " ".join(part for part in (notice.status, notice.diagnostic) if part)
    if isinstance(row, Consignment):
        moved = note(
            deed, row, source="mdn" if notice.action in _BY_READER else "dsn",
            to=_S.BOUNCED if notice.action is NoticeAction.FAILED else None,
            code=notice.status or None, words=_words(notice, said), incoming_id=incoming_id,
        )  # fmt: skip
        if moved:
            reroute_failed(desk, deed, row, why=_words(notice, said))
    else:
        moved = _apply_to_letter(deed, row, notice, said)
    outcome = {"message_id": row.message_id, "action": notice.action.value, "words": said}
    deed.detail.setdefault("notices", []).append({**outcome, "moved": moved})
    return moved


def _words(notice: ServerNotice, said: str) -> str:
    if notice.action is NoticeAction.FAILED:
        return said or "Máy chủ báo không gửi được."
    return f"{_SAID.get(notice.action, 'Máy chủ báo')}: {said}".rstrip(": ")


def _apply_to_letter(deed: Deed, row: Notice, notice: ServerNotice, said: str) -> bool:
    """A letter has no events of its own; its last words are kept."""
    failed = notice.action is NoticeAction.FAILED
    change = update(Notice).where(Notice.id == row.id)
    if failed:
        may = [state.value for state in _MAY_BOUNCE]
        change = change.where(Notice.state.in_(may)).values(state=_S.BOUNCED.value)
    changed = deed.session.execute(
        change.values(detail=_words(notice, said)).execution_options(synchronize_session=False)
    )
    return failed and bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
