"""Channels and ladders of the office file."""

from pathlib import Path

import pytest
from sqlalchemy import select

from actions.auditing import Actor
from actions.office_loading import (
    check_office_file,
    load_office,
)
from actions.reminding.setting import reset_ladder, set_ladder
from deadlines.ladder import Audience, LadderStep, Wording
from models.officer import Post
from models.organisation import (
    LadderStepRow,
    UnitChannel,
)
from models.session import Database
from tests.actions.test_office_loading import AT, OPERATOR, Write, events, write
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.office_texts import OFFICE

__all__ = ["write"]


FIRST = 'address = "huyen-a@donvi.example"\n'


def with_channels(listed: str) -> str:
    return OFFICE.replace(FIRST, f"{FIRST}{listed}\n", 1)


def ways(database: Database) -> list[tuple[int, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(UnitChannel).order_by(UnitChannel.rank))
        return [(row.rank, row.channel, row.address) for row in rows]


def test_further_channels_are_taken_in_order_and_may_change_places(
    database: Database, write: Write
) -> None:
    http = '{ channel = "webhook", address = "https://a.example/in" }'
    text = with_channels(f'channels = [{http}, {{ channel = "paper" }}]\nemail = "a@a.example"')
    load_office(database, write(text), at=AT, actor=OPERATOR)
    assert ways(database) == [(1, "webhook", "https://a.example/in"), (2, "paper", None)]
    again = load_office(database, write(text), at=AT, actor=OPERATOR)
    assert (again.created, again.changed, again.missing) == ((), (), ())
    text = with_channels(f'channels = [{{ channel = "paper" }}, {http}]\nemail = "a@a.example"')
    load_office(database, write(text), at=AT, actor=OPERATOR)
    assert ways(database) == [(1, "paper", None), (2, "webhook", "https://a.example/in")]
    gone = load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    assert ways(database) == []
    assert "channel:huyen-a/1" in gone.changed
    assert gone.missing == ()


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ('channels = [{ channel = "smtp", address = "b@b.example" }]', "đã có ở trên"),
        ('channels = [{ channel = "webhook" }]', "phải có địa chỉ"),
        ('channel = "paper"\nchannels = [{ channel = "smtp", address = "b" }]', "không đúng dạng"),
        ('channels = [{ channel = "fax", address = "1" }]', "channel"),
        ('email = "khong"', "không đúng dạng"),
    ],
)
def test_a_wrong_list_of_channels_is_refused_with_its_place(
    write: Write, listed: str, reason: str
) -> None:
    (problem, *_) = check_office_file(write(with_channels(listed)))
    assert reason in f"{problem.place} {problem.reason}"
    assert "channel" in problem.place or "email" in problem.place


def ladder_of(database: Database, kind: str = "*") -> dict[str, int]:
    with database.reading() as session:
        rows = session.scalars(select(LadderStepRow).where(LadderStepRow.doc_type == kind))
        return {row.key: row.working_days for row in rows}


SET = (
    LadderStep(
        key="rieng", working_days=-2, audience=Audience.UNIT, wording=Wording.REMINDER
    ),
)  # fmt: skip


def test_a_ladder_that_a_person_set_holds_and_the_file_says_that_its_own_was_passed_over(
    database: Database, write: Write, tmp_path: Path
) -> None:
    source = write(OFFICE.replace('"signatory", "drafter"', '"signatory", "follow_up"'))
    load_office(database, source, at=AT, actor=OPERATOR)
    of_file = ladder_of(database)
    desk = make_desk(database, tmp_path / "home", StoryClock(AT))
    with database.reading() as session:
        holder = next(one for one in session.scalars(select(Post)) if "follow_up" in one.roles)
    actor = Actor(kind="officer", id=holder.officer_id, name="Người theo dõi")
    set_ladder(desk, actor, "*", SET)
    before = len(events(database))
    summary = load_office(database, source, at=AT, actor=OPERATOR)
    assert ladder_of(database) == {"rieng": -2}
    assert summary.kept_ladders == ("*",)
    assert summary.created == summary.changed == summary.missing == ()
    assert "không lấy theo tệp" in summary.sentence()
    (said,) = events(database)[before:]
    assert (said.deed, said.detail["kept_ladders"]) == ("load_office", ["*"])
    reset_ladder(desk, actor, "*")
    again = load_office(database, source, at=AT, actor=OPERATOR)
    assert (ladder_of(database), again.kept_ladders) == (of_file, ())


def test_a_changed_ladder_of_the_file_takes_the_place_of_the_old_one_as_a_whole_with_a_record(
    database: Database, write: Write
) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    assert ladder_of(database) == {"before_3": -3}
    other = write(OFFICE.replace('key = "before_3"', 'key = "khac"'))
    summary = load_office(database, other, at=AT, actor=OPERATOR)
    assert ladder_of(database) == {"khac": -3}
    assert summary.changed == ("ladder:*/before_3",)
    assert summary.created == ("ladder:*/khac",)
    gone = [one for one in events(database) if one.subject_id == "ladder:*/before_3"]
    assert [one.detail["after"] for one in gone] == [{}]
