"""What the commands of set-up say: parts as a table, what runs out, what an end did."""

from collections.abc import Iterator, Sequence

from actions.certificate_ends import Ended
from actions.desk import local_day
from actions.expiring import expiring
from actions.leaving import Left
from actions.setup_parts import PART_WORDS, Part, PartState, is_mixed
from cli.opening import Tables
from wiring.trial import surroundings

MIXED = (
    "Cảnh báo: cơ quan đang tin lẫn chứng thư gốc thử nghiệm và thật. Bỏ chứng thư gốc thử "
    "nghiệm: trinhky setup anchors --remove-trial"
)


def part_lines(found: Sequence[Part]) -> Iterator[str]:
    """Yields the table of parts, then what remains."""
    rows = [(one.title, PART_WORDS[one.state], one.words) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for title, state, words in rows:
        yield f"{title.ljust(widths[0])}  {state.ljust(widths[1])}  {words}"
    open_parts = [one for one in found if one.state is not PartState.REAL]
    if not any(one.needed for one in open_parts):
        yield "Mọi phần cần thiết đã là thật."
    for one in open_parts:
        needed = "Còn phải làm" if one.needed else "Không bắt buộc"
        yield f"{needed}: {one.title}: {one.todo}"


def warning_lines(tables: Tables) -> list[str]:
    """Returns what the office should know at once: mixed anchors, what runs out soon."""
    around, at = surroundings(tables.settings), tables.clock.now()
    with tables.database.reading() as session:
        soon = expiring(session, around, at=at)
    mixed = [MIXED] if is_mixed(around.anchors) else []
    return mixed + [f"Sắp hết hạn: {one.words(local_day(at))} {_todo(one.todo)}" for one in soon]


def _todo(text: str) -> str:
    return f"Việc cần làm: {text}."


def ended_lines(ended: Ended) -> Iterator[str]:
    """Yields what the end of a certificate did, and what waits for another one."""
    yield (
        f"Đã chấm dứt chứng thư {ended.fingerprint[:16]} của {ended.holder}, "
        f"hết ngày {ended.last_day:%d/%m/%Y}."
    )
    if ended.abandoned:
        yield f"Đã bỏ {ended.abandoned} lần ký mới chuẩn bị, khoá chưa được dùng."
    if ended.batches:
        yield f"Đã dừng {ended.batches} lô ký."
    for paper in ended.waiting:
        yield f"Đang chờ chứng thư mới: {paper.title} ({paper.subject})"


def left_lines(left: Left) -> Iterator[str]:
    """Yields what an officer's leaving did, and what remains."""
    yield f"{left.officer} thôi công tác, hết ngày {left.last_day:%d/%m/%Y}."
    if left.sessions or left.tokens or left.devices:
        yield (
            f"Đã kết thúc {left.sessions} phiên đăng nhập, {left.tokens} mã truy cập, "
            f"{left.devices} máy ký đã ghép."
        )
    for ended in left.certificates:
        yield from ended_lines(ended)
    if left.claims:
        yield f"{left.claims} việc đã nhận từ hàng chờ trở lại hàng chờ."
    for one in left.pieces:
        if one.outcome != "left":
            yield f"{one.title} ({one.subject}), việc {one.what}: {one.words}"
    yield from (one.words for one in left.shared if one.others)
    for words in left.remaining:
        yield f"CHƯA BÀN GIAO ĐƯỢC: {words}"
