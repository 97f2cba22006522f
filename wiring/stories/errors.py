"""What can go wrong while a story is played."""

from typing import ClassVar

from typing_extensions import override

from wiring.errors import WiringError


class StoryError(WiringError):
    """The story says something impossible, or did not go as it says."""

    code: ClassVar[str] = "story"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"Kịch bản, {self.place}: {self.reason}"
