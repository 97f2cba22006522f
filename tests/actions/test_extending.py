from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from actions.desk import Desk
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.extending import grant_extension, refuse_extension, request_extension
from actions.reporting import accept, submit_report
from models.dispatch import Notice
from models.obligation import ExtensionRequest
from models.officer import Role
from models.session import Database
from tests.actions.back_office import (
    issue,
    mark_judge,
    obligations,
    signed_pdf,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

UNTIL = date(2022, 11, 5)  # a Saturday


@pytest.fixture
def office(sqlite_database: Database) -> SmallOffice:
    return small_office(sqlite_database)


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    made = make_desk(sqlite_database, tmp_path, clock, judge=mark_judge)
    issue(made, tasks=[task()])
    assert office.group == "huyen"
    return made


@pytest.fixture
def owed(desk: Desk) -> UUID:
    return obligations(desk)["R1", "huyen-a"].id


def state(desk: Desk) -> str:
    return obligations(desk)["R1", "huyen-a"].state


def ask(desk: Desk, owed: UUID, until: date = UNTIL, reason: str = "Bị ngập.") -> UUID:
    return request_extension(desk, unit("huyen-a"), owed, asked_until=until, reason=reason)


def told(desk: Desk) -> Notice:
    with desk.database.reading() as session:
        return session.scalars(select(Notice)).one()


@pytest.mark.parametrize("far", [date(2202, 11, 5), date.max])
def test_no_day_is_asked_for_or_granted_whose_year_was_mistyped(
    desk: Desk, owed: UUID, office: SmallOffice, far: date
) -> None:
    with pytest.raises(InvalidInputError, match="Xem lại năm"):
        ask(desk, owed, far)
    asked = ask(desk, owed)
    with pytest.raises(InvalidInputError, match="quá 3 năm"):
        grant_extension(desk, office.actor(Role.FOLLOW_UP), asked, until=far)
    assert state(desk) == "extension_requested"


def test_a_granted_extension_moves_the_day_back_to_a_working_one(
    desk: Desk, owed: UUID, office: SmallOffice
) -> None:
    request = ask(desk, owed)
    assert state(desk) == "extension_requested"
    due = grant_extension(desk, office.actor(Role.FOLLOW_UP), request, reason="Đồng ý.")
    after = obligations(desk)["R1", "huyen-a"]
    assert due == after.due == date(2022, 11, 4)
    assert (after.state, after.last_allowed_day) == ("open", UNTIL)
    assert "không tính ngày 31/10/2022" in after.computed
    assert "Gia hạn đến hết ngày 05/11/2022" in after.computed
    assert "đồng ý" in told(desk).text
    assert "Đồng ý." in told(desk).text
    with desk.database.reading() as session:
        decided = session.get_one(ExtensionRequest, request)
        assert (decided.state, decided.decided_by) == ("granted", "follow-up")


def test_another_day_than_the_one_asked_for_can_be_granted(
    desk: Desk, owed: UUID, office: SmallOffice
) -> None:
    request = ask(desk, owed)
    due = grant_extension(desk, office.actor(Role.FOLLOW_UP), request, until=date(2022, 11, 1))
    assert due == date(2022, 11, 1)


def test_a_refused_extension_leaves_the_day(desk: Desk, owed: UUID, office: SmallOffice) -> None:
    request = ask(desk, owed)
    with pytest.raises(InvalidInputError):
        refuse_extension(desk, office.actor(Role.FOLLOW_UP), request, reason="")
    refuse_extension(desk, office.actor(Role.FOLLOW_UP), request, reason="Không thể chờ.")
    after = obligations(desk)["R1", "huyen-a"]
    assert (after.state, after.due) == ("open", date(2022, 10, 28))
    assert "không gia hạn. Lý do: Không thể chờ." in told(desk).text


@pytest.mark.parametrize("until", [date(2022, 10, 28), date(2022, 10, 30), date(2022, 9, 1)])
def test_the_day_must_be_later_than_the_present_one(desk: Desk, owed: UUID, until: date) -> None:
    with pytest.raises(InvalidInputError, match="phải sau ngày 30/10/2022"):
        ask(desk, owed, until)
    assert state(desk) == "open"


def test_more_time_is_asked_for_before_the_last_day_is_over(
    desk: Desk, owed: UUID, clock: StoryClock
) -> None:
    clock.set_day(date(2022, 10, 31))  # the last day allowed was Sunday, the 30th
    with pytest.raises(InvalidInputError, match="Gửi báo cáo ngay"):
        ask(desk, owed)
    clock.set_day(date(2022, 10, 30))
    assert ask(desk, owed)


def test_an_extension_needs_a_reason_and_the_unit_itself(desk: Desk, owed: UUID) -> None:
    with pytest.raises(InvalidInputError, match="lý do"):
        ask(desk, owed, reason=" ")
    with pytest.raises(NotAuthorisedError):
        request_extension(desk, unit("huyen-b"), owed, asked_until=UNTIL, reason="x")
    with pytest.raises(NotFoundError):
        ask(desk, uuid4())


def test_it_is_asked_once_at_a_time_and_not_after_acceptance(
    desk: Desk, owed: UUID, office: SmallOffice
) -> None:
    ask(desk, owed)
    with pytest.raises(WrongStateError):
        ask(desk, owed, date(2022, 11, 30))
    key = obligations(desk)["R1", "huyen-a"].directive_id
    report = submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, file_name="a.pdf",
        content=signed_pdf("x"), via="upload",
    )  # fmt: skip
    accept(desk, office.actor(Role.FOLLOW_UP), report)
    with pytest.raises(WrongStateError):
        ask(desk, owed)


def test_a_request_is_decided_once_and_by_the_follow_up_officer(
    desk: Desk, owed: UUID, office: SmallOffice
) -> None:
    request = ask(desk, owed)
    with pytest.raises(NotAuthorisedError):
        grant_extension(desk, unit("huyen-a"), request)
    with pytest.raises(InvalidInputError):
        grant_extension(desk, office.actor(Role.FOLLOW_UP), request, until=date(2022, 10, 1))
    grant_extension(desk, office.actor(Role.FOLLOW_UP), request)
    with pytest.raises(AlreadyDoneError):
        refuse_extension(desk, office.actor(Role.FOLLOW_UP), request, reason="x")
    with pytest.raises(NotFoundError):
        grant_extension(desk, office.actor(Role.FOLLOW_UP), uuid4())


def test_a_request_overtaken_by_the_report_is_not_granted(
    desk: Desk, owed: UUID, office: SmallOffice
) -> None:
    request = ask(desk, owed)
    key = obligations(desk)["R1", "huyen-a"].directive_id
    submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, file_name="a.pdf",
        content=signed_pdf("x"), via="upload",
    )  # fmt: skip
    with pytest.raises(WrongStateError):
        grant_extension(desk, office.actor(Role.FOLLOW_UP), request)
    with desk.database.reading() as session:
        assert session.get_one(ExtensionRequest, request).state == "asked"


def test_an_obligation_without_a_day_may_get_one(desk: Desk, office: SmallOffice) -> None:
    values = {"ref": "II.2", "kind": "continuous", "deadline_raw": None, "named_date": None}
    issue(desk, tasks=[task(**values)])
    one = obligations(desk)["II.2", "huyen-a"]
    with pytest.raises(InvalidInputError, match="20/09/2022"):
        ask(desk, one.id, date(2022, 9, 20))
    request = ask(desk, one.id, date(2022, 10, 3))
    assert grant_extension(desk, office.actor(Role.FOLLOW_UP), request) == date(2022, 10, 3)
