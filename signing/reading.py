"""Reads all signatures of a file by its bytes alone: our own judge, and the library behind it."""

from __future__ import annotations

from dataclasses import replace

from signing.judge.observing import with_observed_changes
from signing.judge.own import read_own
from signing.judge.part import FileReading
from signing.policy import VerificationPolicy
from signing.verdict import Finding, Verdict


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
    return _refused(reading, own.refusals) if own.refusals else reading


def _refused(reading: FileReading, refusals: tuple[Finding, ...]) -> FileReading:
    """What the library reads of a refused file is told beside the refusal, and cannot soften it."""
    codes = {one.code for one in refusals}
    soft = {Verdict.UNREADABLE, Verdict.UNSIGNED}
    rest = [one for one in reading.findings if one.effect not in soft and one.code not in codes]
    return replace(reading, findings=(*refusals, *rest))
