"""Personal links end by time or by an officer; the next one takes their place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.desk import Desk
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
)
from actions.reporting import accept, submit_report
from actions.reports.linking import revoke_link, send_link
from actions.unit_links import LinkStanding, current_link, standing_of
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.officer import Role
from models.session import Database
from tests.actions.back_office import issue, mark_judge, signed_pdf, task, unit
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge)


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    return issue(desk, tasks=[task()])


def standing(desk: Desk, key: DirectiveId, serial: int = 1, who: str = "huyen-a") -> LinkStanding:
    with desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        return standing_of(desk, session, directive, who, serial)


def link(desk: Desk, key: DirectiveId, who: str = "huyen-a") -> str:
    with desk.database.reading() as session:
        return current_link(desk, session, who, key)


def letters(desk: Desk) -> list[Notice]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Notice).where(Notice.kind == "link")))


def test_a_link_is_good_while_the_unit_owes_and_ends_long_after(
    desk: Desk, key: DirectiveId, office: SmallOffice, clock: StoryClock
) -> None:
    clock.at += timedelta(days=400)
    assert standing(desk, key) is LinkStanding.GOOD
    assert standing(desk, key, who="tinh-uy") is LinkStanding.EXPIRED
    report = submit_report(
        desk, unit("huyen-a"), organisation_id="huyen-a", directive_id=key, file_name="x.pdf",
        content=signed_pdf("f" * 64), via="upload",
    )  # fmt: skip
    accept(desk, office.actor(Role.FOLLOW_UP), report)
    assert standing(desk, key) is LinkStanding.EXPIRED
    send_link(desk, office.actor(Role.FOLLOW_UP), "huyen-a", key)
    assert standing(desk, key) is LinkStanding.GOOD
    clock.at += timedelta(days=91)
    assert standing(desk, key) is LinkStanding.EXPIRED


def test_the_next_link_takes_the_place_of_one_that_is_ended(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    first = link(desk, key)
    assert first == desk.unit_link("huyen-a", str(key))
    assert standing(desk, key, 2) is LinkStanding.UNKNOWN
    actor = office.actor(Role.FOLLOW_UP)
    assert revoke_link(desk, actor, "huyen-a", key, reason="Lộ đường dẫn.", serial=1) == 2
    assert standing(desk, key, 1) is LinkStanding.REVOKED
    assert standing(desk, key, 2) is LinkStanding.GOOD
    (letter,) = letters(desk)
    assert link(desk, key) in letter.text
    assert first not in letter.text.split()
    assert "Lộ đường dẫn" not in letter.text
    assert link(desk, key, "huyen-b") == desk.unit_link("huyen-b", str(key))
    assert revoke_link(desk, actor, "huyen-a", key, reason="Nữa.", send=False) == 3
    assert len(letters(desk)) == 1


def test_only_the_follow_up_officer_ends_a_link_with_a_reason_of_a_unit_that_has_one(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with pytest.raises(NotAuthorisedError):
        revoke_link(desk, office.actor(Role.DRAFTER), "huyen-a", key, reason="x")
    with pytest.raises(NotAuthorisedError):
        revoke_link(desk, unit("huyen-a"), "huyen-a", key, reason="x")
    actor = office.actor(Role.FOLLOW_UP)
    with pytest.raises(InvalidInputError):
        revoke_link(desk, actor, "huyen-a", key, reason=" ")
    with pytest.raises(NotFoundError):
        revoke_link(desk, actor, "khong-co", key, reason="x")
    assert standing(desk, key) is LinkStanding.GOOD


def test_of_two_officers_who_end_the_same_link_at_once_one_is_told(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    def end(_: int) -> bool:
        try:
            revoke_link(desk, office.actor(Role.FOLLOW_UP), "huyen-a", key, reason="Lộ.", serial=1)
        except AlreadyDoneError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(end, range(2))) == [False, True]
    assert standing(desk, key, 2) is LinkStanding.GOOD
    assert len(letters(desk)) == 1


def test_a_link_is_sent_again_once_a_day(
    desk: Desk, key: DirectiveId, office: SmallOffice, clock: StoryClock
) -> None:
    actor = office.actor(Role.FOLLOW_UP)
    for _ in range(2):
        send_link(desk, actor, "huyen-a", key)
    assert len(letters(desk)) == 1
    clock.at += timedelta(days=1)
    send_link(desk, actor, "huyen-a", key)
    assert len(letters(desk)) == 2
