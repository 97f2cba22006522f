import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from actions.auditing import verify_chain
from actions.chasing import ChaseSummary, chase
from actions.desk import Desk
from actions.ladders import ladder_for
from deadlines.errors import LadderInvalidError
from deadlines.ladder import DEFAULT_LADDER
from models.audit import AuditEvent
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Reminder
from models.officer import Officer, Post
from models.organisation import LadderStepRow, Office
from models.session import Database
from tests.actions.back_office import (
    WORK,
    ScriptedChannel,
    change_unit,
    issue,
    mark_judge,
    send_all,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

ONE = task(groups=[], organisations=["huyen-a"])
"""The report that one unit owes before 31/10/2022: last working day Friday 28/10."""
BEFORE_3, AFTER_1, AFTER_3, AFTER_5 = (
    date(2022, 10, 25), date(2022, 10, 31), date(2022, 11, 2), date(2022, 11, 4),
)  # fmt: skip


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


def notices(desk: Desk) -> list[Notice]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.created_at, Notice.key)))


def reminders(desk: Desk) -> list[tuple[str, bool]]:
    with desk.database.reading() as session:
        rows = session.scalars(select(Reminder).order_by(Reminder.at, Reminder.step_key))
        return [(row.step_key, row.notice_id is not None) for row in rows]


def walk(
    desk: Desk, clock: StoryClock, last: date, first: date = date(2022, 10, 24)
) -> ChaseSummary:
    """Chases every morning, as the schedule does; returns the sums."""
    sums = [0, 0, 0, 0, 0]
    day = first
    while day <= last:
        clock.set_day(day)
        done = chase(desk)
        for index, value in enumerate(
            (done.reminders, done.overdue, done.escalations, done.skipped, done.units)
        ):
            sums[index] += value
        day += timedelta(days=1)
    return ChaseSummary(
        reminders=sums[0], overdue=sums[1], escalations=sums[2], skipped=sums[3], units=sums[4]
    )


def test_each_step_goes_out_once_on_its_working_day(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[ONE])
    assert walk(desk, clock, date(2022, 11, 20)) == ChaseSummary(
        reminders=1, overdue=1, escalations=1, units=3
    )
    chased = [one for one in notices(desk) if one.kind != "copy"]
    assert [one.kind for one in chased] == ["reminder", "overdue", "escalation"]
    days = [(one.created_at + timedelta(hours=7)).date() for one in chased]
    assert days == [BEFORE_3, AFTER_1, AFTER_5]
    assert reminders(desk) == [("truoc-3", True), ("sau-1", True), ("sau-5", True)]
    with desk.database.reading() as session:
        deeds = session.scalars(
            select(AuditEvent).where(AuditEvent.deed == "chase").order_by(AuditEvent.sequence)
        ).all()
        assert [one.detail["steps"] for one in deeds] == [["truoc-3"], ["sau-1"], ["sau-5"]]
        assert verify_chain(session).broken_at is None


def test_a_reminder_says_what_by_when_and_how(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[ONE])
    walk(desk, clock, BEFORE_3)
    (one,) = notices(desk)
    assert one.subject == "[Nhắc] 96-HD/BTNTU: báo cáo trước ngày 31/10/2022"
    assert one.address == "huyen-a@donvi.example"
    assert "Kính gửi: Huyện ủy A" in one.text
    assert "Hướng dẫn số 96-HD/BTNTU ngày 21/09/2022: Tuyên truyền" in one.text
    assert "“báo cáo kết quả về Ban trước ngày 31/10/2022”" in one.text
    assert (
        "trước ngày 31/10/2022; ngày làm việc cuối cùng trong hạn: thứ Sáu, 28/10/2022" in one.text
    )
    assert "https://trinhky.example/don-vi/huyen-a/" in one.text
    assert "ban@ban.example" in one.text
    assert "đồng chí Đỗ Văn Dõi" in one.text
    assert "bạn" not in one.text.replace("Ban", "")


def test_state_offices_address_people_otherwise(desk: Desk, clock: StoryClock) -> None:
    with desk.database.writing() as session:
        session.get_one(Office, 1).form_of_address = "ông/bà"
    issue(desk, tasks=[ONE])
    walk(desk, clock, BEFORE_3)
    (one,) = notices(desk)
    assert "các ông/bà" in one.text
    assert "đồng chí" not in one.text


def test_after_the_day_the_letter_counts_working_days(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[ONE])
    walk(desk, clock, AFTER_1)
    late = notices(desk)[1]
    assert late.subject == "[Quá hạn] 96-HD/BTNTU: báo cáo đã quá hạn 1 ngày làm việc"
    assert late.copy_to == []


def test_from_the_second_late_letter_those_above_get_a_copy(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    with desk.database.writing() as session:
        session.add(
            LadderStepRow(
                doc_type="*", key="sau-3", working_days=3, audience="unit", wording="overdue"
            )
        )
    issue(desk, lines=(("know", ("so-tt",), ()),), tasks=[ONE])
    walk(desk, clock, AFTER_3)
    send_all(desk)
    second = next(one for one in notices(desk) if one.copy_to)
    assert (second.kind, second.copy_to) == ("overdue", ["tinh-uy@donvi.example"])
    assert "đã quá hạn 3 ngày làm việc" in second.text
    copies = [one for one in channel.sent if one.recipient == "tinh-uy@donvi.example"]
    assert [one.subject for one in copies] == [f"[Sao gửi] {second.subject}"]
    assert "Gửi chính: huyen-a@donvi.example" in copies[0].text
    # Whoever has the unit's own link acts as the unit: the copy says all but that.
    assert "/don-vi/" in second.text
    assert "/don-vi/" not in copies[0].text
    assert "báo cáo kết quả" in copies[0].text
    assert len({one.message_id for one in channel.sent}) == len(channel.sent)


def test_escalation_goes_to_the_superior_with_a_copy_to_the_officers(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    issue(desk, lines=(("know", ("so-tt",), ()),), tasks=[ONE])
    walk(desk, clock, AFTER_5)
    send_all(desk)
    up = [one for one in channel.sent if one.recipient == "tinh-uy@donvi.example"]
    assert [one.subject for one in up] == [
        "[Đôn đốc] 96-HD/BTNTU: Huyện ủy A chưa báo cáo, đã quá hạn 5 ngày làm việc"
    ]
    assert "Kính gửi: Tỉnh ủy Thử nghiệm" in up[0].text
    assert "don-vi/huyen-a" not in up[0].text  # the unit's own page is for the unit
    told = [one for one in channel.sent if one.recipient == "follow-up@ban.example"]
    assert len(told) == 1


@pytest.mark.parametrize("parent", [None, "ban"])
def test_without_anybody_above_the_officers_are_told(
    desk: Desk, clock: StoryClock, parent: str | None
) -> None:
    change_unit(desk, "huyen-a", parent_id=parent)
    issue(desk, tasks=[ONE])
    walk(desk, clock, AFTER_5)
    escalation = next(one for one in notices(desk) if one.kind == "escalation")
    assert escalation.address == "follow-up@ban.example"
    assert escalation.copy_to == []


def test_a_superior_without_address_and_no_officer_leaves_a_held_letter(
    desk: Desk, clock: StoryClock
) -> None:
    change_unit(desk, "tinh-uy", address=None)
    with desk.database.writing() as session:
        session.execute(delete(Post).where(Post.officer_id == "follow-up"))
    issue(desk, lines=(("know", ("so-tt",), ()),), tasks=[ONE])
    walk(desk, clock, AFTER_5)
    escalation = next(one for one in notices(desk) if one.kind == "escalation")
    assert (escalation.state, escalation.address) == ("held", "")
    assert "Chưa có địa chỉ" in str(escalation.detail)


def test_several_officers_are_told_and_one_without_address_is_passed_over(
    desk: Desk, clock: StoryClock
) -> None:
    change_unit(desk, "huyen-a", parent_id=None)
    with desk.database.writing() as session:
        for key, email in (("doi-2", "doi-2@ban.example"), ("doi-3", None)):
            session.add(Officer(id=key, name=key, email=email))
            session.flush()
            session.add(
                Post(
                    officer_id=key, organisation_id="ban", title="x", roles=["follow_up"],
                    valid_from=date(2020, 10, 15),
                )
            )  # fmt: skip
    issue(desk, tasks=[ONE])
    walk(desk, clock, AFTER_5)
    escalation = next(one for one in notices(desk) if one.kind == "escalation")
    assert escalation.address == "doi-2@ban.example"
    assert escalation.copy_to == ["follow-up@ban.example"]


def test_one_letter_lists_all_that_a_unit_owes(desk: Desk, clock: StoryClock) -> None:
    work = {**WORK, "groups": [], "organisations": ["huyen-a"]}
    issue(desk, tasks=[work, ONE])
    walk(desk, clock, BEFORE_3)
    (one,) = notices(desk)
    assert "Mục R1" in one.text
    assert "Mục III.3" in one.text
    clock.set_day(date(2022, 10, 26))  # three working days before III.3 ends
    assert chase(desk).reminders == 1
    second = notices(desk)[1]
    assert second.subject == "[Nhắc] 96-HD/BTNTU: thực hiện nhiệm vụ trong tháng 10 năm 2022"
    assert "Mục R1" in second.text


def test_a_late_letter_counts_from_the_oldest_day(desk: Desk, clock: StoryClock) -> None:
    work = {**WORK, "groups": [], "organisations": ["huyen-a"]}
    issue(desk, tasks=[work, ONE])
    walk(desk, clock, date(2022, 11, 1))  # one working day after III.3, two after R1
    late = [one.subject for one in notices(desk) if one.kind == "overdue"]
    assert late[-1] == "[Quá hạn] 96-HD/BTNTU: báo cáo đã quá hạn 2 ngày làm việc"


def test_missed_steps_are_written_down_and_only_the_latest_goes_out(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[ONE])
    clock.set_day(AFTER_1)
    assert chase(desk) == ChaseSummary(overdue=1, skipped=1, units=1)
    assert sorted(reminders(desk)) == [("sau-1", True), ("truoc-3", False)]
    assert chase(desk) == ChaseSummary()


def test_nothing_goes_out_on_a_rest_day(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[ONE])
    clock.set_day(date(2022, 10, 29))
    assert chase(desk) == ChaseSummary()


def test_two_rounds_at_once_send_each_step_once(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[task()])
    clock.set_day(BEFORE_3)
    barrier = threading.Barrier(3)
    done: list[ChaseSummary] = []

    def work() -> None:
        barrier.wait()
        done.append(chase(desk))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.reminders for one in done) == 3
    assert len(notices(desk)) == len(reminders(desk)) == 3
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


@pytest.mark.parametrize("state", ["closed", "recalled"])
def test_a_directive_that_is_over_is_not_chased(desk: Desk, clock: StoryClock, state: str) -> None:
    key = issue(desk, tasks=[ONE])
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = state
    assert walk(desk, clock, AFTER_1) == ChaseSummary()


def test_the_office_and_undated_tasks_are_not_chased(desk: Desk, clock: StoryClock) -> None:
    own = task("III.1", groups=[], organisations=["ban"])
    undated = task("II.2", kind="continuous", deadline_raw=None, named_date=None)
    issue(desk, tasks=[own, undated])
    assert walk(desk, clock, AFTER_5) == ChaseSummary()


def test_an_undated_task_is_listed_beside_a_dated_one(desk: Desk, clock: StoryClock) -> None:
    undated = task(
        "II.2", kind="continuous", deadline_raw=None, named_date=None, groups=[],
        organisations=["huyen-b"], coordinating=["huyen-a"],
    )  # fmt: skip
    issue(desk, tasks=[ONE, undated])
    walk(desk, clock, BEFORE_3)
    (one,) = notices(desk)
    assert "2. Mục II.2 (phối hợp)" in one.text
    assert "Thời hạn: không nêu ngày." in one.text


def test_a_kind_of_directive_may_have_a_ladder_of_its_own(desk: Desk, clock: StoryClock) -> None:
    with desk.database.writing() as session:
        session.add(
            LadderStepRow(
                doc_type="Hướng dẫn", key="chi-mot", working_days=-10, audience="follow_up",
                wording="reminder",
            )
        )  # fmt: skip
    issue(desk, tasks=[ONE])
    summary = walk(desk, clock, date(2022, 11, 20))
    assert summary == ChaseSummary(escalations=1, units=1)
    assert notices(desk)[0].address == "follow-up@ban.example"


def test_without_rows_the_default_ladder_holds_and_a_wrong_one_is_refused(desk: Desk) -> None:
    with desk.database.writing() as session:
        session.execute(delete(LadderStepRow))
        assert ladder_for(session, "Hướng dẫn") == DEFAULT_LADDER
        session.add(
            LadderStepRow(
                doc_type="*", key="sai", working_days=2, audience="unit", wording="reminder"
            )
        )
        session.flush()
        with pytest.raises(LadderInvalidError):
            ladder_for(session, "Hướng dẫn")
