"""Fetches a document, however slow or broken the line: what came is kept, and only the rest asked.

Nothing is used before its SHA-256 is the one that the portal announced.
"""

import hashlib
import os
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from cli.agent.errors import DocumentDiffersError, HomeUnusableError, PortalUnclearError
from cli.agent.home import Home
from cli.agent.line import PAUSES_S, TRIES, Line
from cli.agent.work import Item

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; no office takes larger files."""
_PART: Final = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
Progress = Callable[[int, int], None]
"""Told how many bytes are there, and of how many; 0 where that is not known."""


def fetch_document(line: Line, home: Home, item: Item, *, progress: Progress) -> bytes:
    """Returns the document to look at, from this machine where it was fetched before.

    Raises:
        DocumentDiffersError: what came is something else.
        PortalUnreachableError: the line stays broken; what came is kept.
    """
    whole = home.documents / f"{item.sha256}.pdf"
    part = home.documents / f"{item.sha256}.part"
    try:
        if whole.exists():
            data = whole.read_bytes()
            if hashlib.sha256(data).hexdigest() == item.sha256:
                return data
            whole.unlink()
        _fetch(line, item, part, progress)
        data = part.read_bytes()
        actual = hashlib.sha256(data).hexdigest()
        if actual != item.sha256:
            part.unlink()
            raise DocumentDiffersError(item.sha256, actual)
        part.replace(whole)
    except OSError as err:
        raise HomeUnusableError(str(part), err.strerror or "lỗi ghi") from err
    return data


def drop_document(home: Home, sha256: str) -> None:
    """Removes a document that is no longer needed here."""
    for suffix in ("pdf", "part"):
        (home.documents / f"{sha256}.{suffix}").unlink(missing_ok=True)


def _fetch(line: Line, item: Item, part: Path, progress: Progress) -> None:
    """Asks for the rest until all is there; as long as something comes, it goes on."""
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _fetch_rest(line, item, part, before, progress)
        except httpx.HTTPError as err:
            came = part.exists() and part.stat().st_size > before
            failures = 1 if came else failures + 1
            broken = line.unreachable(err)
            if failures >= TRIES:
                raise broken from err
            line.pause(PAUSES_S[failures - 1])
            continue
        return


def _fetch_rest(line: Line, item: Item, part: Path, before: int, progress: Progress) -> None:
    path = f"/waiting/{item.id}/documents/{item.sha256}"
    with line.fetching(path, before) as response:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is here; its digest tells whether it is right
        first, total = _extent(response)
        if first not in {0, before}:
            raise PortalUnclearError("phần văn bản tải tiếp")
        with part.open("r+b" if part.exists() else "wb") as stream:
            stream.truncate(first)
            stream.seek(first)
            _write(response, stream.fileno(), first, total, progress)


def _write(
    response: httpx.Response, handle: int, first: int, total: int, progress: Progress
) -> None:
    """Writes each piece as it comes, past every buffer: a kill loses nothing."""
    there = first
    for chunk in response.iter_raw():
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(handle, rest) :]
        there += len(chunk)
        if there > LARGEST:
            raise PortalUnclearError("văn bản quá lớn")
        progress(there, total)


def _extent(response: httpx.Response) -> tuple[int, int]:
    """Where what comes begins, and how long the whole is."""
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        found = _PART.fullmatch(response.headers.get("content-range", ""))
        if found is None:
            raise PortalUnclearError("phần văn bản tải tiếp")
        return int(found[1]), int(found[2])
    length = response.headers.get("content-length", "")
    return 0, int(length) if length.isdigit() else 0
