"""What an answer does to chasing: a report, a returned one, a request for more time."""

from datetime import date

from actions.chasing import ChaseSummary, chase
from actions.desk import Desk
from actions.extending import grant_extension, refuse_extension, request_extension
from actions.reporting import accept, return_report, submit_report
from models.base import DirectiveId
from models.officer import Role
from tests.actions.back_office import (
    OWN,
    ScriptedChannel,
    issue,
    obligations,
    send_all,
    signed_pdf,
    unit,
)
from tests.actions.test_chasing import AFTER_1, BEFORE_3, ONE, channel, desk, notices, office, walk
from tests.support.clock import StoryClock
from tests.support.factories import SmallOffice

__all__ = ["channel", "desk", "office"]


def report(desk: Desk, key: DirectiveId, content: bytes = signed_pdf("x")) -> object:
    return submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, file_name="a.pdf",
        content=content, via="upload",
    )  # fmt: skip


def test_a_report_stops_chasing_and_a_returned_one_starts_it_again(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    key = issue(desk, tasks=[ONE, OWN])
    clock.set_day(BEFORE_3)
    first = report(desk, key)
    assert chase(desk) == ChaseSummary()
    return_report(desk, office.actor(Role.FOLLOW_UP), first, reason="Thiếu.")  # type: ignore[arg-type]  # an identifier
    assert chase(desk).reminders == 1
    accept(desk, office.actor(Role.FOLLOW_UP), report(desk, key))  # type: ignore[arg-type]  # an identifier
    assert walk(desk, clock, date(2022, 11, 20), BEFORE_3) == ChaseSummary()


def test_a_reminder_that_still_waits_when_the_report_comes_is_not_sent(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    key = issue(desk, lines=(("know", ("so-tt",), ()),), tasks=[ONE])
    clock.set_day(BEFORE_3)
    assert chase(desk).reminders == 1
    report(desk, key)
    send_all(desk)
    assert channel.recipients == ["so-tt@donvi.example"]
    (one,) = notices(desk)
    assert one.state == "held"
    assert str(one.detail).startswith("Không gửi nữa")


def test_a_broken_report_does_not_stop_chasing(desk: Desk, clock: StoryClock) -> None:
    key = issue(desk, tasks=[ONE])
    clock.set_day(BEFORE_3)
    report(desk, key, signed_pdf("x", word="failed"))
    assert chase(desk).reminders == 1


def test_asking_for_more_time_pauses_and_a_granted_day_starts_the_ladder_anew(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    issue(desk, tasks=[ONE])
    walk(desk, clock, BEFORE_3)
    owed = obligations(desk)["R1", "huyen-a"].id
    request = request_extension(
        desk, unit("huyen-a"), owed, asked_until=date(2022, 11, 18), reason="Ngập."
    )
    assert walk(desk, clock, AFTER_1, BEFORE_3) == ChaseSummary()
    grant_extension(desk, office.actor(Role.FOLLOW_UP), request)
    assert walk(desk, clock, date(2022, 11, 30), AFTER_1) == ChaseSummary(
        reminders=1, overdue=1, escalations=1, units=3
    )


def test_a_refused_extension_lets_chasing_go_on(
    desk: Desk, clock: StoryClock, office: SmallOffice
) -> None:
    issue(desk, tasks=[ONE])
    walk(desk, clock, BEFORE_3)
    owed = obligations(desk)["R1", "huyen-a"].id
    until = date(2022, 11, 18)
    request = request_extension(desk, unit("huyen-a"), owed, asked_until=until, reason="Ngập.")
    refuse_extension(desk, office.actor(Role.FOLLOW_UP), request, reason="Không.")
    assert walk(desk, clock, AFTER_1, BEFORE_3).overdue == 1
