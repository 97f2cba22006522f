"""Forms that take effect once, however often their button is pressed.

A form with a PIN carries a word of its own. Who sends the same form again, even at the same moment,
gets the outcome of the first sending: the key is asked once, and a wrong PIN counts once.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from actions.errors import ActionRefusedError, AlreadyDoneError

Made = TypeVar("Made")
KEPT: Final = 2000
"""Forms remembered; a form is answered within minutes, so these are many hours."""
WAIT_S: Final = 300.0
"""How long the second sending waits for the first; a remote key may need minutes."""


def new_word() -> str:
    """Returns a word for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


@dataclass(slots=True)
class _Sending:
    """The first sending of a form."""

    over: threading.Event = field(default_factory=threading.Event)
    refusal: ActionRefusedError | None = None


class OnceForms:
    """The forms that were sent to this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: OrderedDict[str, _Sending] = OrderedDict()

    def send(
        self, form: str, act: Callable[[], None], *, remember: bool = True
    ) -> ActionRefusedError | None:
        """Does what a form asks for, unless it was sent before; returns how that ended.

        Args:
            form: identifies the form.
            act: what it asks for.
            remember: False for a form without a word of its own: then only those sendings that
                come while the first is under way share its outcome.
        """
        with self._lock:
            first = form not in self._sent
            sending = self._sent.setdefault(form, _Sending())
            while len(self._sent) > KEPT:
                self._sent.popitem(last=False)
        if not first:
            if not sending.over.wait(WAIT_S):
                return AlreadyDoneError("Lần gửi này")
            return sending.refusal
        try:
            sending.refusal = AlreadyDoneError("Lần gửi này")  # should it end in an accident
            sending.refusal = _outcome(act)
        finally:
            if not remember:
                with self._lock:
                    self._sent.pop(form, None)
            sending.over.set()
        return sending.refusal


def shown_once(
    forms: OnceForms, form: str, word: str, act: Callable[[], Made]
) -> tuple[list[Made], ActionRefusedError | None]:
    """Does what a form asks for and gives what it made; nothing where it was sent before.

    For answers that are shown once: a page that is loaded anew sends its form again, on a telephone
    that slept by itself, and must make nothing new.

    Args:
        forms: the forms that were sent.
        form: identifies the form but for its word.
        word: the word that the form carries; empty where it carries none.
        act: what it asks for.
    """
    made: list[Made] = []
    refusal = forms.send(f"{form}:{word}", lambda: made.append(act()), remember=bool(word))
    return made, refusal


def _outcome(act: Callable[[], None]) -> ActionRefusedError | None:
    try:
        act()
    except ActionRefusedError as refusal:
        # A trace holds the values of its functions, the PIN among them: it is not kept.
        refusal.__traceback__ = refusal.__cause__ = refusal.__context__ = None
        return refusal
    return None
