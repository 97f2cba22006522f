"""Officers' own handwriting: one transparent PNG each in the office's folder `handwriting`."""

from pathlib import Path

from actions.own_handwriting import picture_file
from signing.marks.handwritten import MAX_BYTES


def read_handwriting(folder: Path, officer_id: str) -> bytes | None:
    """Returns the picture of an officer's handwriting, `<officer>.png`, or None.

    It is read unchecked and no further than its limit; `signing.marks.handwritten.clean_scan`
    refuses what is no picture of blue handwriting, before anything is signed.
    """
    file = picture_file(folder, officer_id)
    if file is None:
        return None
    try:
        with file.open("rb") as held:
            return held.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
