"""Prefect's server never waits for its own collector, nor its clients longer than they must."""

import asyncio
import subprocess
import sys
import textwrap
from time import monotonic
from typing import Any

import pytest
from prefect.client.base import PrefectHttpxSyncClient

from tests.support.serving_portal import served
from wiring.prefect_server import WITHIN_S, ComeAgainSoon

CLIENTS_OWN_PAUSE_S = 1.5
"""It pauses two seconds, give or take a fifth, where no time is named."""

PLAY = textwrap.dedent("""
    import gc, sqlite3, sys, tempfile, time
    from threading import Event, Thread
    from wiring.prefect_server import collect_beside

    folder = tempfile.mkdtemp()
    def opened():
        return sqlite3.connect(f"{folder}/a.db", timeout=2.5, isolation_level=None,
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
    time.sleep(0.8)          # it waits for the lock now, and its connection with it
    del ring                 # rubbish that only the collector frees
    rubbish = [[] for _ in range(100_000)]   # as every thread does all the time
    time.sleep(0.3)
    holder.execute("COMMIT")
    thread.join()
    print(*told)
""")


@pytest.mark.parametrize(("collector", "ends"), [("beside", True), ("usual", False)])
def test_a_transaction_ends_while_rubbish_of_a_waiting_connection_is_collected(
    collector: str, *, ends: bool
) -> None:
    """The second case shows what the first is spared: locked until its patience ends, or worse."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, collector], capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip() == "done") is ends, done.stdout


def test_prefects_command_does_what_it_does_elsewhere() -> None:
    command = [sys.executable, "-m", "wiring.prefect_server"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip()


class Busy:
    """An application that answers with one status, and the waits of whoever asks it."""

    def __init__(self, status: int) -> None:
        self.now = 100.0
        self._status = status
        self._app = ComeAgainSoon(self._answer, clock=lambda: self.now)

    async def _answer(self, scope: object, receive: object, send: Any) -> None:  # noqa: ANN401 (ASGI)
        del scope, receive
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def asked(self) -> str | None:
        """When to come again, as one answer says."""
        told: list[Any] = []

        async def send(message: Any) -> None:  # noqa: ANN401 (ASGI)
            told.append(message)

        asyncio.run(self._app({"type": "http"}, None, send))
        assert [one["type"] for one in told] == ["http.response.start", "http.response.body"]
        headers = dict(told[0]["headers"])
        assert headers[b"content-type"] == b"application/json"
        wait = headers.get(b"retry-after")
        return wait.decode() if wait is not None else None


def test_one_who_comes_while_it_is_busy_is_told_to_come_again_soon() -> None:
    busy = Busy(503)
    assert busy.asked() == "0.2"
    busy.now += WITHIN_S + 1
    assert busy.asked() == "0.2"


def test_where_many_are_refused_each_waits_longer_and_then_as_long_as_it_likes() -> None:
    busy = Busy(503)
    assert [busy.asked() for _ in range(6)] == ["0.2", "0.4", "0.8", "1.6", None, None]


@pytest.mark.parametrize("status", [200, 404, 500, 429])
def test_other_answers_stay_as_they_are(status: int) -> None:
    assert Busy(status).asked() is None


def test_prefects_client_comes_again_when_it_is_told() -> None:
    """A real client at a real server that is busy once: no two seconds pass."""
    busy = [503]

    async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI)
        if scope["type"] != "http":
            return
        del receive
        status = busy.pop() if busy else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    with served(ComeAgainSoon(answer)) as url:
        began = monotonic()
        with PrefectHttpxSyncClient(base_url=url) as client:
            assert client.get("/").status_code == 200
        assert not busy
        assert monotonic() - began < CLIENTS_OWN_PAUSE_S
