"""Wakes runs beside the request: the first wake-up loads the engine's client, for seconds."""

from concurrent.futures import ThreadPoolExecutor

from models.base import DirectiveId
from wiring.bootstrap import Office


class Nudging:
    """Hands wake-ups to one thread and returns at once.

    What fails there is logged by the office and left to its reconciling.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="portal-nudge")

    def warm(self) -> None:
        """Loads the engine's client beside everything else, so that the first decision need not."""
        self._thread.submit(getattr, self._office, "nudger")

    def __call__(self, directive_id: DirectiveId) -> None:
        """Asks for a wake-up of a directive's run."""
        self._thread.submit(self._office.nudge, directive_id)

    def close(self) -> None:
        """Waits for the wake-up at hand; the ones behind it are left to reconciling."""
        self._thread.shutdown(cancel_futures=True)
