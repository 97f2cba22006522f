"""The door for files: a paper that bears a mark of secrecy is refused before anything is kept.

Source: NĐ 30/2020 Đ15.2, Đ16.3; Luật Bảo vệ bí mật nhà nước.
"""

import re
from pathlib import PurePath
from typing import Final

from documents.intake.folding import fold
from documents.text_checks import secrecy_mark

_COLUMNS: Final = re.compile(r"\t+| {2,}|\f")
"""Between two columns of a header that stand on one line of the text."""
_STAMP_READ_BADLY: Final = frozenset({"MAT", "TOI MAT", "TUYET MAT"})
"""The stamp without its marks, as a scan may be read; only where it stands alone in capitals."""


def secrecy_of(text: str, name: str) -> str | None:
    """Returns the mark of secrecy that a paper bears anywhere, or None.

    Args:
        text: what was read from the file.
        name: the file's name.
    """
    for line in (PurePath(name).stem, *text.splitlines()):
        for piece in (line, *_COLUMNS.split(line)):
            mark = secrecy_mark(piece)
            if mark:
                return mark
            bare = piece.strip(" .:*-–[]()|")
            if bare.isupper() and fold(bare).upper() in _STAMP_READ_BADLY:
                return bare.lower()
    return None
