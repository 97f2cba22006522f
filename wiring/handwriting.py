"""Officers' own handwriting: one transparent PNG each in the office's folder `handwriting`."""

import re
from pathlib import Path
from typing import Final

from signing.marks.handwritten import MAX_BYTES

_PLAIN: Final = re.compile(r"[\w-][\w.-]*")
"""What an identifier must look like to be a file's name."""


def read_handwriting(folder: Path, officer_id: str) -> bytes | None:
    """Returns the picture of an officer's handwriting, `<officer>.png`, or None.

    It is read unchecked and no further than its limit; `signing.marks.handwritten.clean_scan`
    refuses what is no picture of blue handwriting, before anything is signed.
    """
    if not _PLAIN.fullmatch(officer_id):
        return None
    try:
        with (folder / f"{officer_id}.png").open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
