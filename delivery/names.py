"""File names: none that a receiver stumbles over goes out, none that is a path comes in."""

import re
import unicodedata

ASCII_NAME_LIMIT = 50
"""Characters. Source: limits of provincial document systems (names without marks, at most 50)."""

_SHOWN_NAME_LIMIT = 120
_ENDING_LIMIT = 10
"""Longer than this it is a dot in a title, not an ending."""
_UNNAMED = "tep-dinh-kem"


def ascii_file_name(name: str, *, limit: int = ASCII_NAME_LIMIT) -> str:
    """Return the name without Vietnamese marks, in ``A-Za-z0-9 ._()-``, at most ``limit`` long.

    The ending is kept; never empty, never a path, never beginning with a dot.
    """
    plain = unicodedata.normalize("NFKD", safe_file_name(name).replace("đ", "d").replace("Đ", "D"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _shortened(re.sub(r"[^A-Za-z0-9 ._()-]+", "-", plain).strip(" -"), limit)


def safe_file_name(name: str) -> str:
    """Return a name to show and to save under: no path, no control or direction characters.

    Vietnamese marks stay. The result may still be a word that a system reserves: archives store by
    digest, and the name is for people.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    shown = re.sub(r'[<>:"|?*]', "-", unicodedata.normalize("NFC", shown))
    return _shortened(shown.strip(), _SHOWN_NAME_LIMIT)


def _shortened(name: str, limit: int) -> str:
    stem, dot, ending = name.lstrip(". ").rpartition(".")
    if not dot or len(ending) > _ENDING_LIMIT:
        stem, ending = (name.lstrip(". "), "")
    ending = f".{ending}" if ending else ""
    return (stem[: limit - len(ending)].strip(". ") or _UNNAMED) + ending
