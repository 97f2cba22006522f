from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions.chasing import ChaseSummary, chase
from actions.desk import VIETNAM, Desk
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.extending import grant_extension, request_extension
from actions.ladders import all_ladders
from actions.reminding.built_in import BUILT_IN, FIELDS
from actions.reminding.digest import send_digest
from actions.reminding.setting import (
    SAMPLE,
    preview,
    reset_ladder,
    reset_template,
    set_ladder,
    set_quiet_hours,
    set_template,
)
from actions.reminding.templates import Template, fill, problems, template_of
from actions.reminding.waiting import directives_of
from deadlines.calendar import calendar_of
from deadlines.ladder import DEFAULT_LADDER, Audience, LadderStep, Wording, latest_due, step_day
from deadlines.quiet import QuietHours, next_loud
from models.base import DirectiveId
from models.dispatch import Notice
from models.obligation import Obligation, Reminder
from models.officer import Role
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    issue,
    mark_judge,
    obligations,
    send_all,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

ONE = task(groups=[], organisations=["huyen-a"])
BOTH = task(groups=[], organisations=["huyen-a", "huyen-b"])
REMINDED, LATE, TOLD = date(2022, 10, 25), date(2022, 10, 31), date(2022, 11, 4)
LINES = (("know", ("so-tt",), ()),)
CALENDAR = calendar_of()


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def desk(
    database: Database,
    tmp_path: Path,
    clock: StoryClock,
    office: SmallOffice,
    channel: ScriptedChannel,
) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge, channels={"smtp": channel})


def notices(desk: Desk, *kinds: str) -> list[Notice]:
    with desk.database.reading() as session:
        rows = session.scalars(select(Notice).order_by(Notice.created_at, Notice.key))
        return [one for one in rows if one.kind in kinds]


def accept_all(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        for one in session.scalars(select(Obligation).where(Obligation.directive_id == key)):
            one.state = "accepted"


def test_one_letter_a_unit_and_day_for_all_its_directives(desk: Desk, clock: StoryClock) -> None:
    keys = {issue(desk, lines=LINES, tasks=[ONE]), issue(desk, lines=LINES, tasks=[ONE])}
    clock.set_day(REMINDED)
    assert chase(desk) == ChaseSummary(reminders=1, units=1)
    (one,) = notices(desk, "reminder")
    assert one.subject == "[Nhắc] 2 nhiệm vụ của 2 văn bản chưa có báo cáo"
    assert one.text.count("Mục R1") == one.text.count("https://trinhky.example/don-vi/") == 2
    assert one.directive_id is None
    with desk.database.reading() as session:
        assert set(directives_of(session, one)) == keys
        rows = session.scalars(select(Reminder)).all()
        assert [(row.step_key, row.notice_id) for row in rows] == [("truoc-3", one.id)] * 2
    assert chase(desk) == ChaseSummary()


def test_one_letter_to_those_above_for_all_their_units(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    issue(desk, lines=LINES, tasks=[BOTH])
    clock.set_day(TOLD)
    assert chase(desk) == ChaseSummary(escalations=1, skipped=4, units=2)
    send_all(desk)
    (up,) = [one for one in channel.sent if one.recipient == "tinh-uy@donvi.example"]
    assert up.subject == "[Đôn đốc] 2 đơn vị chưa báo cáo, lâu nhất quá hạn 5 ngày làm việc"
    assert "HUYỆN ỦY A" in up.text
    assert "HUYỆN ỦY B" in up.text
    assert "don-vi/huyen" not in up.text


def step(key: str, days: int, audience: Audience) -> LadderStep:
    wording = Wording.REMINDER if days <= 0 else Wording.ESCALATION
    return LadderStep(key=key, working_days=days, audience=audience, wording=wording)


@pytest.mark.parametrize("audience", [Audience.SUPERIOR, Audience.FOLLOW_UP])
@pytest.mark.parametrize("owes", [ONE, BOTH], ids=["one_unit", "two_units"])
def test_the_words_to_those_above_fit_the_day(
    desk: Desk,
    clock: StoryClock,
    office: SmallOffice,
    audience: Audience,
    owes: Mapping[str, Any],
) -> None:
    steps = [step("a", -3, audience), step("b", 0, audience), step("c", 2, audience)]
    set_ladder(desk, office.actor(Role.FOLLOW_UP), "*", steps)
    issue(desk, lines=LINES, tasks=[owes])
    said: list[str] = []
    for day in (REMINDED, date(2022, 10, 28), date(2022, 11, 1)):
        clock.set_day(day)
        assert chase(desk).escalations == 1
        letter = notices(desk, "escalation")[-1]
        said.append(f"{letter.subject}\n{letter.text}")
    before, on, after = said
    for early in (before, on):
        assert "quá hạn" not in early
        assert "dù đã được nhắc" not in early
        assert "đúng thời hạn" in early
    assert "còn 3 ngày làm việc" in before
    assert "hôm nay là ngày cuối" in on
    assert "quá hạn 2 ngày làm việc" in after
    assert "còn" not in after.split("\n", maxsplit=1)[0]
    assert ("2 đơn vị" in before) is (owes is BOTH)


def test_a_letter_before_the_day_lists_nothing_that_is_late_already(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    steps = [step("a", -3, Audience.SUPERIOR), step("c", 20, Audience.SUPERIOR)]
    set_ladder(desk, office.actor(Role.FOLLOW_UP), "*", steps)
    old = issue(desk, number=95, number_text="95-HD/BTNTU", lines=LINES, tasks=[ONE])
    with desk.database.writing() as session:
        for one in session.scalars(select(Obligation).where(Obligation.directive_id == old)):
            one.due = date(2022, 10, 21)
    clock.set_day(date(2022, 10, 19))
    assert chase(desk).escalations == 1
    issue(desk, lines=LINES, tasks=[ONE])
    clock.set_day(REMINDED)
    assert chase(desk).escalations == 1
    letter = notices(desk, "escalation")[-1]
    assert "96-HD/BTNTU" in letter.text
    assert "95-HD/BTNTU" not in letter.text


def test_what_took_its_last_step_is_looked_at_no_more_until_its_day_changes(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    issue(desk, lines=LINES, tasks=[ONE])
    clock.set_day(REMINDED)
    owed = obligations(desk)["R1", "huyen-a"].id
    until = date(2022, 12, 30)
    asked = request_extension(desk, unit("huyen-a"), owed, asked_until=until, reason="Lũ.")
    clock.set_day(TOLD)
    assert chase(desk) == ChaseSummary()
    with desk.database.writing() as session:
        session.get_one(Obligation, owed).state = "open"
    assert chase(desk).escalations == 1
    assert chase(desk) == ChaseSummary()
    with desk.database.writing() as session:
        one = session.get_one(Obligation, owed)
        assert one.ladder_ended == one.due
        one.state = "extension_requested"
    grant_extension(desk, office.actor(Role.FOLLOW_UP), asked)
    clock.set_day(date(2022, 12, 27))
    assert chase(desk).reminders == 1


@pytest.mark.parametrize("settled", [1, 2])
def test_a_letter_about_several_is_held_only_when_all_of_it_is_settled(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel, settled: int
) -> None:
    keys = [issue(desk, lines=LINES, tasks=[ONE]) for _ in range(2)]
    clock.set_day(REMINDED)
    chase(desk)
    for key in keys[:settled]:
        accept_all(desk, key)
    send_all(desk)
    (one,) = notices(desk, "reminder")
    assert one.state == ("sent" if settled == 1 else "held")
    assert ("huyen-a@donvi.example" in channel.recipients) == (settled == 1)
    assert "Danh mục lập lúc 08:00 ngày 25/10/2022" in one.text


def test_a_reminder_waits_until_the_quiet_hours_are_over(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    issue(desk, lines=LINES, tasks=[ONE])
    send_all(desk)
    clock.set_day(REMINDED, 22)
    assert chase(desk).reminders == 1
    send_all(desk)
    assert "huyen-a@donvi.example" not in channel.recipients
    clock.set_day(REMINDED + timedelta(days=1), 6, 30)
    send_all(desk)
    assert "huyen-a@donvi.example" in channel.recipients


def test_a_letter_decided_by_day_does_not_go_out_at_night(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    issue(desk, lines=LINES, tasks=[ONE])
    send_all(desk)
    clock.set_day(date(2022, 10, 25), 19, 59)
    chase(desk)
    clock.advance(minutes=2)
    send_all(desk)
    assert "huyen-a@donvi.example" not in channel.recipients
    with desk.database.reading() as session:
        (row,) = session.scalars(select(OutboxRow).where(OutboxRow.state == "queued"))
        assert row.next_at == datetime(2022, 10, 25, 23, 30, tzinfo=UTC)


instants = st.datetimes(datetime(2022, 1, 1), datetime(2022, 12, 1))  # noqa: DTZ001 (a zone is put on)


@given(instants, st.times(), st.times())
def test_no_reminder_in_the_quiet_or_on_a_day_of_rest(
    at: datetime, begins: time, ends: time
) -> None:
    quiet = QuietHours(begins=begins, ends=ends)
    local = at.replace(tzinfo=VIETNAM)
    loud = next_loud(local, quiet, CALENDAR)
    assert loud >= local
    assert CALENDAR.is_working(loud.date())
    assert not quiet.covers(loud.time())
    assert next_loud(loud, quiet, CALENDAR) == loud


@given(st.dates(date(2022, 1, 10), date(2022, 11, 1)), st.sampled_from(DEFAULT_LADDER))
def test_the_latest_day_that_reached_a_step_is_the_last_one(today: date, step: LadderStep) -> None:
    due = latest_due(step, today=today, calendar=CALENDAR)
    assert step_day(step, due=due, calendar=CALENDAR) <= today
    assert step_day(step, due=due + timedelta(days=1), calendar=CALENDAR) > today


def test_a_changed_ladder_takes_no_step_again(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    issue(desk, lines=LINES, tasks=[ONE])
    clock.set_day(TOLD)
    assert chase(desk).escalations == 1
    chase(desk)  # marks the end of the ladder
    steps = [
        LadderStep(key="sau-5", working_days=5, audience=Audience.SUPERIOR,
                   wording=Wording.ESCALATION),
        LadderStep(key="sau-6", working_days=6, audience=Audience.UNIT, wording=Wording.OVERDUE),
    ]  # fmt: skip
    set_ladder(desk, office.actor(Role.FOLLOW_UP), "Hướng dẫn", steps)
    assert chase(desk) == ChaseSummary()
    clock.set_day(TOLD + timedelta(days=3))
    assert chase(desk) == ChaseSummary(overdue=1, units=1)
    reset_ladder(desk, office.actor(Role.FOLLOW_UP), "Hướng dẫn")
    with desk.database.reading() as session:
        assert all_ladders(session).own == {}
    assert chase(desk) == ChaseSummary()


def test_a_ladder_is_checked_and_only_set_by_those_who_may(desk: Desk, office: SmallOffice) -> None:
    follow_up = office.actor(Role.FOLLOW_UP)
    wrong = LadderStep(key="x", working_days=2, audience=Audience.UNIT, wording=Wording.REMINDER)
    for steps in ([], [wrong], [DEFAULT_LADDER[0]] * 2):
        with pytest.raises(InvalidInputError):
            set_ladder(desk, follow_up, "*", steps)
    with pytest.raises(NotAuthorisedError):
        set_ladder(desk, office.actor(Role.DRAFTER), "*", DEFAULT_LADDER)
    with pytest.raises(NotFoundError):
        reset_ladder(desk, follow_up, "Chỉ thị")
    with desk.database.reading() as session:
        assert [one.key for one in all_ladders(session).usual] == ["truoc-3", "sau-1", "sau-5"]


@pytest.mark.parametrize("key", sorted(BUILT_IN))
def test_built_in_words_need_nothing_more(key: str) -> None:
    known = BUILT_IN[key]
    assert problems(key, known.subject, known.text) == []
    one = Template(key=key, subject=known.subject, text=known.text, own=False)
    subject, text = preview(one)
    assert "{" not in subject + text
    assert set(SAMPLE) == set(FIELDS) >= set(known.fields)


def test_the_offices_own_words_go_out_and_the_built_in_ones_come_back(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    follow_up = office.actor(Role.FOLLOW_UP)
    text = "Kính gửi {don_vi}: {danh_muc}\n\n{cach_tra_loi}"
    set_template(desk, follow_up, "reminder", subject="Nhắc {so_ky_hieu}", text=text)
    issue(desk, lines=LINES, tasks=[ONE])
    clock.set_day(REMINDED)
    chase(desk)
    (one,) = notices(desk, "reminder")
    assert one.subject == "Nhắc 96-HD/BTNTU"
    assert one.text.startswith("Kính gửi Huyện ủy A: 1. Mục R1")
    reset_template(desk, follow_up, "reminder")
    with desk.database.reading() as session:
        assert not template_of(session, "reminder").own
    with pytest.raises(NotFoundError):
        reset_template(desk, follow_up, "reminder")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Nhắc", "{danh_muc} {cach_tra_loi} {mat_khau}"),
        ("Nhắc", "{cach_tra_loi}"),
        ("Nhắc", "{danh_muc} {cach_tra_loi} {"),
        ("", "{danh_muc} {cach_tra_loi}"),
        ("Nhắc", "{danh_muc.__class__} {danh_muc} {cach_tra_loi}"),
    ],
)
def test_words_with_unknown_or_missing_fields_are_refused(
    desk: Desk, office: SmallOffice, subject: str, text: str
) -> None:
    with pytest.raises(InvalidInputError):
        set_template(desk, office.actor(Role.FOLLOW_UP), "reminder", subject=subject, text=text)
    with desk.database.reading() as session:
        assert not template_of(session, "reminder").own


def test_what_a_field_holds_is_never_read_as_a_field() -> None:
    one = Template(key="reminder", subject="{don_vi}", text="{don_vi} {danh_muc}", own=True)
    filled = fill(one, {"don_vi": "{danh_muc}", "danh_muc": "x\n\n\n\ny"})
    assert filled == ("{danh_muc}", "{danh_muc} x\n\ny")


def test_quiet_hours_are_set_as_times_of_day(desk: Desk, office: SmallOffice) -> None:
    follow_up = office.actor(Role.FOLLOW_UP)
    set_quiet_hours(desk, follow_up, begins="21:00", ends="7:00")
    with pytest.raises(InvalidInputError):
        set_quiet_hours(desk, follow_up, begins="25:00", ends="07:00")
    with pytest.raises(NotAuthorisedError):
        set_quiet_hours(desk, office.actor(Role.DRAFTER), begins="21:00", ends="07:00")


def test_the_digest_goes_out_once_a_working_day_and_only_with_something_to_tell(
    desk: Desk, clock: StoryClock
) -> None:
    assert not send_digest(desk)
    issue(desk, lines=LINES, tasks=[ONE])
    clock.set_day(REMINDED)
    assert not send_digest(desk)
    clock.set_day(date(2022, 10, 29))
    assert not send_digest(desk)
    clock.set_day(LATE)
    assert send_digest(desk)
    assert not send_digest(desk)
    (one,) = notices(desk, "digest")
    assert one.address == "follow-up@ban.example"
    assert "Đơn vị chậm báo cáo (1):\n- Huyện ủy A: 1 nhiệm vụ quá hạn" in one.text
    owed = obligations(desk)["R1", "huyen-a"]
    with desk.database.writing() as session:
        session.get_one(Obligation, owed.id).state = "reported"
    clock.set_day(LATE + timedelta(days=1))
    assert send_digest(desk)
    assert "Chờ quyết định (1):\n- Huyện ủy A: đã báo cáo mục R1" in notices(desk, "digest")[1].text
