"""The fixed words of a report, in both languages."""

from __future__ import annotations

from typing import Final

from signing.glossary import Words
from signing.language import Language
from signing.verdict import Severity, Verdict

VERDICT_WORDS: Final = {
    Verdict.PASSED: "Hợp lệ",
    Verdict.INDETERMINATE: "Chưa thể kết luận",
    Verdict.FAILED: "Không hợp lệ",
    Verdict.UNSIGNED: "Không có chữ ký số",
    Verdict.UNREADABLE: "Không đọc được",
}
"""In Vietnamese; `verdict_word` knows both languages."""

_ENGLISH: Final = {
    Verdict.PASSED: "Valid",
    Verdict.INDETERMINATE: "No conclusion",
    Verdict.FAILED: "Not valid",
    Verdict.UNSIGNED: "No digital signature",
    Verdict.UNREADABLE: "Unreadable",
}
COVERS: Final = {
    "whole_file": Words("toàn bộ tệp", "the whole file"),
    "revision": Words(
        "một phiên bản của tệp; phần thêm sau được xét riêng",
        "a revision of the file; what was added later is judged apart",
    ),
    "partial": Words("chỉ một phần của tệp", "only a part of the file"),
}
KINDS: Final = {
    "signature": Words("Chữ ký", "Signature"),
    "timestamp": Words("Dấu thời gian của văn bản", "Document time stamp"),
}
ICONS: Final = {Severity.INFO: "•", Severity.WARNING: "▲", Severity.ERROR: "✕"}

BANNER: Final = Words(
    "THỬ NGHIỆM: chứng thư không có giá trị pháp lý.",
    "TEST ONLY: the certificates have no legal value.",
)
TITLE: Final = Words("Kết quả kiểm tra chữ ký", "Result of a signature check")
FILE: Final = Words("Tệp", "File")
SIGNER: Final = Words("Người ký", "Signer")
UNKNOWN_SIGNER: Final = Words("Chưa rõ người ký", "Signer unknown")
ORGANISATION: Final = Words("Cơ quan", "Organisation")
EMAIL: Final = Words("Thư điện tử", "E-mail")
WHEN: Final = Words("Thời điểm ký", "Time of signing")
PROVEN: Final = Words("{time} (chứng minh bằng dấu thời gian)", "{time} (proven by a time stamp)")
CLAIMED: Final = Words("{time} (chỉ là tự khai)", "{time} (only claimed)")
CERTIFICATE: Final = Words("Chứng thư", "Certificate")
NUMBER: Final = Words("số {serial}", "no. {serial}")
CHAIN: Final = Words("Chuỗi tin cậy", "Chain of trust")
ENDS: Final = Words("Hạn chứng thư", "Certificate ends")
SCOPE: Final = Words("Phạm vi", "Scope")
LEVEL: Final = Words("Mức lưu trữ", "Level")
FIELD: Final = Words("Ô chữ ký", "Field")
CHANGES: Final = Words("Thay đổi sau chữ ký này", "Changes after this signature")
MORE: Final = Words("và {count} thay đổi khác", "and {count} more changes")

TIMELINE: Final = Words("Diễn biến của tệp", "History of the file")
STEP: Final = Words("Lần", "Step")
WHAT: Final = Words("Việc", "What happened")
AT: Final = Words("Thời điểm", "When")
STEP_SIGNED: Final = Words("Ký số: {who}", "Signed: {who}")
STEP_STAMPED: Final = Words("Đóng dấu thời gian: {who}", "Time-stamped: {who}")
STEP_EVIDENCE: Final = Words(
    "Thêm bằng chứng để kiểm tra lâu dài", "Evidence for long-term validation added"
)
STEP_CHANGED: Final = Words("Thay đổi: {what}", "Changed: {what}")

GLOSSARY: Final = Words("Giải thích từ ngữ", "Terms explained")
SOURCE: Final = Words("Nguồn: {source}", "Source: {source}")
TODO: Final = Words("Việc cần làm: {todo}", "What to do: {todo}")
POLICY: Final = Words("Chính sách", "Policy")
POLICY_NAME: Final = Words("{name}, bản {version}", "{name}, version {version}")
CHECKED: Final = Words("Thời điểm kiểm tra", "Time of this check")
RENEW: Final = Words("Gia hạn dấu thời gian trước ngày", "Renew the time stamp before")
DIGEST: Final = Words("SHA-256 của tệp", "SHA-256 of the file")
MANIFEST: Final = Words("SHA-256 của bản kê bằng chứng", "SHA-256 of the evidence manifest")
FOOTER: Final = Words(
    "Kết quả này không phải là bằng chứng mới; giữ nguyên tệp gốc để kiểm tra lại.",
    "This result is no new proof; keep the original file unchanged to check it again.",
)
PAGE: Final = Words("Trang", "Page")


def verdict_word(verdict: Verdict, language: Language) -> str:
    """The verdict in a word or two."""
    return (VERDICT_WORDS if language is Language.VI else _ENGLISH)[verdict]
