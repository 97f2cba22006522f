"""The audit chain: provable, and no change of it goes unnoticed, on both databases."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from actions.auditing import (
    GENESIS,
    MACHINE,
    Actor,
    append_event,
    events,
    verify_chain,
    verify_events_of,
)
from actions.errors import NotFoundError
from actions.recording import recording_refusals
from models.audit import AuditEvent, AuditHead
from models.session import Database
from tests.support.front import Front

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)


def append(database: Database, count: int, subject: str = "s") -> None:
    for ordinal in range(count):
        with database.writing() as session:
            append_event(
                session, actor=MACHINE, deed="approve", outcome="done", subject_kind="directive",
                subject_id=subject, detail={"thứ tự": ordinal}, at=AT + timedelta(seconds=ordinal),
            )  # fmt: skip


def test_an_empty_chain_holds(database: Database) -> None:
    with database.reading() as session:
        report = verify_chain(session)
    assert (report.events, report.head, report.broken_at) == (0, GENESIS, None)


def test_the_first_event_makes_the_head_where_none_was_written(database: Database) -> None:
    with database.writing() as session:
        session.execute(delete(AuditHead))
    append(database, 2)
    with database.reading() as session:
        assert (verify_chain(session).events, verify_chain(session).broken_at) == (2, None)


def test_a_chain_written_event_by_event_holds(database: Database) -> None:
    append(database, 7)
    with database.reading() as session:
        report = verify_chain(session)
        assert (report.events, report.broken_at) == (7, None)
        assert "7 sự kiện" in report.reason
        assert [event.sequence for event in events(session, after=4)] == [5, 6, 7]


def fail_after_an_event(database: Database) -> None:
    with database.writing() as session:
        append_event(
            session, actor=MACHINE, deed="approve", outcome="done", subject_kind="directive",
            subject_id="x", detail={}, at=AT,
        )  # fmt: skip
        raise RuntimeError


def test_a_transaction_that_fails_leaves_no_event_and_no_gap(database: Database) -> None:
    append(database, 2)
    with pytest.raises(RuntimeError):
        fail_after_an_event(database)
    append(database, 1)
    with database.reading() as session:
        assert verify_chain(session).events == 3


CHANGES = {
    "actor": {"actor_name": "Người khác"},
    "time": {"at": AT + timedelta(days=1)},
    "outcome": {"outcome": "refused"},
    "detail": {"detail": {"thứ tự": 99}},
    "hash": {"hash": "f" * 64},
    "previous": {"previous_hash": "f" * 64},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_a_changed_event_is_noticed(database: Database, change: str, sequence: int) -> None:
    append(database, 5)
    with database.writing() as session:
        session.execute(
            update(AuditEvent).where(AuditEvent.sequence == sequence).values(**CHANGES[change])
        )
    with database.reading() as session:
        report = verify_chain(session)
    assert report.broken_at == sequence
    assert "không còn nguyên vẹn" in report.reason


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_a_removed_event_is_noticed(database: Database, sequence: int) -> None:
    append(database, 5)
    with database.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence == sequence))
    with database.reading() as session:
        assert verify_chain(session).broken_at == sequence


def test_a_truncated_chain_is_noticed_also_when_all_of_it_is_gone(database: Database) -> None:
    append(database, 5)
    for kept in (3, 0):
        with database.writing() as session:
            session.execute(delete(AuditEvent).where(AuditEvent.sequence > kept))
        with database.reading() as session:
            assert verify_chain(session).broken_at == kept + 1


@pytest.mark.parametrize("left", [0, 2, 4])
def test_a_removed_head_is_noticed_wherever_events_are_left(database: Database, left: int) -> None:
    append(database, 4)
    with database.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence > left))
        session.execute(delete(AuditHead))
    with database.reading() as session:
        assert verify_chain(session).broken_at == (left + 1 if left else None)


def test_an_inserted_event_is_noticed(database: Database) -> None:
    append(database, 3)
    with database.writing() as session:
        last = session.get_one(AuditEvent, 3)
        values = {column.key: getattr(last, column.key) for column in AuditEvent.__table__.columns}
        session.add(AuditEvent(**{**values, "sequence": 4, "previous_hash": last.hash}))
    with database.reading() as session:
        assert verify_chain(session).broken_at == 4


def interleaved(database: Database) -> None:
    """Events 1, 2, 5 and 6 of one paper, 3 and 4 of another."""
    for subject in ("s", "khác", "s"):
        append(database, 2, subject)


def broken_for(database: Database, subject: str) -> int | None:
    with database.reading() as session:
        return verify_events_of(session, "directive", subject).broken_at


def test_the_events_of_one_paper_fit_the_chain_by_themselves(database: Database) -> None:
    interleaved(database)
    with database.reading() as session:
        own = verify_events_of(session, "directive", "s")
        whole = verify_chain(session)
    assert (own.events, own.head, own.broken_at) == (4, whole.head, None)
    assert own.reason.startswith("4 việc")


def test_a_paper_without_events_has_nothing_that_could_be_broken(database: Database) -> None:
    interleaved(database)
    with database.reading() as session:
        none = verify_events_of(session, "directive", "không có")
    assert (none.events, none.head, none.broken_at) == (0, GENESIS, None)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("sequence", [1, 5, 6])
def test_a_changed_event_of_a_paper_is_noticed_there(
    database: Database, change: str, sequence: int
) -> None:
    interleaved(database)
    with database.writing() as session:
        session.execute(
            update(AuditEvent).where(AuditEvent.sequence == sequence).values(**CHANGES[change])
        )
    # Whose hash was changed no longer fits its neighbour either, which may come before it.
    assert broken_for(database, "s") in {sequence, sequence - 1}


@pytest.mark.parametrize(("gone", "told"), [(1, 2), (2, 1), (3, 2), (4, 5), (6, 5)])
def test_a_removed_event_is_noticed_by_the_papers_beside_it(
    database: Database, gone: int, told: int
) -> None:
    interleaved(database)
    with database.writing() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence == gone))
    assert broken_for(database, "s") == told


def test_another_papers_event_that_was_changed_is_not_this_papers(database: Database) -> None:
    interleaved(database)
    with database.writing() as session:
        session.execute(
            update(AuditEvent).where(AuditEvent.sequence == 3).values(actor_name="Người khác")
        )
    assert (broken_for(database, "s"), broken_for(database, "khác")) == (None, 3)


def test_two_events_that_changed_places_are_noticed(database: Database) -> None:
    append(database, 4)
    with database.writing() as session:
        for old, new in ((2, 90), (3, 2), (90, 3)):
            session.execute(
                update(AuditEvent).where(AuditEvent.sequence == old).values(sequence=new)
            )
    with database.reading() as session:
        assert verify_chain(session).broken_at == 2


def test_a_head_that_was_set_back_is_noticed(database: Database) -> None:
    append(database, 4)
    with database.writing() as session:
        session.execute(update(AuditHead).values(sequence=3))
    with database.reading() as session:
        assert verify_chain(session).broken_at == 5


def test_threads_that_write_at_once_leave_no_gap_and_no_fork(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: append(database, 60, name), ("a", "b")))
    with database.reading() as session:
        report = verify_chain(session)
        subjects = session.scalars(select(AuditEvent.subject_id)).all()
    assert (report.events, report.broken_at) == (120, None)
    assert subjects.count("a") == subjects.count("b") == 60


APPEND = """
import sys
from datetime import UTC, datetime
from actions.auditing import MACHINE, append_event
from models.session import Database

database = Database(sys.argv[1])
for ordinal in range(40):
    with database.writing() as session:
        append_event(
            session, actor=MACHINE, deed="approve", outcome="done", subject_kind="directive",
            subject_id=sys.argv[2], detail={"n": ordinal}, at=datetime(2022, 9, 20, tzinfo=UTC),
        )
"""


def test_processes_that_write_at_once_leave_no_gap(database: Database, database_url: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", APPEND, database_url, name], cwd=ROOT)
        for name in ("a", "b")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with database.reading() as session:
        report = verify_chain(session)
    assert (report.events, report.broken_at) == (80, None)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50),
    detail=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(2**53), 2**53),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=4,
    ),
    microsecond=st.integers(0, 999_999),
)
def test_whatever_is_written_reads_back_to_the_same_hash(
    database: Database, name: str, detail: dict[str, object], microsecond: int
) -> None:
    with database.writing() as session:
        append_event(
            session, actor=MACHINE, deed="approve", outcome="done", subject_kind="directive",
            subject_id=name, detail=detail, at=AT.replace(microsecond=microsecond),
        )  # fmt: skip
    with database.reading() as session:
        assert verify_chain(session).broken_at is None
        assert session.scalar(text("SELECT count(*) FROM audit_head")) == 1


def test_a_refusal_of_something_with_an_endless_name_is_written_down(front: Front) -> None:
    actor = Actor(kind="officer", id="drafter", name="Người soạn")
    with (
        pytest.raises(NotFoundError),
        recording_refusals(
            front.desk.database,
            actor,
            "look",
            kind="organisation",
            subject="dài " * 200,
            at=front.desk.clock(),
        ),
    ):
        raise NotFoundError("đơn vị", "dài " * 200)
    event = front.last_event()
    assert (event.outcome, len(event.subject_id)) == ("refused", 300)
    with front.desk.database.reading() as session:
        assert verify_chain(session).broken_at is None
