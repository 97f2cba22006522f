"""`python -m bench.recall`: a directive is recalled from all its units, each with something owed.

For each number of units, on SQLite in a file: seconds on the wall and of the processor, statements,
and the peak of memory above the size before. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import event, insert, update

import models.everything  # noqa: F401 (all tables)
from actions.amending.recalling import recall
from actions.auditing import MACHINE, Actor
from actions.desk import Desk, doing
from actions.dispatching import plan_consignments
from bench.outbox_office import SINCE, make_desk, write_office
from bench.tables import peak_kb, show
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.migrating import upgrade
from models.obligation import Obligation
from models.officer import Post
from models.outbox import OutboxRow
from models.session import Database

CLERK = Actor(kind="officer", id="drafter", name="Văn thư")


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.recall", description=__doc__)
    parser.add_argument("--units", type=int, nargs="*", default=[1_000, 10_000], help="units")
    rows, told = [], {}
    for units in parser.parse_args(arguments).units:
        with tempfile.TemporaryDirectory(prefix="bench-recall-") as name:
            wall_s, processor_s, statements, peak_mb = _measured(Path(name), units)
        rows.append((f"{units:,}", f"{wall_s:.2f}", f"{processor_s:.2f}", str(statements),
                     f"{peak_mb:.0f}"))  # fmt: skip
        told[f"recall_{units}_s"] = round(wall_s, 2)
    header = ("units", "seconds", "of processor", "statements", "peak MB")
    sys.stdout.write(f"{show('Recall, SQLite', header, rows)}\n{json.dumps(told)}\n")
    return 0


def _measured(folder: Path, units: int) -> tuple[float, float, int, float]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    upgrade(database.engine)
    desk = make_desk(database, folder)
    key = _sent_directive(desk, units)
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _u, one, *_: said.append(one))
    before, wall, processor = peak_kb(), perf_counter(), process_time()
    asked = recall(desk, CLERK, key, reason="Sai thẩm quyền")
    taken = perf_counter() - wall, process_time() - processor
    if len(asked.asked) != units:
        raise AssertionError("not every unit was asked")
    database.close()
    return *taken, len(said), (peak_kb() - before) / 1024


def _sent_directive(desk: Desk, units: int) -> DirectiveId:
    """Writes a directive that has gone out to all its units, with a report that each owes."""
    key = write_office(desk, units=units, number=0)
    with doing(desk, MACHINE, "issue", subject=key) as deed:
        plan_consignments(desk, deed, deed.session.get_one(Directive, key))
    shared = {
        "directive_id": key, "task_ref": "R1", "what": "Báo cáo", "sentence": "báo cáo",
        "is_report": True, "kind": "date", "computed": "", "opened_at": desk.clock(),
        "due": date(2099, 1, 5),
    }  # fmt: skip
    owed = [{**shared, "id": uuid.uuid4(), "organisation_id": f"xa-{n}"} for n in range(units)]
    with desk.database.writing() as session:
        session.execute(update(Consignment).values(state="sent"))
        session.execute(update(OutboxRow).values(state="settled"))
        session.execute(insert(Obligation), owed)
        session.add(Post(officer_id=CLERK.id, organisation_id="ban", title="Văn thư",
                         roles=["registry_clerk"], valid_from=SINCE))  # fmt: skip
    return key


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
