"""The lease on a directive: which run drives it, and that this run still lives.

Prefect may start a run twice, or call a living one crashed. Whoever wants to do a machine step must
hold the lease; its token is renewed while the run works, in real time, for a process dies in real
time even where the office's clock is simulated.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType

from sqlalchemy import or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import DirectiveId
from models.outbox import RunLease
from models.session import Database, is_postgresql
from wiring.clock import real_now
from wiring.errors import LeaseLostError


def lease_of(session: Session, directive_id: DirectiveId) -> RunLease:
    """Returns the row of a directive; makes the first generation where there is none.

    Does not commit.
    """
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    first = {"directive_id": directive_id, "generation": 1, "updated_at": real_now()}
    # Two runs may come first at once: whoever is second finds the row of the other.
    session.execute(insert(RunLease).values(first).on_conflict_do_nothing())
    return session.get_one(RunLease, directive_id)


def is_held(row: RunLease, now: datetime) -> bool:
    """Tells whether a run holds the lease at an instant of real time."""
    return row.token is not None and row.lease_until is not None and row.lease_until > now


@dataclass(slots=True)
class Lease:
    """A lease that is held."""

    directive_id: DirectiveId
    token: str
    lost: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Insists that the lease is still ours; to be asked before each step.

        Raises:
            LeaseLostError: it is not.
        """
        if self.lost.is_set():
            raise LeaseLostError(self.directive_id)


def take(database: Database, directive_id: DirectiveId, run_id: str, *, lease_s: float) -> Lease:
    """Takes the lease for a run: where nobody holds it, or the very same run did before.

    Raises:
        LeaseLostError: another run holds it.
    """
    now, token = real_now(), secrets.token_hex(16)
    with database.writing() as session:
        lease_of(session, directive_id)
        taken = session.execute(
            update(RunLease)
            .where(
                RunLease.directive_id == directive_id,
                or_(
                    RunLease.token.is_(None),
                    RunLease.lease_until < now,
                    RunLease.flow_run_id == run_id,
                ),
            )
            .values(
                token=token,
                flow_run_id=run_id,
                lease_until=now + timedelta(seconds=lease_s),
                updated_at=now,
            )
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise LeaseLostError(directive_id)
    return Lease(directive_id, token)


def renew(database: Database, lease: Lease, *, lease_s: float) -> bool:
    """Extends the lease; tells whether it was still ours, and marks it lost where not."""
    now = real_now()
    values = {"lease_until": now + timedelta(seconds=lease_s), "updated_at": now}
    if not _change(database, lease, values):
        lease.lost.set()
    return not lease.lost.is_set()


def give_back(database: Database, lease: Lease, *, problem: str | None = None) -> None:
    """Gives the lease back, with the problem that ended the run or None. Idempotent."""
    values = {"token": None, "lease_until": None, "updated_at": real_now(), "last_problem": problem}
    _change(database, lease, values)


class Holding:
    """Holds the lease for the length of a block and renews it from a thread meanwhile.

    An exception that leaves the block is written down as the directive's last problem.
    """

    def __init__(
        self, database: Database, directive_id: DirectiveId, run_id: str, *, lease_s: float
    ) -> None:
        self._database, self._lease_s = database, lease_s
        self._directive_id, self._run_id = directive_id, run_id
        self._ended = threading.Event()

    def __enter__(self) -> Lease:
        """Takes the lease.

        Raises:
            LeaseLostError: another run holds it.
        """
        self._lease = take(self._database, self._directive_id, self._run_id, lease_s=self._lease_s)
        self._keeper = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._keeper.start()
        return self._lease

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._keeper.join()
        give_back(self._database, self._lease, problem=_words(exc))

    def _keep(self) -> None:
        while not self._ended.wait(self._lease_s / 3):
            if not renew(self._database, self._lease, lease_s=self._lease_s):
                return


def _words(err: BaseException | None) -> str | None:
    if err is None:
        return None
    say = getattr(err, "diagnosis", None)
    return str(say()) if say else f"{type(err).__name__}: {err}"


def _change(database: Database, lease: Lease, values: Mapping[str, object]) -> bool:
    with database.writing() as session:
        changed = session.execute(
            update(RunLease)
            .where(RunLease.directive_id == lease.directive_id, RunLease.token == lease.token)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]  # a CursorResult
