"""Keeps what each judgement of the office rested on, in its archive.

The parts and the manifest are objects like any other; the manifest's SHA-256 stands in the stored
verification, and leads to all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from archive.errors import NotStoredError
from archive.store import LocalStore, Store
from signing.outcome import VerificationReport, all_findings
from signing.records.gathering import Gathering
from signing.records.manifest import BEGINS, Inputs, Record, make_record
from signing.records.replay import PartMissingError, StoredRecord
from signing.words import JUDGE_FAULTS
from signing.worker import Limits


class Keeper:
    """Puts records into an archive. Close it."""

    def __init__(self, archive: Store, limits: Limits) -> None:
        self._archive = archive
        self._gathering = Gathering(limits=limits)

    def close(self) -> None:
        """Ends the gathering process."""
        self._gathering.close()

    def keep(self, data: bytes, report: VerificationReport, inputs: Inputs) -> VerificationReport:
        """Keeps a judgement; returns the report with the manifest's SHA-256.

        Where the judge itself failed nothing was judged, and nothing is kept.

        Raises:
            ArchiveError: The archive cannot take it.
        """
        if any(one.code in JUDGE_FAULTS for one in all_findings(report)):
            return report
        record = self.record(data, report, inputs)
        for der in record.parts.values():
            self._archive.put(der)
        return replace(report, manifest_sha256_hex=self._archive.put(record.manifest))

    def record(self, data: bytes, report: VerificationReport, inputs: Inputs) -> Record:
        """Puts a judgement down without keeping it."""
        return make_record(report, inputs, self._gathering.gather(data, policy=inputs.policy))


def archived_record(archive: Store, manifest_sha256_hex: str) -> StoredRecord:
    """A record out of the archive, for a replay.

    Raises:
        ArchiveError: The manifest is not there, or damaged.
    """

    def part(digest: str) -> bytes:
        try:
            return archive.get(digest)
        except NotStoredError as err:
            raise PartMissingError(digest) from err

    return StoredRecord(
        place=manifest_sha256_hex,
        manifest=archive.get(manifest_sha256_hex),
        part=part,
        bound_to=manifest_sha256_hex,
    )


def archived_records(folder: Path) -> Iterator[StoredRecord]:
    """Every record in a local archive.

    Args:
        folder: Of the archive, `archive` in the office's folder.

    Raises:
        OSError: It cannot be read.
        ArchiveError: A manifest is damaged.
    """
    archive = LocalStore(folder)
    for path in sorted((folder / "objects").glob("??/*")):
        with path.open("rb") as stream:
            is_manifest = stream.read(len(BEGINS)) == BEGINS
        if is_manifest:
            yield archived_record(archive, path.parent.name + path.name)
