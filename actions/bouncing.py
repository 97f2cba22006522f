"""What mail servers and mail programs say about our messages, applied as hints."""

from collections.abc import Iterable

from sqlalchemy import update

from actions.desk import Deed
from actions.matching import message_of
from delivery.notices import Notice as ServerNotice
from delivery.notices import NoticeAction
from models.dispatch import Consignment, Notice
from models.lifecycle import DeliveryState

_S = DeliveryState
_MAY_BOUNCE = (_S.PLANNED, _S.SENDING, _S.SENT, _S.UNKNOWN)
"""States in which a bounce is believed; who has acknowledged or answered has got it."""

_SAID = {
    NoticeAction.DELAYED: "Máy chủ nơi nhận báo chậm",
    NoticeAction.DELIVERED: "Máy chủ nơi nhận báo đã vào hộp thư",
    NoticeAction.RELAYED: "Đã chuyển tiếp đến máy chủ khác",
    NoticeAction.EXPANDED: "Đã chuyển đến các thành viên của danh sách",
    NoticeAction.DISPLAYED: "Thư đã được mở",
    NoticeAction.DISCARDED: "Thư bị xoá hoặc từ chối khi chưa đọc",
}


def apply_notices(deed: Deed, notices: Iterable[ServerNotice]) -> tuple[str | None, bool]:
    """Applies what a mail reports. Does not commit.

    A notice counts for a message of ours only where both its Message-ID and its recipient fit (or
    no recipient is named). A failure moves the consignment to `bounced` with the server's words;
    everything else is kept as a word beside it and moves no state.

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
        failed = _apply(deed, row, notice) or failed
    return matched, failed


def _apply(deed: Deed, row: Consignment | Notice, notice: ServerNotice) -> bool:
    table = type(row)
    words = " ".join(part for part in (notice.status, notice.diagnostic) if part)
    if notice.action is NoticeAction.FAILED:
        changed = deed.session.execute(
            update(table)
            .where(table.id == row.id, table.state.in_([state.value for state in _MAY_BOUNCE]))
            .values(state=_S.BOUNCED.value, detail=words or "Máy chủ báo không gửi được.")
            .execution_options(synchronize_session=False)
        )
        moved = bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    else:
        said = f"{_SAID.get(notice.action, 'Máy chủ báo')}: {words}".rstrip(": ")
        deed.session.execute(
            update(table)
            .where(table.id == row.id)
            .values(detail=said)
            .execution_options(synchronize_session=False)
        )
        moved = False
    outcome = {"message_id": row.message_id, "action": notice.action.value, "words": words}
    deed.detail.setdefault("notices", []).append({**outcome, "moved": moved})
    return moved
