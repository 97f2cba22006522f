from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.chasing import chase
from actions.closing import cancel_obligation
from actions.desk import Desk, doing
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.extending import grant_extension, request_extension
from actions.obligations.changing import (
    add_for_unit,
    cancel_for,
    change_due,
    change_lead,
    transfer_obligation,
)
from actions.obligations.events import event_of, fix_event
from actions.obligations.periods import open_due_periods
from actions.obligations.schedules import set_schedule
from models.directive import Directive
from models.dispatch import Consignment
from models.obligation import ObligationChange
from models.session import Database
from tests.actions.back_office import WORK, issue, obligations, task, unit
from tests.actions.obligations.owed import (
    DRAFTER,
    FOLLOWER,
    MONTHLY,
    QUARTERLY,
    UNSTATED,
    WAITING,
    changes,
    codes,
    every,
    keys,
    letters,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock)


def test_a_new_day_is_recorded_told_and_starts_the_ladder_anew(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    clock.set_day(date(2022, 10, 25), hour=9)
    assert chase(desk).reminders == 1
    one = obligations(desk)["R1", "huyen-a"]
    due = change_due(
        desk, FOLLOWER, one.id, last_allowed_day=date(2022, 11, 20), reason="Mưa lũ tại địa bàn."
    )
    assert due == date(2022, 11, 18)
    assert changes(desk, one) == [
        ("last_allowed_day", "2022-10-30", "2022-11-20"),
        ("due", "2022-10-28", "2022-11-18"),
    ]
    ((told, words),) = letters(desk)
    assert told == "huyen-a"
    assert "thứ Sáu, 18/11/2022" in words
    assert "Mưa lũ" in words
    clock.set_day(date(2022, 11, 15), hour=9)
    assert chase(desk).reminders == 1


def test_remarks_about_the_day_are_looked_at_anew_where_it_changes(desk: Desk) -> None:
    issue(desk, tasks=[WORK, task()])
    one = obligations(desk)["R1", "huyen-a"]
    assert {"on_rest_day", "report_before_task_ends"} <= codes(one)
    change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 10, 26), reason="Sớm hơn.")
    one = obligations(desk)["R1", "huyen-a"]
    assert {"day_set", "report_before_task_ends"} <= codes(one)
    assert "on_rest_day" not in codes(one)
    change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 11, 20), reason="Muộn hơn.")
    one = obligations(desk)["R1", "huyen-a"]
    assert {"day_set", "on_rest_day"} <= codes(one)
    assert "report_before_task_ends" not in codes(one)


def test_a_day_is_changed_by_who_follows_up_with_a_reason_to_a_day_ahead(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[task()])
    one = obligations(desk)["R1", "huyen-a"]
    clock.set_day(date(2022, 10, 3))
    later = {"last_allowed_day": date(2022, 11, 20)}
    with pytest.raises(NotAuthorisedError):
        change_due(desk, DRAFTER, one.id, **later, reason="x")
    with pytest.raises(InvalidInputError, match="lý do"):
        change_due(desk, FOLLOWER, one.id, **later, reason=" ")
    with pytest.raises(InvalidInputError, match="đã qua"):
        change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 10, 1), reason="x")
    with pytest.raises(InvalidInputError, match="đang là"):
        change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 10, 30), reason="x")
    with pytest.raises(NotFoundError):
        change_due(desk, FOLLOWER, uuid4(), **later, reason="x")
    cancel_obligation(desk, FOLLOWER, one.id, reason="Giao nhầm.")
    with pytest.raises(WrongStateError):
        change_due(desk, FOLLOWER, one.id, **later, reason="x")
    assert [field for field, _, _ in changes(desk, one)] == ["state"]


def test_a_task_passes_to_another_unit_that_gets_the_directive(desk: Desk) -> None:
    issue(
        desk, lines=(("action", ("huyen-a",), ()),),
        tasks=[task(groups=[], organisations=["huyen-a"])],
    )  # fmt: skip
    one = obligations(desk)["R1", "huyen-a"]
    heir = transfer_obligation(
        desk, FOLLOWER, one.id, to_organisation="so-tt", reason="Đúng chức năng của Sở."
    )
    made = obligations(desk)
    assert made["R1", "huyen-a"].state == "transferred"
    assert made["R1", "huyen-a"].successor_id == heir
    assert (made["R1", "so-tt"].state, made["R1", "so-tt"].due) == ("open", one.due)
    assert changes(desk, made["R1", "so-tt"]) == [("opened", None, "so-tt")]
    with desk.database.reading() as session:
        sent = session.scalars(select(Consignment.organisation_id)).all()
    assert set(sent) == {"huyen-a", "so-tt"}
    assert [told for told, _ in letters(desk)] == ["huyen-a", "so-tt"]
    with pytest.raises(InvalidInputError, match="Chính đơn vị này"):
        transfer_obligation(desk, FOLLOWER, heir, to_organisation="so-tt", reason="x")
    with pytest.raises(NotFoundError):
        transfer_obligation(desk, FOLLOWER, heir, to_organisation="ma", reason="x")


def test_who_leads_can_be_changed_with_a_record(desk: Desk) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"], coordinating=["so-tt"])])
    one = obligations(desk)["R1", "so-tt"]
    change_lead(desk, FOLLOWER, one.id, leads=True, reason="Sở chủ trì theo phân công mới.")
    assert obligations(desk)["R1", "so-tt"].leads
    assert changes(desk, one) == [("leads", "False", "True")]
    with pytest.raises(AlreadyDoneError):
        change_lead(desk, FOLLOWER, one.id, leads=True, reason="x")


def test_a_waiting_task_gets_its_day_from_the_event_and_another_when_it_moves(desk: Desk) -> None:
    key = issue(desk, tasks=[WAITING])
    one = obligations(desk)["R1", "huyen-a"]
    assert one.due is None
    assert "waits_for_event" in codes(one)
    signed = date(2022, 9, 30)
    assert fix_event(desk, FOLLOWER, key, "R1", day=signed, note="Hợp đồng 12/HĐ") == 3
    one = obligations(desk)["R1", "huyen-a"]
    assert (one.last_allowed_day, one.due) == (date(2022, 10, 30), date(2022, 10, 28))
    assert "waits_for_event" not in codes(one)
    assert "30 ngày sau ngày 30/09/2022" in one.computed
    fix_event(desk, FOLLOWER, key, "R1", day=date(2022, 10, 3), note="Ký lại hợp đồng")
    one = obligations(desk)["R1", "huyen-a"]
    assert one.due == date(2022, 11, 2)
    with desk.database.reading() as session:
        assert event_of(session, one) == date(2022, 10, 3)
    assert ("event", "2022-09-30", "2022-10-03") in changes(desk, one)


def test_an_event_needs_its_words_and_a_task_that_waits(desk: Desk) -> None:
    decree = task(
        "R2", deadline_raw="sau khi Nghị định được ban hành", kind="relative", named_date=None,
        inclusive=None,
    )  # fmt: skip
    key = issue(desk, tasks=[task(), decree])
    day = date(2022, 10, 3)
    with pytest.raises(InvalidInputError, match="Đổi thời hạn"):
        fix_event(desk, FOLLOWER, key, "R1", day=day, note="x")
    with pytest.raises(InvalidInputError, match="sự kiện"):
        fix_event(desk, FOLLOWER, key, "R2", day=day, note=" ")
    with pytest.raises(InvalidInputError, match="ngày cuối cùng"):
        fix_event(desk, FOLLOWER, key, "R2", day=day, note="Nghị định 70/2022/NĐ-CP")
    with pytest.raises(NotFoundError):
        fix_event(desk, FOLLOWER, key, "R9", day=day, note="x")
    with pytest.raises(NotAuthorisedError):
        fix_event(desk, DRAFTER, key, "R2", day=day, note="x")
    fix_event(
        desk, FOLLOWER, key, "R2", day=day, note="Nghị định 70/2022/NĐ-CP",
        last_allowed_day=date(2022, 10, 31),
    )  # fmt: skip
    assert obligations(desk)["R2", "huyen-a"].due == date(2022, 10, 31)


def test_a_changed_schedule_moves_what_is_open_with_a_record(desk: Desk) -> None:
    key = issue(desk, tasks=[MONTHLY])
    one = every(desk, organisation_id="huyen-a")[0]
    with pytest.raises(InvalidInputError, match="lý do"):
        set_schedule(desk, FOLLOWER, key, "R1", QUARTERLY)
    monthly = {
        "frequencies": ["monthly"], "periods": ["calendar"],
        "day": {"kind": "day_of_month", "day": 15, "months": 1},
    }  # fmt: skip
    set_schedule(desk, FOLLOWER, key, "R1", monthly, reason="Lùi ngày gửi.")
    moved = every(desk, organisation_id="huyen-a")[0]
    assert moved.id == one.id
    assert moved.due == date(2022, 10, 14)
    set_schedule(desk, FOLLOWER, key, "R1", QUARTERLY, reason="Chuyển sang báo cáo quý.")
    states = {one.period_key: one.state for one in every(desk, organisation_id="huyen-a")}
    assert states == {"2022-M09": "cancelled", "2022-Q4": "open"}
    assert [field for field, _, _ in changes(desk, one)] == ["last_allowed_day", "due", "state"]


def test_a_changed_schedule_leaves_a_day_that_a_person_set(desk: Desk) -> None:
    key = issue(desk, tasks=[MONTHLY])
    one = every(desk, organisation_id="huyen-a")[0]
    change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 10, 20), reason="Lùi ngày.")
    set_schedule(desk, FOLLOWER, key, "R1", QUARTERLY, reason="Chuyển sang báo cáo quý.")
    owed = {one.period_key: one for one in every(desk, organisation_id="huyen-a")}
    assert (owed["2022-M09"].state, owed["2022-M09"].due) == ("open", date(2022, 10, 20))


def test_a_schedule_that_cannot_be_changes_nothing(desk: Desk) -> None:
    key = issue(desk, tasks=[UNSTATED])
    bad = {"frequencies": ["monthly"], "day": {"kind": "day_of_month", "day": 40}}
    with pytest.raises(InvalidInputError, match="ngày trong tháng"):
        set_schedule(desk, FOLLOWER, key, "R1", bad)
    with pytest.raises(NotAuthorisedError):
        set_schedule(desk, DRAFTER, key, "R1", QUARTERLY)
    with pytest.raises(NotFoundError):
        set_schedule(desk, FOLLOWER, key, "R7", QUARTERLY)
    assert keys(desk) == [""]


def test_an_amendment_cancels_for_one_unit_and_its_coming_periods(
    desk: Desk, clock: StoryClock
) -> None:
    key = issue(desk, tasks=[MONTHLY])
    with doing(desk, MACHINE, "update_recipients", subject=key) as deed:
        directive = deed.session.get_one(Directive, key)
        assert (
            cancel_for(desk, deed, directive, reason="Bỏ khỏi nơi nhận.", organisation_id="so-tt")
            == 1
        )
    clock.set_day(date(2022, 10, 1))
    open_due_periods(desk)
    assert keys(desk, "so-tt") == ["2022-M09"]
    assert keys(desk, "huyen-a") == ["2022-M09", "2022-M10"]
    assert [told for told, _ in letters(desk)] == ["so-tt"]


def test_an_amendment_adds_a_unit_with_what_is_open_and_what_comes(
    desk: Desk, clock: StoryClock
) -> None:
    key = issue(desk, tasks=[MONTHLY, task("R2", groups=[], organisations=["huyen-a"])])
    with doing(desk, MACHINE, "update_recipients", subject=key) as deed:
        directive = deed.session.get_one(Directive, key)
        made = add_for_unit(
            desk, deed, directive, "tinh-uy", task_refs=["R1", "R2"], reason="Bổ sung nơi nhận."
        )
        again = add_for_unit(desk, deed, directive, "huyen-a", reason="x", tell=False)
    assert [(one.task_ref, one.period_key) for one in made] == [("R1", "2022-M09"), ("R2", "")]
    assert again == ()
    clock.set_day(date(2022, 10, 1))
    open_due_periods(desk)
    assert keys(desk, "tinh-uy") == ["", "2022-M09", "2022-M10"]
    ((told, words),) = letters(desk)
    assert told == "tinh-uy"
    assert "R1 (tháng 9 năm 2022)" in words


def test_a_granted_extension_is_recorded(desk: Desk) -> None:
    issue(desk, tasks=[task()])
    one = obligations(desk)["R1", "huyen-a"]
    request = request_extension(
        desk, unit("huyen-a"), one.id, asked_until=date(2022, 11, 10), reason="Thiên tai."
    )
    grant_extension(desk, FOLLOWER, request)
    with desk.database.reading() as session:
        rows = session.scalars(select(ObligationChange)).all()
    assert {row.field for row in rows} == {"state", "last_allowed_day", "due"}
    assert {row.reason for row in rows} == {"Thiên tai."}
