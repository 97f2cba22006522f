"""Judges files and keeps what each verdict rested on, one record a file."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from cli.errors import FolderUnwritableError
from cli.judgement import LIMITS, Order, judge_one
from signing.outcome import VerificationReport
from signing.records.folder import write_record
from signing.records.gathering import Gathering
from signing.records.manifest import Inputs, make_record
from signing.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keeping:
    """One call's tools."""

    order: Order
    sandbox: Sandbox
    gathering: Gathering
    folder: Path

    def judge(self, name: str) -> VerificationReport:
        """Judges a file and keeps a record; one that could not be read has none."""
        judged = judge_one(name, self.order, self.sandbox)
        report, data = judged.report, judged.data
        if data is None:
            return report
        policy, password = self.order.policy, self.order.password
        gathered = self.gathering.gather(data, policy=policy, password=password)
        inputs = Inputs(policy=policy, trust=self.order.trust, extra=judged.extra)
        record = make_record(report, inputs, gathered)
        try:
            write_record(self.folder, name, record)
        except OSError as error:
            raise FolderUnwritableError(str(self.folder), error.strerror or "") from error
        return replace(report, manifest_sha256_hex=record.sha256_hex)


def judge_and_keep(
    names: Sequence[str], order: Order, sandbox: Sandbox, folder: Path
) -> Iterator[tuple[str, VerificationReport]]:
    """Yields each name with its report, in the order given.

    Raises:
        FolderUnwritableError: a record cannot be written.
    """
    with (
        Gathering(processes=sandbox.processes, limits=LIMITS) as gathering,
        ThreadPoolExecutor(max_workers=sandbox.processes) as threads,
    ):
        one = _Keeping(order=order, sandbox=sandbox, gathering=gathering, folder=folder)
        yield from zip(names, threads.map(one.judge, names), strict=True)
