"""What is worth another try, and when. The only place where flows name retries."""

from typing import Any, Final

from prefect.client.schemas.objects import State, TaskRun

from models.session import is_unavailable

RETRIES: Final = 3
PAUSES_S: Final[list[float]] = [2, 10, 60]
"""Before the second, third and fourth try; after that the run fails and `reconcile` begins anew."""

TRANSIENT_CODES: Final = frozenset(
    {"unavailable", "archive.unavailable", "timestamp_unavailable", "evidence_unavailable"}
)
"""Codes of errors that another try may heal; an error may also say so itself (`transient`)."""


def is_transient(err: BaseException) -> bool:
    """Tells whether another try may help: a service was silent, a database busy or cut off."""
    if bool(getattr(err, "transient", False)) or getattr(err, "code", "") in TRANSIENT_CODES:
        return True
    return isinstance(err, ConnectionError | TimeoutError) or is_unavailable(err)


def worth_retrying(task: object, run: TaskRun, state: State[Any]) -> bool:
    """Prefect's question after a failed task."""
    del task, run
    try:
        state.result(raise_on_failure=True)
    except Exception as err:  # noqa: BLE001 (whatever the task raised is judged, not handled)
        return is_transient(err)
    return False
