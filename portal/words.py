"""How the pages say days, times, states and roles, in the language of the person who reads."""

from datetime import date, datetime, timedelta

from actions.desk import local_day
from actions.errors import STATE_WORDS
from actions.follow_up_words import DELIVERY_WORDS
from actions.wording import is_printed
from deadlines.calendar import WorkingCalendar
from models.lifecycle import DeliveryState, DirectiveState, ObligationState
from portal.i18n.catalogue import gettext, ngettext
from portal.i18n.choosing import spoken
from portal.i18n.said import said
from portal.i18n.writing import clock, day
from signing.language import Language

NO_BREAK = "\N{NO-BREAK SPACE}"
DEFAULT_ADDRESS = "đồng chí"
"""The form of address in which refusals are written; others are put in its place."""

ROLE_WORDS = {
    "action": "để thực hiện",
    "report": "để báo cáo",
    "know": "để biết",
    "archive": "lưu",
    "as_above": "như trên",
    "as_article": "theo điều khoản",
    "unmarked": "không ghi rõ",
}
"""Why a unit stands on a recipient list."""

KIND_WORDS = {
    "draft": "Bản đọc thử (dự thảo)",
    "frozen": "Bản để ký",
    "signed": "Bản đã ký số",
    "sealed": "Bản đã ký số và đóng dấu",
    "archived": "Bản lưu trữ có thêm dấu thời gian",
    "attachment": "Tệp kèm theo",
    "source": "Tệp gốc khi soạn",
    "annex_source": "Tệp kèm theo, trước khi cơ quan ký",
    "consolidated": "Báo cáo tổng hợp",
}
"""Kinds of stored files that people may open."""

VERDICT_WORDS = {
    "passed": "Hợp lệ",
    "indeterminate": "Chưa thể kết luận",
    "failed": "Không hợp lệ",
    "unsigned": "Không có chữ ký số",
    "unreadable": "Không đọc được",
}
"""Verdicts as headings."""

VIA_WORDS = {
    "mail": "qua thư",
    "upload": "tải lên tại trang của đơn vị",
    "edxml": "qua trục liên thông (edXML)",
}
"""How a report came."""

_HAPPENED = {
    "submit": "trình",
    "revise": "sửa",
    "check_content": "kiểm tra nội dung",
    "check_form": "kiểm tra thể thức",
    "approve": "phê duyệt",
    "return": "trả lại",
    "take_back": "rút lại để sửa",
    "take_number": "cấp số",
    "sign": "ký số",
    "seal": "đóng dấu",
    "issue": "phát hành",
    "cancel": "huỷ",
    "close": "kết thúc theo dõi",
    "freeze": "dựng bản để ký",
    "complete_signature": "hoàn tất chữ ký",
    "complete_seal": "hoàn tất dấu",
}
_GOOD = frozenset({DirectiveState.ISSUED, DirectiveState.CLOSED, ObligationState.ACCEPTED})
_BAD = frozenset({DirectiveState.CANCELLED, DirectiveState.RECALLED, DirectiveState.REPLACED})
_WAIT = frozenset({DirectiveState.RETURNED, ObligationState.EXTENSION_REQUESTED})


def moment(value: datetime | None) -> str:
    """Returns an instant: `13:54 ngày 21/9/2022`; empty for None."""
    if value is None:
        return ""
    return gettext("%(clock)s ngày %(day)s", clock=clock(value), day=day(value))


def when(value: datetime | None, now: datetime) -> str:
    """Returns an instant as people say it: `13:54 hôm nay`, `13:54 hôm qua`, else in full."""
    if value is None:
        return ""
    apart = local_day(now) - local_day(value)
    if apart == timedelta(0):
        return gettext("%(clock)s hôm nay", clock=clock(value))
    if apart == timedelta(days=1):
        return gettext("%(clock)s hôm qua", clock=clock(value))
    return moment(value)


def due_in(due: date | None, today: date, calendar: WorkingCalendar) -> str:
    """Returns how far a due day is: `còn 3 ngày làm việc`, `hôm nay`, `quá hạn 2 ngày làm việc`."""
    if due is None:
        return gettext("không nêu ngày")
    if due == today:
        return gettext("hạn hôm nay")
    days = calendar.working_days_between(min(due, today), max(due, today))
    if due > today:
        return ngettext("còn %(n)s ngày làm việc", "còn %(n)s ngày làm việc", days)
    return ngettext("quá hạn %(n)s ngày làm việc", "quá hạn %(n)s ngày làm việc", days)


def state(value: str) -> str:
    """Returns how a state of a directive or an obligation is called."""
    return said(STATE_WORDS.get(value, value))


def tone(value: str) -> str:
    """Returns the colour class of a state; the word always stands beside it."""
    if value in _GOOD:
        return "good"
    if value in _BAD:
        return "bad"
    return "wait" if value in _WAIT else "plain"


def delivery(value: str) -> str:
    """Returns how a state of a consignment is called."""
    return said(DELIVERY_WORDS[DeliveryState(value)])


def happened(name: str) -> str:
    """Returns a deed after `đã được …`, for the sentence about who was quicker."""
    return _HAPPENED.get(name, "thay đổi")


def size(value: int) -> str:
    """Returns a number of bytes for people: `312 KB`, `1,4 MB`."""
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024))} KB"
    return f"{value / (1024 * 1024):.1f}".replace(".", ",") + " MB"


def addressed(sentence: str, form: str) -> str:
    """Returns a sentence with the office's own form of address; English has one for everybody."""
    if spoken() is not Language.VI:
        return said(sentence)
    if form == DEFAULT_ADDRESS:
        return sentence
    changed = sentence.replace(DEFAULT_ADDRESS, form)
    return changed.replace(DEFAULT_ADDRESS.capitalize(), form.capitalize())


def task_place(ref: str) -> str:
    """Returns how a task is named on pages: its place in the paper, or the word where it has none.

    >>> task_place("II.2"), task_place("NV"), task_place("NV.2")
    ('II.2', 'Nhiệm vụ', 'Nhiệm vụ 2')
    """
    if is_printed(ref):
        return ref
    return f"{gettext('Nhiệm vụ')} {ref.partition('.')[2]}".rstrip()
