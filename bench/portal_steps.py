"""What the database does for a page, counted: statements, and steps of SQLite's own machine.

A step is one instruction of the program that SQLite makes of a statement, so a page that reads ten
times as many rows takes ten times as many; how busy the machine is changes nothing.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from bench.portal_office import grow, sign_in, written
from bench.portal_pages import PAGES, Page
from bench.tables import milliseconds, ratio, show
from portal.app import make_app
from portal.identity import SESSION_COOKIE
from wiring.bootstrap import Office, open_office

GRAIN: Final = 100
"""SQLite tells after so many steps."""
SMALL: Final = 1_000
LARGE: Final = 10_000


@dataclass(slots=True)
class Cost:
    """What a page cost."""

    statements: int = 0
    steps: int = 0
    cpu_s: float = 0.0
    """Of this process; other work on the machine makes it no more than somewhat larger."""


@contextmanager
def counting(engine: Engine) -> Iterator[Cost]:
    """Counts what an engine on SQLite does until the block ends."""
    cost = Cost()

    def told() -> int:
        cost.steps += GRAIN
        return 0

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(told, GRAIN)

    def executed(*_given: object) -> None:
        cost.statements += 1

    engine.dispose()
    event.listen(engine, "connect", connected)
    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield cost
    finally:
        event.remove(engine, "connect", connected)
        event.remove(engine, "before_cursor_execute", executed)
        engine.dispose()


def costs(
    office: Office, names: Mapping[str, str], pages: Sequence[Page] = PAGES
) -> dict[Page, Cost]:
    """Asks every page in this process; returns what each cost once everything is warm."""
    found: dict[Page, Cost] = {}
    with TestClient(make_app(office, nudge=lambda _key: None), follow_redirects=False) as client:
        for page in pages:
            client.cookies.clear()
            if page.reader:
                client.cookies.set(SESSION_COOKIE, sign_in(office, page.reader))
            path = page.path.format(**names)
            client.get(path)
            with counting(office.database.engine) as cost:
                began = process_time()
                answer = client.get(path)
                cost.cpu_s = process_time() - began
            if answer.status_code != 200:  # noqa: PLR2004 (a page)
                raise AssertionError((page, answer.status_code))
            found[page] = cost
    return found


def steps_of_pages(folder: Path) -> dict[str, float]:
    """Tells what each page costs at two sizes of the same office."""
    with written(folder, size=SMALL) as asked, open_office(asked.settings) as office:
        few = costs(office, asked.names)
        grow(office, asked, LARGE - SMALL)
        many = costs(office, asked.names)
    grown = {page: many[page].steps / max(GRAIN, few[page].steps) for page in PAGES}
    rows = [
        (page.label, str(few[page].statements), str(many[page].statements),
         f"{few[page].steps / 1000:.0f}", f"{many[page].steps / 1000:.0f}", ratio(grown[page]),
         milliseconds(many[page].cpu_s))
        for page in sorted(PAGES, key=lambda one: -many[one].steps)
    ]  # fmt: skip
    header = ("page", f"statements {SMALL:,}", f"{LARGE:,}", f"steps/1000 {SMALL:,}", f"{LARGE:,}",
              "growth", "CPU ms")  # fmt: skip
    sys.stdout.write(show("What the database does for a page", header, rows) + "\n")
    return {
        "portal_most_steps_growth": round(max(grown.values()), 2),
        "portal_most_statements": max(one.statements for one in many.values()),
    }
