"""Asks certificate authorities beside the pages: a page waits a moment, never a minute."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from actions.readiness_terms import Check
from wiring.clock import monotonic_s

PATIENCE_S: Final = 2.0
"""How long a page waits for an answer before it is shown without; it then asks again by itself."""
FRESH_S: Final = 30.0
"""How long a question counts; later the authority is asked anew, whoever left the first one."""


@dataclass(frozen=True, slots=True)
class _Question:
    begun_s: float
    answer: Future[Check] = field(default_factory=Future)


class Asking:
    """The questions of this process that are under way."""

    def __init__(
        self, patience_s: float = PATIENCE_S, *, seconds: Callable[[], float] = monotonic_s
    ) -> None:
        self._patience_s = patience_s
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: dict[str, _Question] = {}

    def answer(self, fingerprint: str, ask: Callable[[], Check]) -> Check | None:
        """Asks, and returns the answer as `begin` does."""
        return self.begin(fingerprint, ask)()

    def begin(self, fingerprint: str, ask: Callable[[], Check]) -> Callable[[], Check | None]:
        """Asks the authority about a certificate; the rest of the page is made meanwhile.

        An answer is given once and not kept: each page tells what is so now.

        Args:
            fingerprint: identifies the certificate.
            ask: asks about it; may take as long as it takes.

        Returns:
            what waits for the answer; it returns None where that is still awaited.
        """
        now = self._seconds()
        with self._lock:
            asked = self._asked.get(fingerprint)
            if asked is None or now - asked.begun_s > FRESH_S:
                asked = self._asked[fingerprint] = _Question(now)
                threading.Thread(target=_run, args=(asked.answer, ask), daemon=True).start()
        return partial(self._awaited, fingerprint, asked)

    def _awaited(self, fingerprint: str, asked: _Question) -> Check | None:
        try:
            return asked.answer.result(self._patience_s)
        except NotYetError:
            return None
        finally:
            if asked.answer.done():
                with self._lock:
                    if self._asked.get(fingerprint) is asked:
                        del self._asked[fingerprint]


def _run(future: Future[Check], ask: Callable[[], Check]) -> None:
    try:
        future.set_result(ask())
    except BaseException as err:  # noqa: BLE001 (whoever waits for the answer gets it)
        future.set_exception(err)
