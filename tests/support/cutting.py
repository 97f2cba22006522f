"""Connections to PostgreSQL that the server ends under our hands, at one step of a deed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import make_url

from actions.desk import Desk
from models.session import is_unavailable
from tests.support.signing_office import Doom, doomed

NAME = "trinhky-mortal"
"""By which the server knows the sessions that are ended; the test's own keep theirs."""
_END = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE application_name = %s AND pid <> pg_backend_pid()"
)


def mortal_url(url: str) -> str:
    """The same database, with connections that `Cut` finds."""
    named = make_url(url).update_query_dict({"application_name": NAME})
    return named.render_as_string(hide_password=False)


def cut_connections(url: str) -> int:
    """Ends all sessions of that name, as a failing server or network would. Returns how many."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as other:
        row = other.execute(_END, [NAME]).fetchone()
    return int(row[0]) if row else 0


class Cut(Doom):
    """Cuts the connections at one of the steps; the process goes on and finds out."""

    def __init__(self, step: int, url: str) -> None:
        super().__init__(step)
        self._url = url
        self.done = False

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            cut_connections(self._url)
            self.done = True


@contextmanager
def cut_off(desk: Desk, cut: Cut) -> Iterator[Desk]:
    """The desk whose connections are cut at a step: a look at the clock, the archive, each
    statement, each commit before it is asked for, and after it is done but not yet answered."""
    engine = desk.database.engine
    commit = engine.dialect.do_commit

    def statement(*_given: object) -> None:
        cut.tick()

    def unanswered(connection: Any) -> None:  # noqa: ANN401 (psycopg's, wrapped)
        commit(connection)
        before = cut.done
        cut.tick()
        if cut.done and not before:
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("the connection was lost before the answer to COMMIT")

    event.listen(engine, "before_cursor_execute", statement)
    engine.dialect.do_commit = unanswered  # type: ignore[method-assign]  # of this engine alone
    try:
        with doomed(desk, cut) as mortal:
            yield mortal
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        engine.dialect.do_commit = commit  # type: ignore[method-assign]


def told_as_cut(act: Callable[[], object]) -> bool:
    """Does something; tells whether it failed because the connection was cut.

    Any other failure is the test's own. A cut between two uses is not noticed: the pool looks at
    each connection before it hands it out.
    """
    try:
        act()
    except Exception as err:
        if not is_unavailable(err):
            raise
        return True
    return False
