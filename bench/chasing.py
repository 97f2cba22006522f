"""`python -m bench.chasing`: a day's chase over 10,000 to 1,000,000 obligations in 700 units.

Each size is written by bulk inserts into an empty database: 12 % is owed still, the days lie over
three years, what is late has taken its steps. Told are the seconds of a day on which steps are due
and of a second round on which nothing is, each in a process of its own with its peak of memory,
beside the plain query for what is overdue. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url

import models.everything  # noqa: F401 (all tables, as every door)
from actions.chasing import chase
from actions.desk import Desk
from archive.store import LocalStore
from bench.tables import milliseconds, peak_kb, ratio, show
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import DEFAULT_LADDER, decide
from models.base import DirectiveId
from models.directive import Directive
from models.migrating import upgrade
from models.obligation import Obligation, Reminder
from models.officer import Officer, Post
from models.organisation import Office, Organisation
from models.session import Database
from wiring.settings import TINOS

AT: Final = datetime(2026, 6, 16, 2, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Vietnam."""
DAY: Final = AT.date()
UNITS: Final = 700
SUPERIORS: Final = 20
OPEN_OF: Final = 25
"""Three of so many are owed still: 12 %."""
DAYS: Final = 1_095
SIZES: Final = (10_000, 100_000, 1_000_000)
AT_ONCE: Final = 20_000
_CALENDAR: Final = WorkingCalendar()
_SPAWN: Final = multiprocessing.get_context("spawn")

OVERDUE: Final = text(
    "select organisation_id, count(*) from obligation"
    " where state in ('open', 'returned') and due < :day group by organisation_id"
)
"""What a plain program would ask each morning, before it writes a single letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one size cost."""

    day_s: float
    letters: int
    again_s: float
    query_s: float
    peak_mb: float
    """Of the process that chased, above its own size before."""


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.chasing", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="obligations")
    parser.add_argument(
        "--postgres", help="URL of a PostgreSQL server with an empty schema's right"
    )
    given = parser.parse_args(arguments)
    found: dict[str, float] = {}
    for name in ("sqlite", *(("postgresql",) if given.postgres else ())):
        taken = {size: _measured(name, given.postgres, size) for size in given.sizes}
        _print(name, taken)
        small, large = taken[given.sizes[0]], taken[given.sizes[-1]]
        found |= {
            f"{name}_day_s": round(large.day_s, 3),
            f"{name}_again_s": round(large.again_s, 3),
            f"{name}_again_growth": round(large.again_s / small.again_s, 2),
            f"{name}_peak_mb": round(large.peak_mb, 1),
        }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def _print(name: str, taken: dict[int, Taken]) -> None:
    rows = [
        [f"{size:,}", milliseconds(one.day_s), str(one.letters),
         milliseconds(one.day_s / max(one.letters, 1)), milliseconds(one.again_s),
         milliseconds(one.query_s), ratio(one.again_s / one.query_s), f"{one.peak_mb:.1f}"]
        for size, one in taken.items()
    ]  # fmt: skip
    head = (
        "obligations", "a day ms", "letters", "per letter ms", "nothing due ms", "plain query ms",
        "nothing : query", "peak MB",
    )  # fmt: skip
    sys.stdout.write(show(f"Chasing, {name}", head, rows) + "\n")


def _measured(name: str, server: str | None, size: int) -> Taken:
    with _database(name, server) as url:
        database = Database(url)
        upgrade(database.engine)
        fill(database, size)
        database.close()
        day_s, letters, peak = _apart(url)
        again_s, nothing, _ = _apart(url)
        if nothing:
            raise AssertionError("a second round of the same day wrote letters")
        return Taken(
            day_s=day_s, letters=letters, again_s=again_s, query_s=_query(url), peak_mb=peak
        )


@contextmanager
def _database(name: str, server: str | None) -> Iterator[str]:
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    schema = f"bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server or "")
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    url = make_url(server or "").update_query_dict(
        {"options": f"-csearch_path={schema}"}, append=True
    )
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        engine.dispose()


def _apart(url: str) -> tuple[float, int, float]:
    """Chases in a process of its own: seconds, letters, megabytes above its size before."""
    ours, theirs = _SPAWN.Pipe()
    child = _SPAWN.Process(target=_chase, args=(url, theirs))
    child.start()
    answer: tuple[float, int, float] = ours.recv()
    child.join()
    return answer


def _chase(url: str, answer: Any) -> None:  # noqa: ANN401 (a pipe's end)
    database = Database(url)
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(database, Path(folder))
        with database.reading() as session:
            session.execute(text("select 1"))
        before = peak_kb()
        begun = perf_counter()
        done = chase(desk)
        taken = perf_counter() - begun
        peak = peak_kb() - before
    answer.send((taken, done.reminders + done.overdue + done.escalations, peak / 1024))


def _desk(database: Database, folder: Path) -> Desk:
    unused: Any = None
    return Desk(
        database=database, archive=LocalStore(folder), clock=lambda: AT, fonts=TINOS,
        services=unused, open_key=unused, judge=unused, channels={}, mail_domain="ban.example",
        unit_link=lambda unit, about, *more: f"https://ban.example/{unit}/{about}/{len(more)}",
    )  # fmt: skip


def _query(url: str) -> float:
    engine = Database(url).engine
    taken = []
    for _ in range(3):
        with engine.connect() as connection:
            begun = perf_counter()
            connection.execute(OVERDUE, {"day": DAY.isoformat()}).all()
            taken.append(perf_counter() - begun)
    engine.dispose()
    return sorted(taken)[1]


def fill(database: Database, size: int) -> None:
    """Writes an office with so many obligations, by bulk inserts."""
    with database.writing() as session:
        session.execute(insert(Organisation), list(_organisations()))
        session.add(Officer(id="doi", name="Đỗ Văn Dõi", email="doi@ban.example"))
        session.flush()
        session.add(Office(id=1, organisation_id="ban", mailbox="ban@ban.example"))
        session.add(Post(officer_id="doi", organisation_id="ban", title="Chuyên viên",
                         roles=["follow_up"], valid_from=date(2020, 1, 1)))  # fmt: skip
    directives = [DirectiveId(uuid.uuid4()) for _ in range(-(-size // UNITS))]
    with database.writing() as session:
        session.execute(insert(Directive), [_directive(n, key) for n, key in enumerate(directives)])
    rows = _obligations(directives, size)
    for first in range(0, size, AT_ONCE):
        some = [next(rows) for _ in range(min(AT_ONCE, size - first))]
        with database.writing() as session:
            session.execute(insert(Obligation), [one for one, _ in some])
            steps = [step for _, taken in some for step in taken]
            if steps:
                session.execute(insert(Reminder), steps)
    with database.engine.connect() as connection:
        connection.execute(text("analyze"))
        connection.commit()


def _organisations() -> Iterator[dict[str, Any]]:
    shared = {"regime": "party", "channel": "smtp", "valid_from": date(2020, 1, 1)}
    yield {"id": "ban", "name": "Ban", "parent_id": None, "address": "ban@ban.example", **shared}
    for n in range(SUPERIORS):
        yield {"id": f"tren-{n}", "name": f"Cấp trên {n}", "parent_id": None,
               "address": f"tren-{n}@donvi.example", **shared}  # fmt: skip
    for n in range(UNITS):
        yield {"id": f"dv-{n:03}", "name": f"Đơn vị {n}", "parent_id": f"tren-{n % SUPERIORS}",
               "address": f"dv-{n}@donvi.example", **shared}  # fmt: skip


def _directive(ordinal: int, key: DirectiveId) -> dict[str, Any]:
    issued = datetime(2024, 1, 2, 2, 0, tzinfo=UTC) + timedelta(hours=ordinal % 20_000)
    return {
        "id": key, "organisation_id": "ban", "regime": "party", "symbol": "HD/BAN",
        "doc_type": "Hướng dẫn",
        "number_text": f"{ordinal}-HD/BAN", "subject": "Tuyên truyền", "state": "issued",
        "revision": 1, "drafter_id": "doi", "issue_date": issued.date(), "issued_at": issued,
        "created_at": issued, "updated_at": issued,
    }  # fmt: skip


def _obligations(
    directives: Sequence[DirectiveId], size: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yields each obligation with the steps that it has taken by yesterday."""
    first = DAY - timedelta(days=DAYS - 60)
    days = [
        day for day in (first + timedelta(days=n) for n in range(DAYS)) if _CALENDAR.is_working(day)
    ]
    steps = {day: _steps(day) for day in days}
    for n in range(size):
        day = days[(n * 7_919) % len(days)]
        # The directive shifts it, or a few units would owe all and the others nothing.
        owed = (n + n // UNITS) % OPEN_OF < 3  # noqa: PLR2004 (three of OPEN_OF)
        key = uuid.uuid4()
        taken = steps[day] if owed else ()
        row = {
            "id": key, "directive_id": directives[n // UNITS], "task_ref": "R1",
            "organisation_id": f"dv-{n % UNITS:03}", "what": "Báo cáo", "sentence": "báo cáo",
            "is_report": True, "deadline_raw": f"trước ngày {day:%d/%m/%Y}", "kind": "date",
            "due": day, "last_allowed_day": day, "computed": "", "opened_at": AT,
            "state": "open" if owed else "accepted", "leads": True, "flags": [], "period_key": "",
            "ladder_ended": day if DEFAULT_LADDER[-1].key in taken else None,
        }  # fmt: skip
        marks = [{"obligation_id": key, "step_key": step, "due": day, "at": AT} for step in taken]
        yield row, marks


def _steps(day: date) -> tuple[str, ...]:
    yesterday = _CALENDAR.add_working_days(DAY, -1)
    done = decide(
        DEFAULT_LADDER, due=day, today=yesterday, sent=frozenset(), calendar=_CALENDAR
    )  # fmt: skip
    return tuple(step.key for step in (*done.skipped, *done.send))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
