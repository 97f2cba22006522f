"""Prefect's server never waits for its own collector."""

import subprocess
import sys
import textwrap

import pytest

PLAY = textwrap.dedent("""
    import gc, sqlite3, sys, tempfile, time
    from threading import Event, Thread
    from wiring.prefect_server import collect_beside

    folder = tempfile.mkdtemp()
    def opened():
        return sqlite3.connect(f"{folder}/a.db", timeout=1.5, isolation_level=None,
                               check_same_thread=False)
    holder, waiter = opened(), opened()
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("CREATE TABLE t (x)")
    holder.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    if sys.argv[1] == "beside":
        collect_beside(Event(), each_s=0.1, warm_s=0.0)
        time.sleep(0.3)

    ring = [waiter.execute("PRAGMA foreign_keys")]   # its one row is never fetched
    ring.append(ring)
    holder.execute("BEGIN IMMEDIATE")
    told = []
    def wait():
        try:
            waiter.execute("UPDATE t SET x = 3")
            told.append("done")
        except sqlite3.OperationalError as err:
            told.append(str(err))
    thread = Thread(target=wait)
    thread.start()
    time.sleep(0.3)          # it waits for the lock now, and its connection with it
    del ring                 # rubbish that only the collector frees
    rubbish = [[] for _ in range(100_000)]   # as every thread does all the time
    time.sleep(0.3)
    holder.execute("COMMIT")
    thread.join()
    print(*told)
""")


@pytest.mark.parametrize(("collector", "outcome"), [("beside", "done"), ("usual", "locked")])
def test_a_transaction_ends_while_rubbish_of_a_waiting_connection_is_collected(
    collector: str, outcome: str
) -> None:
    """The second case shows what the first is spared."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, collector], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == outcome


def test_prefects_command_does_what_it_does_elsewhere() -> None:
    command = [sys.executable, "-m", "wiring.prefect_server"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip()
