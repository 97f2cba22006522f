"""Reaches stored verdicts again and says whether they came out the same."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import typer

from cli.judgement import read_file
from cli.usage import WrongUsageError
from cli.visible import visible
from signing.records.folder import plain_name, records_in
from signing.records.plain import sha256_hex
from signing.records.replay import Outcome, Replay, StoredRecord, replay
from signing.sandbox import Sandbox

_BAD: Final = {Outcome.DIFFERS, Outcome.FILE_CHANGED, Outcome.RECORD_CHANGED}


def replay_files(
    names: Sequence[str], folder: Path, sandbox: Sandbox, *, password: bytes, form: str
) -> int:
    """Replays every record of each file and shows what came out.

    Args:
        names: the files.
        folder: holds the records; or the archive of an office.
        sandbox: judges.
        password: of encrypted files.
        form: `text` or `json`.

    Returns:
        0 where all came out the same, 1 where something differs or was changed, else 2.

    Raises:
        WrongUsageError: the folder cannot be read.
    """
    try:
        records = list(_records(folder))
    except OSError as error:
        reason = error.strerror or "lỗi đọc"
        raise WrongUsageError(f"Không đọc được thư mục {folder} ({reason}).") from error
    outcomes = set()
    for name in names:
        for one, record in _replayed(name, records, sandbox, password):
            outcomes.add(one.outcome)
            _show(name, one, record, form)
    if outcomes & _BAD:
        return 1
    return 0 if outcomes == {Outcome.SAME} else 2


def _records(folder: Path) -> Iterator[StoredRecord]:
    if not (folder / "objects").is_dir():
        return records_in(folder)
    from wiring.keeping import archived_records  # noqa: PLC0415 (most replays need no archive)

    return archived_records(folder)


def _replayed(
    name: str, records: list[StoredRecord], sandbox: Sandbox, password: bytes
) -> list[tuple[Replay, StoredRecord | None]]:
    try:
        data = read_file(name)
    except OSError as error:
        words = f"Không đọc được tệp ({error.strerror or 'tệp quá lớn hoặc không phải tệp'})."
        return [(Replay(outcome=Outcome.NO_RECORD, said=(words,)), None)]
    found = _records_of(name, data, records)
    if not found:
        words = "Chưa có bằng chứng nào được lưu cho tệp này trong thư mục đã cho."
        return [(Replay(outcome=Outcome.NO_RECORD, said=(words,)), None)]
    return [(replay(one, data, sandbox.verify, password=password), one) for one in found]


def _records_of(name: str, data: bytes, records: list[StoredRecord]) -> list[StoredRecord]:
    """Records of this content; else those of a file of this name, which then was changed."""
    digest, begins = sha256_hex(data), f"{plain_name(name)}-"
    same = [one for one in records if one.names()[0] == digest]
    named = [one for one in records if Path(one.place).name.startswith(begins)]
    return same or named


def _show(name: str, one: Replay, record: StoredRecord | None, form: str) -> None:
    if form != "json":
        first, *rest = (visible(said) for said in one.said)
        typer.echo("\n".join([f"{visible(name)}: {first}", *(f"  {said}" for said in rest), ""]))
        return
    answer = {
        "file": name,
        "outcome": one.outcome.value,
        "sentences": one.said,
        "verdict": one.now.verdict.value if one.now is not None else None,
        "record": record.place if record is not None else None,
        "manifest_sha256": record.sha256_hex if record is not None else None,
    }
    typer.echo(json.dumps(answer, ensure_ascii=False))
