"""Reaches a stored verdict again: the same file, policy, anchors, instant and evidence, offline.

The steps, in this order; each block below bears its number.

1. The manifest is the one that was written, as far as its name binds it, and of a known format.
2. Every part gives the SHA-256 that the manifest names.
3. The file is the one that was judged.
4. It is judged again by what the record holds.
5. What comes out is compared.

A replay is no new proof. Whoever can write the folder can write another record: what binds a record
is the SHA-256 of its manifest, which the report of the day names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from signing.judge.part import FileEvidence
from signing.outcome import VerificationReport
from signing.policy import PROFILES, VerificationPolicy
from signing.records.differing import differences, read_result
from signing.records.manifest import FORMAT, result_of, versions
from signing.records.plain import from_plain, sha256_hex
from signing.trust import TrustStore
from signing.words import say_time

_HEX: Final = frozenset("0123456789abcdef")
_DIGEST_LENGTH: Final = 64


class PartMissingError(Exception):
    """A part is not where the record should have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it was found."""

    place: str
    """Where; for people."""

    manifest: bytes
    part: Callable[[str], bytes]
    """The bytes kept under a SHA-256; raises `PartMissingError`."""

    bound_to: str = ""
    """First digits of the SHA-256 that the manifest must have; empty where nothing binds it."""

    @property
    def sha256_hex(self) -> str:
        """Of the manifest as it was found."""
        return sha256_hex(self.manifest)

    def names(self) -> tuple[str, str]:
        """SHA-256 and name of the judged file; empty where the manifest cannot be read."""
        try:
            named = json.loads(self.manifest)["file"]
            return str(named["sha256"]), str(named["name"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return "", ""


class Outcome(StrEnum):
    """How a replay ended."""

    SAME = "same"
    DIFFERS = "differs"
    FILE_CHANGED = "file_changed"
    RECORD_CHANGED = "record_changed"
    NO_RECORD = "no_record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay showed."""

    outcome: Outcome
    said: tuple[str, ...]
    """Vietnamese sentences, the most important first."""

    now: VerificationReport | None = None
    """The report of this replay; None where it was not judged."""


class Judge(Protocol):
    """Judges one file; `signing.sandbox.Sandbox.verify` is one."""

    def __call__(
        self,
        source: bytes,
        *,
        name: str,
        policy: VerificationPolicy,
        trust: TrustStore,
        at: datetime,
        password: bytes,
        extra: FileEvidence | None,
    ) -> VerificationReport:
        """Judges; see there."""


NO_PROOF: Final = "Đây là phát lại trên bằng chứng đã lưu, không phải là bằng chứng mới."


class _UnusableError(Exception):
    """The record cannot be relied on; the message says why, in Vietnamese."""


def replay(record: StoredRecord, data: bytes, judge: Judge, *, password: bytes = b"") -> Replay:
    """Judges a file again by what a record holds, and compares.

    Args:
        record: As found.
        data: The file as it is now.
        judge: Under limits, as for any stranger's file.
        password: Of an encrypted file.
    """
    try:
        # 1. and 2. The record.
        state = _manifest(record)
        parts = _parts(record, state)
        inputs = _Inputs(state, parts)
    except _UnusableError as err:
        said = (f"Không phát lại được: {err}", f"Bản ghi: {record.place}")
        return Replay(outcome=Outcome.RECORD_CHANGED, said=said)
    # 3. The file.
    if sha256_hex(data) != inputs.file_sha256_hex:
        words = (
            "Tệp đã thay đổi so với lúc lưu bằng chứng: SHA-256 lúc lưu là "
            f"{inputs.file_sha256_hex}, nay là {sha256_hex(data)}."
        )
        return Replay(outcome=Outcome.FILE_CHANGED, said=(words,))
    # 4. The judgement.
    now = judge(
        data,
        name=record.names()[1],
        policy=inputs.policy,
        trust=inputs.trust,
        at=inputs.at,
        password=password,
        extra=inputs.extra,
    )
    # 5. The comparison.
    return _compared(record, state.get("versions"), inputs, now)


class _Inputs:
    """What the record says the file was judged by."""

    def __init__(self, state: dict[str, Any], parts: dict[str, bytes]) -> None:
        get = parts.__getitem__
        try:
            self.policy: VerificationPolicy = from_plain(VerificationPolicy, state["policy"], get)
            self.trust: TrustStore = from_plain(TrustStore, state["trust"], get)
            elsewhere = state["evidence"]["elsewhere"]
            self.extra: FileEvidence | None = from_plain(FileEvidence | None, elsewhere, get)
            self.at: datetime = from_plain(datetime, state["at"], get)
            self.file_sha256_hex = str(state["file"]["sha256"])
            self.result = read_result(state["result"])
        except (ValueError, KeyError, TypeError) as err:
            raise _UnusableError(
                "bản kê không đúng dạng mà phiên bản này của sản phẩm đọc được."
            ) from err


def _manifest(record: StoredRecord) -> dict[str, Any]:
    if not record.sha256_hex.startswith(record.bound_to):
        raise _UnusableError(
            f"bản kê đã bị sửa: SHA-256 nay là {record.sha256_hex}, "
            f"khi ghi bắt đầu bằng {record.bound_to}."
        )
    try:
        state = json.loads(record.manifest)
    except (ValueError, RecursionError) as err:
        raise _UnusableError("bản kê bị hỏng, không đọc được.") from err
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise _UnusableError("bản kê thuộc dạng khác, phiên bản này của sản phẩm không đọc được.")
    return state


def _parts(record: StoredRecord, state: dict[str, Any]) -> dict[str, bytes]:
    listed = state.get("parts")
    if not isinstance(listed, dict) or not all(_is_digest(one) for one in listed):
        raise _UnusableError("bản kê bị hỏng, không đọc được.")
    return {digest: _part(record, digest) for digest in listed}


def _is_digest(text: str) -> bool:
    return len(text) == _DIGEST_LENGTH and set(text) <= _HEX


def _part(record: StoredRecord, digest: str) -> bytes:
    try:
        found = record.part(digest)
    except PartMissingError as err:
        raise _UnusableError(f"thiếu bằng chứng {digest}.") from err
    if sha256_hex(found) != digest:
        raise _UnusableError(f"bằng chứng {digest} đã bị sửa: nội dung không khớp SHA-256.")
    return found


def _compared(
    record: StoredRecord, stored_versions: object, inputs: _Inputs, now: VerificationReport
) -> Replay:
    then = inputs.result
    found = tuple(differences(then, read_result(result_of(now))))
    rules = (*_changed_versions(stored_versions), *_changed_policy(inputs.policy))
    by = f"chính sách {inputs.policy.name} {inputs.policy.version}, tại {say_time(inputs.at)}"
    end = (f"SHA-256 của bản kê: {record.sha256_hex}.", *_unbound(record), NO_PROOF)
    if found:
        said = (f"Phát lại cho kết quả khác ({by}).", *found, *rules, *end)
        return Replay(outcome=Outcome.DIFFERS, said=said, now=now)
    said = (f"Phát lại cho cùng kết quả: {then.verdict} ({by}).", *rules, *end)
    return Replay(outcome=Outcome.SAME, said=said, now=now)


def _unbound(record: StoredRecord) -> list[str]:
    words = "Tên thư mục không mang SHA-256 của bản kê; hãy so với SHA-256 trong báo cáo khi lưu."
    return [] if record.bound_to else [words]


def _changed_versions(stored: object) -> list[str]:
    here = versions()
    kept = stored if isinstance(stored, dict) else {}
    return [
        f"Phiên bản {name} khác: lúc lưu {kept.get(name, 'không rõ')}, nay {value}."
        for name, value in here.items()
        if kept.get(name) != value
    ]


def _changed_policy(policy: VerificationPolicy) -> list[str]:
    """A policy of this product under its own name and version must have its own values."""
    own = PROFILES.get(policy.name)
    if own is None or own == policy:
        return []
    if own.version != policy.version:
        return [f"Chính sách {policy.name} nay là bản {own.version}, lúc lưu {policy.version}."]
    words = (
        f"Chính sách trong bản kê mang tên {policy.name} {policy.version} nhưng có giá trị khác "
        "với chính sách cùng tên của sản phẩm."
    )
    return [words]
