"""How the office chases, as its pages show it: ladders in sentences and as rows of a form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.ladders import EVERY_KIND, Ladders
from actions.offices import office_facts
from actions.reminding.setting import MOST_DAYS, MOST_STEPS
from deadlines.ladder import DEFAULT_LADDER, Audience, LadderStep, Wording
from documents.content import Regime
from documents.regimes import rules_for
from models.directive import Directive
from models.distinct import values_of
from models.organisation import Organisation
from portal.context import Portal

BEFORE, AFTER = "truoc", "sau"
WHEN_CHOICES: Final = ((BEFORE, "trước hạn"), (AFTER, "sau hạn"))
AUDIENCE_CHOICES: Final = (
    (Audience.UNIT.value, "đơn vị"),
    (Audience.SUPERIOR.value, "cấp trên của đơn vị"),
    (Audience.FOLLOW_UP.value, "người theo dõi"),
)
WORDING_CHOICES: Final = (
    (Wording.REMINDER.value, "thư nhắc"),
    (Wording.OVERDUE.value, "thư đôn đốc quá hạn"),
    (Wording.ESCALATION.value, "thư báo cấp trên"),
)
_AUDIENCES, _WORDINGS = dict(AUDIENCE_CHOICES), dict(WORDING_CHOICES)
_VERBS: Final = {
    Wording.REMINDER: "nhắc", Wording.OVERDUE: "đôn đốc", Wording.ESCALATION: "báo",
}  # fmt: skip
_PLACE: Final = "Thang đôn đốc"
_MOST_DIGITS: Final = 3
_OF_ROW: Final = re.compile(r"Bậc (\d+): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedStep:
    """A step as it stands in the form, right or not."""

    key: str = ""
    """The step's own name where it has one; the page carries it, nobody types it."""
    days: str = ""
    when: str = BEFORE
    audience: str = Audience.UNIT.value
    wording: str = Wording.REMINDER.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLadder:
    """One ladder as the page shows it."""

    kind: str
    title: str
    own: bool
    """True where the office has set it itself."""
    sentences: tuple[str, ...]


def step_sentence(step: LadderStep) -> str:
    """Returns a step in words."""
    days = abs(step.working_days)
    if step.working_days == 0:
        when = "Đúng ngày đến hạn"
    else:
        when = f"{'Trước' if step.working_days < 0 else 'Sau'} hạn {days} ngày làm việc"
    return f"{when}: {_VERBS[step.wording]} {_AUDIENCES[step.audience.value]}."


def kind_title(kind: str) -> str:
    """Returns how a kind of directive is called on the page."""
    return "Mọi loại văn bản chưa có thang riêng" if kind == EVERY_KIND else kind


def has_own(ladders: Ladders, kind: str) -> bool:
    """Tells whether the office has set this ladder itself."""
    if kind == EVERY_KIND:
        return ladders.usual is not DEFAULT_LADDER
    return kind in ladders.own


def shown_ladders(ladders: Ladders) -> list[ShownLadder]:
    """Returns the usual ladder, then those of kinds that have one of their own."""
    return [
        ShownLadder(
            kind=kind,
            title=kind_title(kind),
            own=has_own(ladders, kind),
            sentences=tuple(step_sentence(step) for step in in_order(ladders.of(kind))),
        )
        for kind in (EVERY_KIND, *sorted(ladders.own))
    ]


def in_order(steps: Sequence[LadderStep]) -> list[LadderStep]:
    """Returns the steps by their day."""
    return sorted(steps, key=lambda step: (step.working_days, step.key))


def kinds_of(session: Session, portal: Portal, ladders: Ladders) -> list[str]:
    """Returns the kinds of directives that may have a ladder, by name."""
    office = session.get_one(Organisation, office_facts(session).organisation_id)
    coded = rules_for(Regime(office.regime)).words("types", portal.today())
    named = {one.partition(" ")[2] for one in coded}
    written = values_of(session, Directive.doc_type)
    return sorted({*named, *written, *ladders.own})


def require_kind(kind: str, known: Sequence[str]) -> None:
    """Insists that a kind is one the office knows.

    Raises:
        NotFoundError: it is none.
    """
    if kind != EVERY_KIND and kind not in known:
        raise NotFoundError("loại văn bản", kind)


def typed_steps(steps: Sequence[LadderStep]) -> list[TypedStep]:
    """Returns the rows of the form for a ladder."""
    return [
        TypedStep(
            key=step.key, days=str(abs(step.working_days)),
            when=AFTER if step.working_days > 0 else BEFORE,
            audience=step.audience.value, wording=step.wording.value,
        )
        for step in in_order(steps)
    ]  # fmt: skip


def rows_of(columns: Sequence[Sequence[str]]) -> list[TypedStep]:
    """Returns the rows of a form that was sent: key, days, when, audience, wording.

    Raises:
        InvalidInputError: the columns differ in length, or are longer than a ladder may be.
    """
    lengths = {len(column) for column in columns}
    if len(lengths) > 1 or max(lengths) > MOST_STEPS:
        said = f"Thang đôn đốc phải có từ 1 đến {MOST_STEPS} bậc. Mở lại trang rồi sửa."
        raise InvalidInputError(Problem(place=_PLACE, reason=said))
    return [
        TypedStep(key=key, days=days, when=when, audience=audience, wording=wording)
        for key, days, when, audience, wording in zip(*columns, strict=True)
    ]


def ladder_of(rows: Sequence[TypedStep], current: Sequence[LadderStep]) -> list[LadderStep]:
    """Returns the ladder that a form asks for.

    A step that only moved to another day keeps its name, so that it is not taken a second time.

    Raises:
        InvalidInputError: rows that cannot be right; each is named by its place in the table.
    """
    said: list[str] = []
    steps: list[LadderStep] = []
    for place, row in enumerate(rows, start=1):
        wrong = _wrong(row)
        if wrong:
            said.append(f"Bậc {place}: {wrong}")
            continue
        step = _step(row)
        if any(replace(one, key="") == replace(step, key="") for one in steps):
            said.append(f"Bậc {place}: trùng với một bậc ở trên. Bỏ bớt một bậc.")
        steps.append(step)
    if said:
        raise InvalidInputError(*(Problem(place=_PLACE, reason=one) for one in said))
    return _named(steps, current)


def faults_of(said: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Returns what is wrong by the place of its row, with the field to look at: days or wording."""
    found: dict[int, tuple[str, str]] = {}
    for one in said:
        matched = _OF_ROW.fullmatch(one)
        if matched is not None:
            field = "days" if "ngày làm việc" in matched[2] else "wording"
            found.setdefault(int(matched[1]), (field, matched[2][:1].upper() + matched[2][1:]))
    return found


def _wrong(row: TypedStep) -> str:
    days = row.days.strip()
    if not (days.isascii() and days.isdigit()) or len(days) > _MOST_DIGITS:
        return f"số ngày làm việc phải là số từ 0 đến {MOST_DAYS}."
    if int(days) > MOST_DAYS:
        return f"cách thời hạn nhiều nhất {MOST_DAYS} ngày làm việc."
    chosen = row.when in (BEFORE, AFTER) and row.audience in _AUDIENCES
    if not chosen or row.wording not in _WORDINGS:
        return "chưa chọn thời điểm, nơi nhận hoặc loại thư."
    return _wrong_letter(row, late=row.when == AFTER and int(days) > 0)


def _wrong_letter(row: TypedStep, *, late: bool) -> str:
    if late and row.wording == Wording.REMINDER.value:
        return "thư nhắc chỉ gửi trước hạn hoặc đúng ngày đến hạn; sau hạn thì chọn loại thư khác."
    if not late and row.wording != Wording.REMINDER.value:
        return "trước hạn và đúng ngày đến hạn chỉ gửi thư nhắc; chọn thư nhắc, hoặc chọn sau hạn."
    return ""


def _step(row: TypedStep) -> LadderStep:
    days = int(row.days)
    return LadderStep(
        key=row.key, working_days=days if row.when == AFTER else -days,
        audience=Audience(row.audience), wording=Wording(row.wording),
    )  # fmt: skip


def _named(steps: Sequence[LadderStep], current: Sequence[LadderStep]) -> list[LadderStep]:
    known = {step.key: step for step in current}
    used: set[str] = set()
    names: list[str] = []
    for step in steps:
        before = known.get(step.key)
        stays = before is not None and _same_letter(before, step) and step.key not in used
        names.append(step.key if stays else "")
        used |= {step.key} if stays else set()
    for at, step in enumerate(steps):
        if not names[at]:
            names[at] = _name(step, known, used)
            used.add(names[at])
    return [replace(step, key=name) for step, name in zip(steps, names, strict=True)]


def _same_letter(one: LadderStep, other: LadderStep) -> bool:
    return (one.audience, one.wording) == (other.audience, other.wording)


def _name(step: LadderStep, known: dict[str, LadderStep], used: set[str]) -> str:
    """Returns the name of the same step where it was taken out and put back, else a free one."""
    for key, before in known.items():
        if key not in used and replace(before, key="") == replace(step, key=""):
            return key
    if step.audience is Audience.UNIT:
        stem = "before" if step.working_days <= 0 else "after"
    else:
        stem = step.audience.value
    stem = f"{stem}_{abs(step.working_days)}"
    free = (stem, *(f"{stem}_{number}" for number in range(2, 2 * MOST_STEPS + 2)))
    return next(name for name in free if name not in used and name not in known)
