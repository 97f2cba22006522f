"""File names: none that a receiver stumbles over goes out, none that is a path comes in."""

import hashlib
import re
import unicodedata

ASCII_NAME_LIMIT = 50
"""Characters. Source: limits of provincial document systems (names without marks, at most 50)."""

ANY_KIND = "application/octet-stream"
"""As what a stranger's file is handed on where its kind is not told in due form."""
_KIND = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*")
"""Source: RFC 6838 section 4.2, without the signs that nobody uses."""
_KIND_LIMIT = 100
_SHOWN_NAME_LIMIT = 120
_ENDING_LIMIT = 10
"""Longer than this it is a dot in a title, not an ending."""
_EDGES = " .-"
_FOLDER_NAME = re.compile(r"\w[\w .()+-]{0,99}")
_UNFINISHED = (".part", ".", " ")
"""A folder must not pass for an unfinished file; some systems drop dots and spaces at the end."""
_UNNAMED = "tep-dinh-kem"


def ascii_file_name(name: str, *, limit: int = ASCII_NAME_LIMIT) -> str:
    """Return the name of a file of ours without marks: ``A-Za-z0-9 ._()-``, at most ``limit`` long.

    A slash becomes a hyphen, since numbers of documents bear one. The ending is kept; never empty,
    never beginning with a dot.
    """
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _shortened(re.sub(r"[^A-Za-z0-9 ._()-]+", "-", plain), limit)


def parcel_file_name(key: str, ending: str) -> str:
    """Return the name of a consignment's file: legible, never a path, no two keys alike.

    Args:
        key: the consignment key, whatever stands in it.
        ending: `Parcel.ending`, with its dot.
    """
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{ascii_file_name(key)}-{digest}{ending}"


def folder_parts(place: str) -> tuple[str, ...] | None:
    """Return the folders of a relative path such as ``so-a/den``; None where it is none of ours.

    Refused: what climbs or begins anew (``..``, ``/``, drives), hidden names, control characters,
    backslashes, names that pass for an unfinished file.
    """
    parts = tuple(place.strip("/").split("/"))
    fit = all(_FOLDER_NAME.fullmatch(part) and not part.endswith(_UNFINISHED) for part in parts)
    return parts if fit and not place.startswith("/") else None


def safe_file_name(name: str) -> str:
    """Return a stranger's name to show and to save under: no path, no control or direction marks.

    Vietnamese marks stay. The result may still be a word that a system reserves: archives store by
    digest, and the name is for people.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    shown = re.sub(r'[<>:"|?*]', "-", unicodedata.normalize("NFC", shown))
    return _shortened(shown, _SHOWN_NAME_LIMIT)


def safe_media_type(said: str) -> str:
    """Return what a stranger says that a file is, without parameters; `ANY_KIND` for no kind.

    It goes into letters, packages and headers later, where anything else is refused.
    """
    kind = said.partition(";")[0].strip().lower()
    return kind if len(kind) <= _KIND_LIMIT and _KIND.fullmatch(kind) else ANY_KIND


def _shortened(name: str, limit: int) -> str:
    """Cut the name before its ending, never the ending."""
    stem, _, ending = name.rpartition(".")
    if ending.isascii() and ending.isalnum() and len(ending) <= _ENDING_LIMIT and "." in name:
        ending = f".{ending}"
    else:
        stem, ending = name, ""
    stem = stem.strip(_EDGES)[: limit - len(ending)].strip(_EDGES)
    return (stem or _UNNAMED) + ending
