"""What every way of sending promises.

A channel MUST
1. return a `Receipt` only when the other side has confirmed the consignment;
2. raise `TransientDeliveryError` when nothing was delivered and trying again may help,
   `PermanentDeliveryError` when the other side refuses, `UnknownOutcomeError` when it handed
   everything over and no answer came; each with the other side's own code and words;
3. send the bytes of ``parcel.to_bytes()`` and nothing else, to ``parcel.recipient_address``;
4. let a repeat of the same parcel do no harm that its key could not undo;
5. be usable for the next parcel whatever became of the last one.

It SHOULD keep its connection between parcels while the context is open. It is for one thread at a
time; several threads take a channel each.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from delivery.parcel import Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side's word that it has taken the consignment; a hint, not an acknowledgement."""

    code: str
    """Three digits over SMTP, else a word: ``stored``, ``duplicate``."""

    text: str
    """The other side's own words."""

    enhanced_code: str | None = None
    """Three numbers such as ``2.0.0``, where the server gave them (RFC 3463)."""


class Channel(Protocol):
    """A way to hand one parcel to its recipient; the rules stand in the module's docstring."""

    name: str
    """A name of `delivery.parcel.FORMS`; stable, part of the consignment key."""

    def send(self, parcel: Parcel) -> Receipt:
        """Hand over one parcel of the channel's own form.

        Raises:
            TransientDeliveryError: nothing was delivered; try again later.
            PermanentDeliveryError: refused for good.
            UnknownOutcomeError: handed over, no answer.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
