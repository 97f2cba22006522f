"""Changes of how the office chases: its ladders, the words of its letters, its quiet hours.

Each is a deed of an administrator or a follow-up officer. A step that was taken is never taken
again, whatever the ladder says later.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
    WrongStateError,
)
from actions.ladders import EVERY_KIND, ladder_for, state_of
from actions.offices import office_facts
from actions.reminding.built_in import BUILT_IN
from actions.reminding.finding import begin_anew
from actions.reminding.templates import Template, fill, problems
from deadlines.errors import LadderInvalidError
from deadlines.ladder import LadderStep, check_ladder
from deadlines.quiet import parse_time
from models.officer import Role
from models.organisation import LadderStepRow, LetterTemplate, Office

MOST_STEPS, MOST_DAYS = 20, 250
"""Steps of a ladder, and working days of a step before or after the day."""
MAY_SET = (Role.ADMINISTRATOR, Role.FOLLOW_UP)
"""Who may change how the office chases."""

SAMPLE: Mapping[str, str] = {
    "co_quan": "Ban Tuyên giáo Tỉnh uỷ", "don_vi": "Huyện uỷ A", "xung_ho": "đồng chí",
    "so_ky_hieu": "96-HD/BTGTU",
    "van_ban": "Hướng dẫn số 96-HD/BTGTU ngày 21/09/2022: Tuyên truyền đại hội",
    "viec": "báo cáo", "han": "trước ngày 31/10/2022", "qua_han": "3",
    "con_lai": "còn 3 ngày làm việc",
    "danh_muc": (
        "1. Mục R1: “báo cáo kết quả về Ban trước ngày 31/10/2022”\n   Thời hạn: trước ngày "
        "31/10/2022; ngày làm việc cuối cùng trong hạn: thứ Sáu, 28/10/2022."
    ),
    "cach_tra_loi": "Cách trả lời:\n- Trả lời thư này, kèm báo cáo dạng PDF đã ký số.",
    "so_van_ban": "2", "so_nhiem_vu": "3", "so_don_vi": "2", "don_vi_cham": "Huyện uỷ A",
    "thoi_diem": "Danh mục lập lúc 08:00 ngày 25/10/2022.",
}  # fmt: skip
"""Values for a look at a template."""


def set_ladder(
    desk: Desk,
    actor: Actor,
    doc_type: str,
    steps: Sequence[LadderStep],
    *,
    seen: str | None = None,
) -> None:
    """Puts a ladder in place of the one that a kind of directive has; `*` is every other kind.

    Args:
        desk: the tools.
        actor: an administrator or a follow-up officer.
        doc_type: the kind.
        steps: the ladder.
        seen: names the ladder that was seen (`actions.ladders.state_of`); any where none is said.

    Raises:
        NotAuthorisedError: the actor neither administers nor follows up.
        InvalidInputError: the ladder is empty or contradicts itself.
        WrongStateError: somebody else has set another one meanwhile.
    """
    with doing(desk, actor, "set_ladder", kind="office", subject=doc_type) as deed:
        _require(deed, "đặt thang đôn đốc")
        _check(doc_type, steps)
        _require_seen(deed, doc_type, seen)
        deed.session.execute(delete(LadderStepRow).where(LadderStepRow.doc_type == doc_type))
        deed.session.add_all(
            LadderStepRow(
                doc_type=doc_type, key=step.key, working_days=step.working_days,
                audience=step.audience.value, wording=step.wording.value,
            )
            for step in steps
        )  # fmt: skip
        begin_anew(deed.session, None if doc_type == EVERY_KIND else doc_type)
        deed.detail |= {"steps": [f"{one.key}:{one.working_days:+}" for one in steps]}


def reset_ladder(desk: Desk, actor: Actor, doc_type: str) -> None:
    """Takes the own ladder of a kind of directive away; the office's or the built-in one holds.

    Raises:
        NotAuthorisedError: the actor neither administers nor follows up.
        NotFoundError: it has none of its own.
    """
    with doing(desk, actor, "reset_ladder", kind="office", subject=doc_type) as deed:
        _require(deed, "bỏ thang đôn đốc riêng")
        gone = deed.session.execute(delete(LadderStepRow).where(LadderStepRow.doc_type == doc_type))
        if not gone.rowcount:  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
            raise NotFoundError("thang đôn đốc riêng của loại văn bản", doc_type)
        begin_anew(deed.session, None if doc_type == EVERY_KIND else doc_type)


def set_template(desk: Desk, actor: Actor, key: str, *, subject: str, text: str) -> None:
    """Puts the office's own words in place of the built-in ones of a letter.

    Raises:
        NotFoundError: there is no such letter.
        NotAuthorisedError: the actor neither administers nor follows up.
        InvalidInputError: unknown or missing fields; names each.
    """
    with doing(desk, actor, "set_template", kind="office", subject=key) as deed:
        _require(deed, "đặt lời thư đôn đốc")
        _known(key)
        wrong = problems(key, subject, text)
        if wrong:
            raise InvalidInputError(*(Problem(place="Mẫu thư", reason=one) for one in wrong))
        row = deed.session.get(LetterTemplate, key) or LetterTemplate(key=key)
        row.subject, row.text = subject.strip(), text.strip() + "\n"
        row.updated_by, row.updated_at = deed.actor.id, deed.at
        deed.session.add(row)


def reset_template(desk: Desk, actor: Actor, key: str) -> None:
    """Takes the office's own words of a letter away; the built-in ones hold again.

    Raises:
        NotFoundError: there is no such letter, or it has no words of the office's own.
        NotAuthorisedError: the actor neither administers nor follows up.
    """
    with doing(desk, actor, "reset_template", kind="office", subject=key) as deed:
        _require(deed, "bỏ lời thư riêng")
        row = deed.session.get(LetterTemplate, key)
        if row is None:
            raise NotFoundError("mẫu thư riêng", key)
        deed.session.delete(row)


def preview(template: Template) -> tuple[str, str]:
    """Returns subject and text of a template with sample values.

    Raises:
        NotFoundError: there is no such letter.
        InvalidInputError: unknown or missing fields; names each.
    """
    _known(template.key)
    wrong = problems(template.key, template.subject, template.text)
    if wrong:
        raise InvalidInputError(*(Problem(place="Mẫu thư", reason=one) for one in wrong))
    return fill(template, SAMPLE)


def set_quiet_hours(desk: Desk, actor: Actor, *, begins: str, ends: str) -> None:
    """Sets between which times of day no reminder goes out; equal times: at any time one may.

    What waits already keeps its time; what would begin in the new quiet waits for its end.

    Raises:
        NotAuthorisedError: the actor neither administers nor follows up.
        InvalidInputError: a time is none.
    """
    with doing(desk, actor, "set_quiet_hours", kind="office", subject="quiet_hours") as deed:
        _require(deed, "đặt giờ yên lặng")
        office = deed.session.get_one(Office, 1)
        office.quiet_from, office.quiet_to = _time(begins), _time(ends)
        deed.detail |= {"begins": office.quiet_from, "ends": office.quiet_to}


def _time(text: str) -> str:
    try:
        return f"{parse_time(text.strip()):%H:%M}"
    except ValueError as err:
        said = f"“{text}” không phải giờ dạng GG:PP, thí dụ 20:00."
        raise InvalidInputError(Problem(place="Giờ yên lặng", reason=said)) from err


def _check(doc_type: str, steps: Sequence[LadderStep]) -> None:
    said = ""
    if not doc_type.strip():
        said = "Chưa ghi loại văn bản; “*” là mọi loại chưa có thang riêng."
    elif not 0 < len(steps) <= MOST_STEPS:
        said = f"Thang đôn đốc phải có từ 1 đến {MOST_STEPS} bậc."
    elif any(abs(step.working_days) > MOST_DAYS for step in steps):
        said = f"Một bậc cách thời hạn nhiều nhất {MOST_DAYS} ngày làm việc."
    if said:
        raise InvalidInputError(Problem(place="Thang đôn đốc", reason=said))
    try:
        check_ladder(steps)
    except LadderInvalidError as err:
        said = (
            f"Bậc “{err.key}”: tên bậc không được trùng; nhắc trước hạn có số ngày không lớn hơn "
            "0, đôn đốc quá hạn và báo cấp trên có số ngày lớn hơn 0."
        )
        raise InvalidInputError(Problem(place="Thang đôn đốc", reason=said)) from err


def _require_seen(deed: Deed, doc_type: str, seen: str | None) -> None:
    deed.session.execute(select(Office.id).with_for_update())
    if seen is not None and seen != state_of(ladder_for(deed.session, doc_type)):
        raise WrongStateError(
            "Thang đôn đốc", expected=("chưa ai sửa từ lúc mở trang",),
            actual="vừa được người khác sửa",
        )  # fmt: skip


def _known(key: str) -> None:
    if key not in BUILT_IN:
        raise NotFoundError("mẫu thư", key)


def _require(deed: Deed, what: str) -> None:
    office = office_facts(deed.session).organisation_id
    roles = roles_on(deed.session, deed.actor.id, office, deed.day)
    if deed.actor.kind != "officer" or not roles & set(MAY_SET):
        who = " hoặc ".join(ROLE_WORDS[role] for role in MAY_SET)
        raise NotAuthorisedError(deed.actor.name, what, who)
