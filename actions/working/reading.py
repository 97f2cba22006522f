"""What was read from a file, and what in it a person must look at.

Nothing is lost in silence: a field that is not sure, a unit that is not known, a piece that fits
nowhere, each is a doubt with its place in the draft and the reason, until somebody has settled it.
"""

from typing import Final

from pydantic import Field

from actions.working.body import Piece

MOST_DOUBTS: Final = 300


class Doubt(Piece):
    """One thing that was not read surely."""

    field: str = ""
    """The field of the draft, as `actions.working.typed` names it; empty where it has none."""
    label: str
    """What it is about, for people: "Trích yếu", "Nơi nhận, dòng 3"."""
    read: str = ""
    """The words of the source."""
    why: str
    """Why it is doubtful and what to do; a sentence."""
    settled: bool = False


class Reading(Piece):
    """The source of a draft and its doubts."""

    kind: str
    """text, docx, pdf or image: what its pages look like."""
    media_type: str
    size_bytes: int
    text: str = ""
    """The words of the source, for kinds that have no pictures of pages."""
    notes: list[str] = Field(default_factory=list)
    """What was left out on purpose, with the reason."""
    doubts: list[Doubt] = Field(default_factory=list, max_length=MOST_DOUBTS)

    @property
    def open(self) -> list[Doubt]:
        """Those that nobody has settled."""
        return [one for one in self.doubts if not one.settled]
