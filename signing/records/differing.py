"""What is otherwise in a result than in a stored one. The wording of sentences is not compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from signing.verdict import Verdict

VERDICTS: Final = {
    Verdict.PASSED.value: "hợp lệ",
    Verdict.INDETERMINATE.value: "chưa thể kết luận",
    Verdict.FAILED.value: "không hợp lệ",
    Verdict.UNSIGNED.value: "không có chữ ký số",
    Verdict.UNREADABLE.value: "không đọc được",
}
_NAMES: Final = {
    "field": "ô",
    "kind": "loại",
    "signer": "người ký",
    "certificate_sha256": "chứng thư",
    "proven_time": "thời điểm được chứng minh",
    "level": "mức",
    "covers": "phạm vi",
    "verdict": "kết luận",
}
"""Of a signature, what is compared beside its findings."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result in the shape that is compared."""

    verdict: str
    codes: str
    signatures: tuple[dict[str, str], ...]


def read_result(state: dict[str, Any]) -> Result:
    """Reads a result as a manifest holds it.

    Raises:
        ValueError: It is none.
    """
    try:
        return Result(
            verdict=VERDICTS[state["verdict"]],
            codes=_codes(state),
            signatures=tuple(_signature(one) for one in state["signatures"]),
        )
    except (TypeError, KeyError, AttributeError) as err:
        raise ValueError(f"no result: {err}") from err


def _signature(state: dict[str, Any]) -> dict[str, str]:
    said = {words: str(state[name] or "không có") for name, words in _NAMES.items()}
    said["kết luận"] = VERDICTS[state["verdict"]]
    return {**said, "nhận định": _codes(state)}


def _codes(holder: dict[str, Any]) -> str:
    return ", ".join(str(one["code"]) for one in holder["findings"]) or "không có"


def differences(then: Result, now: Result) -> Iterator[str]:
    """Vietnamese sentences; none where both are alike."""
    if then.verdict != now.verdict:
        yield f"Kết luận đã lưu: {then.verdict}; nay: {now.verdict}."
    if then.codes != now.codes:
        yield f"Nhận định về tệp: đã lưu {then.codes}; nay {now.codes}."
    if len(then.signatures) != len(now.signatures):
        yield f"Số chữ ký: đã lưu {len(then.signatures)}; nay {len(now.signatures)}."
        return
    for one, other in zip(then.signatures, now.signatures, strict=True):
        for name, words in other.items():
            if one[name] != words:
                yield f"Chữ ký {other['ô']}, {name}: đã lưu {one[name]}; nay {words}."
