"""What a person can do about a finding."""

from __future__ import annotations

from typing import Final

from signing.glossary.shapes import Explanation, Words

NOTHING: Final = Words("Không cần làm gì.", "Nothing needs to be done.")
RESEND: Final = Words(
    "Không sử dụng bản này; đề nghị nơi gửi gửi lại bản gốc.",
    "Do not use this copy; ask the sender for the original again.",
)
RESIGN: Final = Words(
    "Không sử dụng bản này; đề nghị nơi gửi ký lại bằng chứng thư còn hiệu lực.",
    "Do not use this copy; ask the sender to sign again with a valid certificate.",
)
ASK: Final = Words(
    "Đối chiếu với nơi gửi trước khi sử dụng.", "Confirm with the sender before using it."
)
AGAIN: Final = Words(
    "Kiểm tra lại; nếu vẫn vậy, đề nghị nơi gửi gửi bản khác.",
    "Check again; if it stays so, ask the sender for another copy.",
)
UPGRADE: Final = Words(
    "Đề nghị nơi gửi ký lại bằng thuật toán hiện hành.",
    "Ask the sender to sign again with a current algorithm.",
)


def explain(vi: str, en: str, todo: Words) -> Explanation:
    """An explanation in both languages."""
    return Explanation(Words(vi, en), todo)
