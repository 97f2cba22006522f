"""`python -m bench.polling`: 100 officers have “Việc của tôi” open, and something is done.

Each page asks after each deed. Told are the milliseconds and statements of a question that reads
the whole list, and of one that first looks whether the deed may concern it; both are asked for the
same officers, on SQLite, in one run. The last line is a JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import event, insert

import models.everything  # noqa: F401 (all tables, as every door)
from actions.auditing import Actor, append_event
from actions.notices.noting import followed
from bench.tables import show
from models.base import DirectiveId
from models.directive import Directive
from models.migrating import upgrade
from models.officer import Officer, Post
from models.organisation import Office, Organisation
from models.session import Database
from portal.live import Watched, look, look_again

OFFICERS: Final = 100
DIRECTIVES: Final = 1_500
"""Under way: each of the office waits for some 30 of them."""
AT: Final = datetime(2026, 6, 16, 2, 0, tzinfo=UTC)
OFFICE: Final = "co-quan"
_PORTAL: Final[Any] = SimpleNamespace(at=lambda: AT)


def main() -> int:
    """Runs it; exit status 0."""
    with tempfile.TemporaryDirectory() as folder:
        database = followed(Database(f"sqlite:///{Path(folder) / 'bench.db'}"))
        upgrade(database.engine)
        keys = _fill(database)
        for key in keys:  # each gets its notices, as its own deed would have written them
            _do(database, key)
        people: list[Any] = [SimpleNamespace(officer_id=f"cb-{n}") for n in range(OFFICERS)]
        with database.reading() as session:
            marks = [look(session, _PORTAL, one, Watched.WORK, None).mark for one in people]
        _do(database, keys[7])
        whole = _asked(database, people, marks, _whole)
        first = _asked(database, people, marks, look_again)
        database.close()
    rows = [
        [name, f"{one[0]:.2f}", f"{one[1]:.2f}", f"{one[2]:.1f}"]
        for name, one in (("whole list", whole), ("only where it may concern", first))
    ]
    head = ("question after a deed", "median ms", "mean ms", "statements")
    sys.stdout.write(show("Polling", head, rows) + "\n")
    told = {"whole_ms": round(whole[1], 2), "first_ms": round(first[1], 2)}
    sys.stdout.write(json.dumps({**told, "ratio": round(whole[1] / first[1], 1)}) + "\n")
    return 0


def _whole(*given: Any, mark: str) -> object:  # noqa: ANN401, ARG001 (as `look_again`)
    return look(*given)


def _asked(
    database: Database, people: list[Any], marks: list[str], way: Callable[..., object]
) -> tuple[float, float, float]:
    statements = 0

    def count(*_given: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(database.engine, "before_cursor_execute", count)
    taken = []
    for one, mark in zip(people, marks, strict=True):
        begun = perf_counter()
        with database.reading() as session:
            way(session, _PORTAL, one, Watched.WORK, None, mark=mark)
        taken.append((perf_counter() - begun) * 1000)
    event.remove(database.engine, "before_cursor_execute", count)
    return statistics.median(taken), statistics.mean(taken), statements / len(people)


def _do(database: Database, key: DirectiveId) -> None:
    with database.writing() as session:
        append_event(
            session, actor=Actor(kind="officer", id="cb-0", name="Cán bộ"), deed="submit",
            outcome="done", subject_kind="directive", subject_id=str(key), detail={}, at=AT,
        )  # fmt: skip


def _fill(database: Database) -> list[DirectiveId]:
    keys = [DirectiveId(uuid.uuid4()) for _ in range(DIRECTIVES)]
    since = AT.date().replace(year=2020)
    with database.writing() as session:
        session.add(Organisation(id=OFFICE, name="Cơ quan", regime="party", valid_from=since))
        session.flush()
        session.add(Office(id=1, organisation_id=OFFICE, mailbox="cq@cq.example"))
        people = [f"cb-{n}" for n in range(OFFICERS)]
        session.execute(insert(Officer), [{"id": one, "name": one} for one in people])
        roles = ["drafter", "content_reviewer", "form_reviewer", "signatory"]
        clerk = [*roles, "registry_clerk", "follow_up"]
        session.execute(
            insert(Post),
            [{"officer_id": one, "organisation_id": OFFICE, "title": "Chuyên viên",
              "roles": clerk if n < 3 else roles, "valid_from": since}  # noqa: PLR2004 (clerks)
             for n, one in enumerate(people)],
        )  # fmt: skip
        session.execute(
            insert(Directive),
            [{"id": key, "organisation_id": OFFICE, "regime": "party", "doc_type": "Công văn",
              "subject": f"Văn bản {n}", "symbol": "CV/CQ", "state": "in_review", "revision": 1,
              "drafter_id": people[n % 100], "content_reviewer_id": people[(n + 1) % 100],
              "form_reviewer_id": people[(n + 2) % 100], "signatory_id": people[(n + 3) % 100],
              "created_at": AT, "updated_at": AT}
             for n, key in enumerate(keys)],
        )  # fmt: skip
    return keys


if __name__ == "__main__":
    sys.exit(main())
