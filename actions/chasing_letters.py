"""The letters of the ladder: to the unit that owes, to those above it, to the officers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from actions.desk import VIETNAM, Deed, Desk
from actions.notifying import NewNotice, frame_for, queue_notice, way_of
from actions.offices import follow_up_officers, office_facts
from actions.reminding.quiet import may_go_at
from actions.reminding.templates import Template, fill, template_of
from actions.reminding.waiting import chased_payload
from actions.unit_links import current_links
from actions.wording import (
    TEST_LINE,
    cut,
    deadline_phrase,
    directive_line,
    how_to_answer,
    owed_lines,
)
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import LadderStep, Wording
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Obligation, Reminder
from models.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One thing that is owed, with its directive and unit."""

    obligation: Obligation
    directive: Directive
    unit: Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStep:
    """A step that is due for one thing today."""

    owed: Owed
    step: LadderStep


def remind(
    desk: Desk,
    deed: Deed,
    *,
    unit: Organisation,
    owed: Sequence[Owed],
    due: Sequence[DueStep],
    calendar: WorkingCalendar,
) -> Notice:
    """Queues the one letter to a unit for all it owes, the most pressing first. Does not commit.

    The most advanced step gives the tone and the subject. From the second letter after its day on,
    those above the unit get a copy.
    """
    pressing, step = _most_advanced(owed, due)
    late = step.wording is not Wording.REMINDER or _is_late(pressing, deed)
    superior = superior_of(deed, unit) if late and _was_told_late(deed, due) else None
    copy = way_of(superior)[1] if superior is not None else None
    channel, address = way_of(unit)
    about = _Letter(
        key="overdue" if late else "reminder", to=unit, owed=owed, pressing=pressing, due=due,
        own=True, shows_links=True,
    )  # fmt: skip
    return _queue(
        desk, deed, about, calendar, kind=about.key, channel=channel, address=address,
        copy_to=(copy,) if copy else (), mark=f"unit:{unit.id}",
    )  # fmt: skip


def escalate(
    desk: Desk,
    deed: Deed,
    *,
    superior: Organisation | None,
    owed: Sequence[Owed],
    due: Sequence[DueStep],
    calendar: WorkingCalendar,
) -> Notice:
    """Queues the letter to the body above units that do not answer, one for all of them.

    Its words are those of the day: where nothing that it is about is late, it tells how much time
    is left and lists that alone. The follow-up officers get copies; where nobody is above the
    units, they get it themselves. Does not commit.
    """
    early = not any(_is_late(one.owed, deed) for one in due)
    if early:
        told = {one.owed.obligation.id for one in due}
        owed = [one for one in owed if one.obligation.id in told]
    pressing = owed[0]
    officers = _officers(deed, due)
    own = deed.session.get_one(Organisation, office_facts(deed.session).organisation_id)
    to = superior or own
    channel, address = way_of(superior) if superior is not None else ("smtp", None)
    first, *others = officers or (None,)
    about = _Letter(
        key="early" if early else "escalation", to=to, owed=owed, pressing=pressing, due=due,
        own=False, shows_links=False,
    )  # fmt: skip
    return _queue(
        desk, deed, about, calendar, kind="escalation",
        channel=channel if address else "smtp", address=address or first,
        copy_to=officers if address else tuple(one for one in others if one),
        mark=f"up:{superior.id if superior else 'officers'}",
    )  # fmt: skip


def _is_late(owed: Owed, deed: Deed) -> bool:
    return owed.obligation.due is not None and owed.obligation.due < deed.day


def superior_of(deed: Deed, unit: Organisation) -> Organisation | None:
    """Returns the body above a unit, unless that is the office itself."""
    if unit.parent_id is None or unit.parent_id == office_facts(deed.session).organisation_id:
        return None
    return deed.session.get(Organisation, unit.parent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    key: str
    """The template, for one directive and unit."""
    to: Organisation
    owed: Sequence[Owed]
    pressing: Owed
    due: Sequence[DueStep]
    own: bool
    """True for a letter to the unit that owes."""
    shows_links: bool
    """False where somebody else reads it: whoever has the link acts as the unit."""

    @property
    def directives(self) -> list[Directive]:
        """Everything that is listed, in the order of the list."""
        return list({one.directive.id: one.directive for one in self.owed}.values())

    @property
    def units(self) -> list[Organisation]:
        """Whoever owes what is listed."""
        return list({one.unit.id: one.unit for one in self.owed}.values())

    @property
    def many(self) -> bool:
        """True where the words for one directive and unit do not fit."""
        return len(self.directives) > 1 or len(self.units) > 1


def _queue(
    desk: Desk,
    deed: Deed,
    about: _Letter,
    calendar: WorkingCalendar,
    *,
    kind: str,
    channel: str,
    address: str | None,
    copy_to: tuple[str, ...],
    mark: str,
) -> Notice:
    template = template_of(deed.session, f"{about.key}_many" if about.many else about.key)
    subject, text = _filled(desk, deed, about, template, calendar)
    told = ""
    if copy_to and about.shows_links:
        told = _filled(desk, deed, replace(about, shows_links=False), template, calendar)[1]
    return queue_notice(
        desk, deed,
        NewNotice(
            key=f"chase:{mark}:{deed.day.isoformat()}:{_mark(about.due)}", kind=kind,
            directive=None if len(about.directives) > 1 else about.pressing.directive,
            organisation_id=about.units[0].id if len(about.units) == 1 else None,
            address=address, channel=channel, subject=cut(subject), text=text, copy_to=copy_to,
            copy_text=told,
            payload=chased_payload([one.owed.obligation for one in about.due]),
            not_before=may_go_at(deed.session, deed.at),
        ),
    )  # fmt: skip


def _filled(
    desk: Desk, deed: Deed, about: _Letter, template: Template, calendar: WorkingCalendar
) -> tuple[str, str]:
    """Returns subject and text; a letter of an office that only tries says so."""
    subject, text = fill(template, _values(desk, deed, about, calendar))
    if office_facts(deed.session).test_only:
        text = f"{text.rstrip()}\n\n{TEST_LINE}\n"
    return subject, text


def _values(desk: Desk, deed: Deed, about: _Letter, calendar: WorkingCalendar) -> Mapping[str, str]:
    one, directive = about.pressing.obligation, about.pressing.directive
    frame = frame_for(desk, deed.session, directive, about.to, deed.day, own=about.shows_links)
    overdue_by = calendar.working_days_between(one.due or deed.day, deed.day)
    answer = how_to_answer(frame, several=about.many)
    return {
        "co_quan": frame.office.name, "don_vi": about.to.name,
        "xung_ho": frame.office.form_of_address,
        "so_ky_hieu": directive.number_text or "", "van_ban": directive_line(directive),
        "viec": "báo cáo" if one.is_report else "thực hiện nhiệm vụ",
        "han": deadline_phrase(one.deadline_raw), "qua_han": str(overdue_by),
        "con_lai": _left(calendar.working_days_between(deed.day, one.due or deed.day)),
        "danh_muc": _listed(desk, deed, about), "cach_tra_loi": "\n".join(answer),
        "so_van_ban": str(len(about.directives)), "so_nhiem_vu": str(len(about.owed)),
        "so_don_vi": str(len(about.units)), "don_vi_cham": about.pressing.unit.name,
        "thoi_diem": _as_of(deed.at),
    }  # fmt: skip


def _left(working_days: int) -> str:
    """Returns how much time is left, in words; none on the last day itself."""
    return f"còn {working_days} ngày làm việc" if working_days > 0 else "hôm nay là ngày cuối"


def _as_of(at: datetime) -> str:
    said = f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
    return f"Danh mục lập lúc {said}; nhiệm vụ đã báo cáo sau thời điểm này, đề nghị bỏ qua."


def _listed(desk: Desk, deed: Deed, about: _Letter) -> str:
    if not about.many:
        return "\n".join(owed_lines([one.obligation for one in about.owed]))
    grouped: dict[tuple[str, DirectiveId], list[Owed]] = {}
    for one in about.owed:
        grouped.setdefault((one.unit.id, one.directive.id), []).append(one)
    links: dict[DirectiveId, str] = {}
    if about.shows_links:
        about_all = [one.id for one in about.directives]
        links = current_links(desk, deed.session, about.to.id, about_all)
    of_unit: dict[str, list[str]] = {}
    for (owner, directive), theirs in grouped.items():
        said = "\n".join(_one_directive(theirs, links.get(directive)))
        of_unit.setdefault(owner, []).append(said)
    parts: list[str] = []
    for unit in about.units:
        parts += ([] if about.own else [unit.name.upper()]) + of_unit[unit.id]
    return "\n\n".join(parts)


def _one_directive(theirs: Sequence[Owed], link: str | None) -> list[str]:
    lines = [
        f"Về {directive_line(theirs[0].directive)}:",
        *owed_lines([one.obligation for one in theirs]),
    ]
    return [*lines, f"Xác nhận, nộp báo cáo, xin gia hạn tại: {link}"] if link else lines


def _most_advanced(owed: Sequence[Owed], due: Sequence[DueStep]) -> tuple[Owed, LadderStep]:
    """Returns what the letter is about: before the day the step's own, after it the oldest."""
    top = max(due, key=lambda one: (one.step.working_days, one.owed.obligation.is_report))
    if top.step.wording is Wording.REMINDER:
        return top.owed, top.step
    return owed[0], top.step


def _mark(due: Sequence[DueStep]) -> str:
    """Returns what tells two letters of one day apart: the steps that each one takes."""
    steps = sorted(f"{one.owed.obligation.id}:{one.step.key}" for one in due)
    return hashlib.sha256("\n".join(steps).encode()).hexdigest()[:16]


def _was_told_late(deed: Deed, due: Sequence[DueStep]) -> bool:
    late = [one.owed.obligation.id for one in due if one.step.wording is not Wording.REMINDER]
    told = (
        select(Reminder.notice_id)
        .join(Notice, Notice.id == Reminder.notice_id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(
            Reminder.obligation_id.in_(late),
            Reminder.due == Obligation.due,
            Notice.kind == "overdue",
        )
        .limit(1)
    )
    return deed.session.scalar(told) is not None


def _officers(deed: Deed, due: Sequence[DueStep]) -> tuple[str, ...]:
    """Returns the addresses of those who follow up, for every office whose directives are meant."""
    found: dict[str, None] = {}
    for office in sorted({one.owed.directive.organisation_id for one in due}):
        for one in follow_up_officers(deed.session, office, deed.day):
            if one.email:
                found[one.email] = None
    return tuple(found)
