"""Whatever servers answer, whenever workers die: nothing is lost, nothing is doubled unseen."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from actions import outbox
from actions.auditing import verify_chain
from actions.chasing import chase
from actions.desk import Desk
from actions.dispatching import deliver_batch
from models.dispatch import DeliveryAttempt, Notice
from models.lifecycle import DeliveryState
from models.obligation import Reminder
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import ScriptedChannel, consignments, issue, task
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

UNITS = ("huyen-a", "huyen-b", "so-tt", "tinh-uy")
WORDS = st.sampled_from(["accept", "defer", "silent", "die", "bounce"])
# The fixture is a file that is only read, so it may be shared between examples.
LIGHT = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def office(empty: Path) -> Iterator[tuple[Desk, ScriptedChannel, StoryClock]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.db"
        path.write_bytes(empty.read_bytes())
        database = Database(f"sqlite:///{path}")
        small_office(database)
        channel, clock = ScriptedChannel(), StoryClock()
        yield (
            make_desk(database, Path(folder), clock, channels={"smtp": channel}), channel, clock,
        )  # fmt: skip
        database.close()


def send_until_quiet(desk: Desk, clock: StoryClock) -> None:
    """Lets one worker after another send, each of which may be killed."""
    for _ in range(60):
        try:
            summary = deliver_batch(desk, limit=2)
        except KeyboardInterrupt:  # the scripted kill
            clock.advance(seconds=outbox.LEASE_S)
            continue
        if not summary.claimed:
            with desk.database.reading() as session:
                open_rows = select(func.count()).where(OutboxRow.state != "settled")
                if not session.scalars(open_rows.select_from(OutboxRow)).one():
                    return
            clock.advance(hours=3)
    raise AssertionError("something stays due for ever")


@LIGHT
@given(plans=st.fixed_dictionaries({unit: st.lists(WORDS, max_size=4) for unit in UNITS}))
def test_every_consignment_ends_and_a_repeat_is_the_same_message(
    migrated_sqlite: Path, plans: dict[str, list[str]]
) -> None:
    with office(migrated_sqlite) as (desk, channel, clock):
        for unit, words in plans.items():
            channel.plan[f"{unit}@donvi.example"] = list(words)
        issue(desk, tasks=[task()])
        send_until_quiet(desk, clock)
        for unit, one in consignments(desk).items():
            copies = [sent for sent in channel.sent if sent.message_id == one.message_id]
            assert len({sent.to_bytes() for sent in copies}) <= 1
            refused = "bounce" in plans[unit] and one.state == DeliveryState.BOUNCED
            assert one.state == DeliveryState.SENT or refused
            with desk.database.reading() as session:
                tried = session.scalars(
                    select(DeliveryAttempt).where(DeliveryAttempt.ikey == one.key)
                ).all()
            assert len(tried) >= len(copies)
            assert all(attempt.ended_at is not None for attempt in tried)
            assert [a.outcome for a in tried].count("sent") <= 1
        with desk.database.reading() as session:
            assert verify_chain(session).broken_at is None


@LIGHT
@given(
    days=st.lists(st.dates(date(2022, 10, 1), date(2022, 11, 20)), max_size=12),
    rounds=st.integers(1, 2),
)
def test_whenever_chasing_runs_each_step_is_taken_once_and_never_early(
    migrated_sqlite: Path, days: list[date], rounds: int
) -> None:
    with office(migrated_sqlite) as (desk, _, clock):
        issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
        for day in sorted(days):
            clock.set_day(day)
            for _ in range(rounds):
                chase(desk)
        with desk.database.reading() as session:
            steps = session.scalars(select(Reminder)).all()
            letters = select(func.count()).select_from(Notice).where(Notice.kind != "copy")
            assert session.scalars(letters).one() == sum(
                1 for one in steps if one.notice_id is not None
            )
        first = {"truoc-3": date(2022, 10, 25), "sau-1": date(2022, 10, 31)}
        for one in steps:
            assert one.at.date() >= first.get(one.step_key, date(2022, 11, 4))
