"""Files that wait to be read: one reader each, taken over from the dead, thrown away, told of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest

from actions.errors import InvalidInputError, NotFoundError
from actions.intake_reading import read_paper
from actions.notices.kinds import DRAFT
from actions.notices.noting import followed
from actions.notices.showing import count_new, mark_seen, notices_of
from actions.working import importing
from actions.working.importing import read_in
from actions.working.sources import (
    LEASE_S,
    MOST_SOURCES,
    MOST_TRIES,
    SourceGoneError,
    claim,
    drop_source,
    note_page,
)
from models.working import DraftSource, WorkingDraft
from tests.actions.working.test_importing import PAPER, as_docx, keeps, tries, waits
from tests.support.front import Front


def test_a_file_thrown_away_while_it_is_read_becomes_no_draft(lone_front: Front) -> None:
    for while_reading in (True, False):
        key = keeps(lone_front, "a.docx", as_docx(PAPER))
        held = claim(lone_front.desk)
        assert held is not None
        if while_reading:
            drop_source(lone_front.desk, lone_front.drafter, key)
        read_in(lone_front.desk, held)
        assert lone_front.count(WorkingDraft) == (0 if while_reading else 1)
    assert lone_front.count(DraftSource) == 0
    with pytest.raises(NotFoundError):
        drop_source(lone_front.desk, lone_front.drafter, key)


@pytest.mark.both_databases
def test_what_a_dead_process_was_reading_is_read_again_once(front: Front) -> None:
    key = keeps(front, "a.txt", PAPER.encode())
    dead = claim(front.desk)
    assert dead is not None
    note_page(front.desk, dead, 3, 12)
    assert (waits(front, key).page, waits(front, key).pages) == (3, 12)
    assert claim(front.desk) is None
    front.clock.advance(minutes=2)
    next_ = claim(front.desk)
    assert next_ is not None
    assert next_.id == key
    # The dead one was only slow: it changes nothing any more.
    with pytest.raises(SourceGoneError):
        note_page(front.desk, dead, 4, 12)
    read_in(front.desk, dead)
    assert front.count(WorkingDraft) == 0
    read_in(front.desk, next_)
    assert front.count(WorkingDraft) == 1


@pytest.mark.both_databases
def test_the_drafter_is_told_what_became_of_a_file_until_it_is_gone(front: Front) -> None:
    desk = replace(front.desk, database=followed(front.desk.database))
    front = replace(front, desk=desk)
    read = tries(front, "a.txt", PAPER.encode())
    failed = tries(front, "nua.docx", as_docx(PAPER)[:4000])

    def told() -> dict[UUID | None, tuple[str, str, str]]:
        with desk.database.reading() as session:
            found = notices_of(session, front.drafter.id, front.clock())
        return {
            UUID(one.path.split("/")[2 if one.path.endswith("nguon") else 3]) if one.path else None:
            (one.kind, one.path, one.subject)
            for one in found.items
        }  # fmt: skip

    assert told() == {
        read: ("source_read", f"/soan/{read}/nguon", "a.txt"),
        failed: ("source_failed", f"/soan/doc/{failed}", "nua.docx"),
    }
    with desk.database.reading() as session:
        assert count_new(session, front.drafter.id) == 2
    mark_seen(desk.database, front.drafter.id, DRAFT, read, front.clock())
    mark_seen(desk.database, front.clerk.id, DRAFT, failed, front.clock())
    with desk.database.reading() as session:
        assert count_new(session, front.drafter.id) == 1
    drop_source(desk, front.drafter, failed)
    assert told()[None] == ("source_failed", "", "")


def test_an_ending_process_leaves_its_file_to_the_next_one(lone_front: Front) -> None:
    key = keeps(lone_front, "a.docx", as_docx(PAPER))
    held = claim(lone_front.desk)
    assert held is not None
    read_in(lone_front.desk, held, halted=lambda: True)
    assert waits(lone_front, key).state == "waiting"
    taken = claim(lone_front.desk)
    assert taken is not None
    assert taken.id == key


def test_the_lease_is_kept_while_a_long_text_is_understood(
    lone_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keeps(lone_front, "a.txt", PAPER.encode())
    held = claim(lone_front.desk)
    assert held is not None
    seen = []

    def slowly(*given: Any) -> Any:  # noqa: ANN401 (as the real one)
        lone_front.clock.advance(seconds=LEASE_S - 1)
        while waits(lone_front, key).lease_until <= lone_front.clock():
            sleep(0.01)
        lone_front.clock.advance(seconds=LEASE_S - 1)
        while waits(lone_front, key).lease_until < lone_front.clock() + timedelta(seconds=LEASE_S):
            sleep(0.01)
        seen.append(claim(lone_front.desk))
        return read_paper(*given)

    monkeypatch.setattr(importing, "LEASE_S", 0.04)
    monkeypatch.setattr(importing, "read_paper", slowly)
    read_in(lone_front.desk, held)
    assert seen == [None]
    assert lone_front.count(WorkingDraft) == 1


def test_a_file_at_which_processes_die_is_given_up(lone_front: Front) -> None:
    key = keeps(lone_front, "a.txt", PAPER.encode())
    for _ in range(MOST_TRIES):
        assert claim(lone_front.desk) is not None
        lone_front.clock.advance(minutes=2)
    assert claim(lone_front.desk) is None
    assert "Máy chủ đã dừng nhiều lần" in (waits(lone_front, key).problem or "")


def test_each_person_has_one_file_read_at_a_time_and_a_few_waiting(lone_front: Front) -> None:
    keys = []
    for n in range(MOST_SOURCES):
        keys.append(keeps(lone_front, f"{n}.txt", PAPER.encode()))
        lone_front.clock.advance(seconds=1)
    with pytest.raises(InvalidInputError, match="bỏ bớt"):
        keeps(lone_front, "nua.txt", PAPER.encode())
    first = claim(lone_front.desk)
    assert first is not None
    assert first.id == keys[0]
    assert claim(lone_front.desk) is None


@pytest.mark.both_databases
def test_of_readers_who_come_at_once_one_gets_the_file(front: Front) -> None:
    key = keeps(front, "a.txt", PAPER.encode())
    with ThreadPoolExecutor(max_workers=4) as readers:
        held = [one for one in readers.map(lambda _: claim(front.desk), range(4)) if one]
    assert [one.id for one in held] == [key]
    assert waits(front, key).token == held[0].token
