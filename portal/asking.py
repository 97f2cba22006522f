"""Asks certificate authorities beside the pages: a page waits a moment, never a minute."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from typing import Final

from actions.readiness_terms import Check

PATIENCE_S: Final = 2.0
"""How long a page waits for an answer before it is shown without; it then asks again by itself."""


class Asking:
    """The questions of this process that are under way."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Check]] = {}

    def answer(self, fingerprint: str, ask: Callable[[], Check]) -> Check | None:
        """Returns the authority's answer about a certificate, or None where it is still awaited.

        An answer is given once and not kept: each page tells what is so now.

        Args:
            fingerprint: identifies the certificate.
            ask: asks about it; may take as long as it takes.
        """
        with self._lock:
            future = self._asked.get(fingerprint)
            if future is None:
                future = self._asked[fingerprint] = Future()
                threading.Thread(target=_run, args=(future, ask), daemon=True).start()
        try:
            found = future.result(self._patience_s)
        except NotYetError:
            return None
        finally:
            if future.done():
                with self._lock:
                    if self._asked.get(fingerprint) is future:
                        del self._asked[fingerprint]
        return found


def _run(future: Future[Check], ask: Callable[[], Check]) -> None:
    try:
        future.set_result(ask())
    except BaseException as err:  # noqa: BLE001 (whoever waits for the answer gets it)
        future.set_exception(err)
