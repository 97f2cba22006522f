"""Reads all signatures of a file by its bytes alone: our own judge, and the library behind it."""

from __future__ import annotations

from dataclasses import replace

from signing.judge.observing import with_observed_changes
from signing.judge.own import read_own
from signing.judge.part import FileReading
from signing.policy import VerificationPolicy
from signing.verdict import Finding, Verdict
from signing.words import finding


def read_file(data: bytes, policy: VerificationPolicy, password: bytes = b"") -> FileReading:
    """Our own judge first; the library where it is not sure, but what was refused stays refused.

    Args:
        data: The file. Nothing that it holds makes this raise.
        policy: For the broken hashes.
        password: Of an encrypted file.
    """
    own = read_own(data, policy)
    if own.reading is not None:
        return own.reading
    # What our own judge could not read of a refused file the library may still tell people.
    # It takes most of a second to import, which most files never need.
    from signing.library.reading import read_with_library  # noqa: PLC0415

    reading = with_observed_changes(data, read_with_library(data, policy, password=password))
    if own.refusals:
        return _refused(reading, own.refusals)
    if not own.accounted and _has_more(data, reading):
        return replace(reading, findings=(*reading.findings, finding("later_bytes_unclear")))
    return reading


def _has_more(data: bytes, reading: FileReading) -> bool:
    """Whether something stands behind what a signature covers.

    The library follows the file's tables; whoever finds them damaged searches the bytes, and shows
    what stands between. Source: ISO 32000-2, 7.5.4; Mladenov and others, "1 Trillion Dollar
    Refund" (2019), incremental saving.
    """
    ends = [one.signed_length for one in reading.parts if one.signed_length is not None]
    return any(data[end:].strip(b"\r\n") for end in ends)


def _refused(reading: FileReading, refusals: tuple[Finding, ...]) -> FileReading:
    """What the library reads of a refused file is told beside the refusal, and cannot soften it."""
    codes = {one.code for one in refusals}
    soft = {Verdict.UNREADABLE, Verdict.UNSIGNED}
    rest = [one for one in reading.findings if one.effect not in soft and one.code not in codes]
    return replace(reading, findings=(*refusals, *rest))
