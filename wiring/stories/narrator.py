"""What a story says while it is played; `cli.story` shows it, tests keep it quiet."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Narrator(Protocol):
    """Hears what happens."""

    def begin(self, total: int) -> None:
        """So many events are about to come."""

    def tell(self, at: datetime | None, words: str) -> None:
        """Something happened at a simulated instant; None for the setting up."""

    def step(self) -> None:
        """One of the events is over."""


@dataclass(slots=True)
class Recorder:
    """Keeps what it hears."""

    told: list[tuple[datetime | None, str]] = field(default_factory=list)

    def begin(self, total: int) -> None:
        """Needs no total."""

    def tell(self, at: datetime | None, words: str) -> None:
        """Keeps the words."""
        self.told.append((at, words))

    def step(self) -> None:
        """Needs no count."""
