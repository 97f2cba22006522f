"""Batches that run beside the pages: a thread each; the PIN is in that thread's memory alone."""

import logging
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from actions.auditing import Actor
from actions.batch_running import carry_out
from actions.batching import begin_batch, end_batch
from actions.desk import Desk
from actions.errors import ActionRefusedError, WrongStateError
from models.base import DirectiveId

LOG = logging.getLogger(__name__)
FIRST_LOOK_S: Final = 0.8
"""How long the person's request waits, so that a wrong PIN is mostly told at once."""
END_WAIT_S: Final = 20.0
"""How long the process waits at its end for the file in hand."""
ACCIDENT: Final = (
    "Hệ thống gặp lỗi ngoài dự kiến nên dừng trước văn bản này. "
    "Việc cần làm: báo người vận hành, rồi lập lại danh sách."
)


class BatchRunner:
    """The batches of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[uuid.UUID, threading.Thread] = {}
        self._refused: dict[uuid.UUID, ActionRefusedError] = {}
        self._halt = threading.Event()

    def start(
        self,
        desk: Desk,
        actor: Actor,
        batch_id: uuid.UUID,
        pin: str,
        *,
        signed: Callable[[DirectiveId], None],
    ) -> None:
        """Begins a batch and lets it run; returns after a moment, however long it takes.

        Raises:
            ActionRefusedError: as `actions.batching.begin_batch`.
        """
        begin_batch(desk, actor, batch_id)
        thread = threading.Thread(
            target=self._run, args=(desk, actor, batch_id, pin, signed), daemon=True
        )
        with self._lock:
            self._refused.pop(batch_id, None)
            self._threads[batch_id] = thread
        thread.start()
        thread.join(FIRST_LOOK_S)

    def is_running(self, batch_id: uuid.UUID) -> bool:
        """Tells whether a batch runs in this process."""
        with self._lock:
            return batch_id in self._threads

    def refusal(self, batch_id: uuid.UUID) -> ActionRefusedError | None:
        """Returns why the key could not be used when a batch was last begun, if so."""
        with self._lock:
            return self._refused.get(batch_id)

    def close(self) -> None:
        """Lets every batch finish the file in hand, and no more."""
        self._halt.set()
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(END_WAIT_S)

    def _run(
        self,
        desk: Desk,
        actor: Actor,
        batch_id: uuid.UUID,
        pin: str,
        signed: Callable[[DirectiveId], None],
    ) -> None:
        try:
            carry_out(desk, actor, batch_id, pin, signed=signed, halted=self._halt.is_set)
        except ActionRefusedError as refusal:
            # A trace holds the values of its functions, the PIN among them: it is not kept.
            refusal.__traceback__ = refusal.__cause__ = refusal.__context__ = None
            with self._lock:
                self._refused[batch_id] = refusal
        except Exception:
            LOG.exception("batch %s", batch_id)
            with suppress(WrongStateError):
                end_batch(desk, actor, batch_id, reason=ACCIDENT)
        finally:
            with self._lock:
                self._threads.pop(batch_id, None)
