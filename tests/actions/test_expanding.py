from datetime import date, timedelta
from pathlib import Path

import pytest

from actions.desk import Desk
from actions.dispatching import preview_units
from actions.errors import NotFoundError
from actions.expanding import ExpandedUnit, expand, living
from models.directive import Directive, RecipientLine
from models.organisation import GroupMembership, OrganisationSuccessor, UnitGroup
from models.session import Database
from tests.actions.back_office import (
    LINES,
    Line,
    change_unit,
    consignments,
    draft_directive,
    issue,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SINCE, organisation, small_office

DAY = date(2022, 9, 21)


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock)


def opened(desk: Desk, *lines: Line, day: date = DAY) -> dict[str, ExpandedUnit]:
    rows = [
        RecipientLine(ordinal=n, raw="", role=role, organisations=list(orgs), groups=list(groups))
        for n, (role, orgs, groups) in enumerate(lines, 1)
    ]
    with desk.database.reading() as session:
        found = expand(session, rows, day, issuer_id="ban")
    assert len({one.organisation_id for one in found}) == len(found)
    return {one.organisation_id: one for one in found}


def test_a_unit_alone_and_in_a_group_is_one_recipient_under_the_stronger_role(desk: Desk) -> None:
    found = opened(desk, ("know", (), ("huyen",)), ("action", ("so-tt",), ()))
    assert set(found) == {"huyen-a", "huyen-b", "so-tt"}
    assert (found["so-tt"].role, found["so-tt"].lines) == ("action", (1, 2))
    assert found["huyen-a"].role == "know"


@pytest.mark.parametrize(
    ("first", "second", "stronger"),
    [
        ("action", "report", "action"),
        ("know", "report", "report"),
        ("unmarked", "know", "know"),
        ("as_above", "report", "action"),
        ("unmarked", "as_article", "action"),
    ],
)
def test_roles_have_an_order(desk: Desk, first: str, second: str, stronger: str) -> None:
    for roles in ((first, second), (second, first)):
        found = opened(desk, *((role, ("so-tt",), ()) for role in roles))
        assert found["so-tt"].role == stronger


def test_the_archive_line_and_the_issuing_office_are_not_sent(desk: Desk) -> None:
    found = opened(desk, ("archive", ("so-tt",), ()), ("know", ("ban", "tinh-uy"), ()))
    assert set(found) == {"tinh-uy"}


def test_groups_are_read_as_of_the_day(desk: Desk) -> None:
    with desk.database.writing() as session:
        member = session.get_one(GroupMembership, ("huyen", "huyen-b", SINCE))
        member.valid_to = DAY - timedelta(days=1)
    assert "huyen-b" not in opened(desk, ("action", (), ("huyen",)))
    before = opened(desk, ("action", (), ("huyen",)), day=DAY - timedelta(days=1))
    assert "huyen-b" in before


def test_an_ended_organisation_gives_way_to_its_successors_with_a_record(desk: Desk) -> None:
    with desk.database.writing() as session:
        for key in ("moi-1", "moi-2"):
            organisation(session, key, f"Đơn vị {key}")
            session.add(
                OrganisationSuccessor(
                    organisation_id="huyen-a", successor_id=key, since=DAY, basis="NQ 202"
                )
            )
    change_unit(desk, "huyen-a", valid_to=DAY - timedelta(days=1))
    found = opened(desk, ("action", ("huyen-a",), ()))
    assert set(found) == {"moi-1", "moi-2"}
    assert found["moi-1"].detail == "Kế thừa Huyện ủy A từ ngày 21/09/2022 (NQ 202)."
    assert found["moi-1"].problem is None
    assert set(opened(desk, ("action", ("huyen-a",), ()), day=DAY - timedelta(days=1))) == {
        "huyen-a"
    }


def test_a_successor_that_ended_itself_is_followed_and_a_circle_ends(desk: Desk) -> None:
    with desk.database.writing() as session:
        organisation(session, "moi", "Đơn vị mới")
        for old, new in (("huyen-a", "huyen-b"), ("huyen-b", "moi"), ("huyen-b", "huyen-a")):
            session.add(OrganisationSuccessor(organisation_id=old, successor_id=new, since=SINCE))
    for key in ("huyen-a", "huyen-b"):
        change_unit(desk, key, valid_to=DAY - timedelta(days=1))
    found = opened(desk, ("action", ("huyen-a",), ()))
    assert set(found) == {"moi"}
    assert "Kế thừa Huyện ủy A" in str(found["moi"].detail)
    assert "Kế thừa Huyện ủy B" in str(found["moi"].detail)


def test_nobody_is_dropped_who_cannot_be_reached(desk: Desk) -> None:
    change_unit(desk, "huyen-a", valid_to=DAY - timedelta(days=1))
    change_unit(desk, "huyen-b", address=None)
    change_unit(desk, "so-tt", valid_from=DAY + timedelta(days=1))
    found = opened(desk, ("action", (), ("huyen",)))
    assert "chưa có đơn vị kế thừa" in str(found["huyen-a"].problem)
    assert "Chưa có địa chỉ" in str(found["huyen-b"].problem)
    assert "chỉ hoạt động từ ngày 22/09/2022" in str(found["so-tt"].problem)


def test_a_unit_that_cannot_be_reached_is_held_with_its_reason(desk: Desk) -> None:
    change_unit(desk, "huyen-b", address="")
    issue(desk, lines=LINES)
    held = consignments(desk)["huyen-b"]
    assert held.state == "held"
    assert "Chưa có địa chỉ" in str(held.detail)
    assert consignments(desk)["huyen-a"].state == "planned"


def test_unknown_units_and_groups_are_refused(desk: Desk) -> None:
    for line in (("action", ("ma",), ()), ("action", (), ("ma",))):
        with pytest.raises(NotFoundError, match="ma"):
            opened(desk, line)  # type: ignore[arg-type]  # a pair of the right shape
    with desk.database.reading() as session, pytest.raises(NotFoundError):
        living(session, "ma", DAY)


def test_an_empty_group_brings_nobody(desk: Desk) -> None:
    with desk.database.writing() as session:
        session.add(UnitGroup(id="rong", name="Nhóm rỗng", aliases=[]))
    assert opened(desk, ("action", (), ("rong",))) == {}


def test_a_unit_without_a_mark_acts_where_a_task_names_it(desk: Desk) -> None:
    lines: tuple[Line, ...] = (("unmarked", ("huyen-a", "tinh-uy"), ()),)
    tasks = [task(groups=[], organisations=["huyen-a"])]
    key = draft_directive(desk, lines=lines, tasks=tasks)
    with desk.database.reading() as session:
        units = preview_units(session, session.get_one(Directive, key), DAY)
    assert {one.organisation_id: one.role for one in units} == {
        "huyen-a": "action",
        "tinh-uy": "unmarked",
    }
