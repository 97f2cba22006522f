"""How states and verdicts of incoming papers are called to people."""

from typing import Final

STATE_WORDS: Final = {
    "arrived": "mới đến, chờ tiếp nhận",
    "refused": "đã từ chối nhận",
    "accepted": "đã tiếp nhận, chờ phân công",
    "assigned": "đã phân công",
    "in_progress": "đang giải quyết",
    "done": "đã giải quyết xong",
    "recall_asked": "nơi gửi đề nghị thu hồi",
    "recalled": "đã thu hồi theo đề nghị của nơi gửi",
    "replaced": "đã được thay thế bằng văn bản khác",
}
"""State of an incoming paper, to its words."""

FILE_VERDICT_WORDS: Final = {
    "passed": "chữ ký hợp lệ",
    "indeterminate": "chưa thể kết luận về chữ ký",
    "failed": "chữ ký không hợp lệ",
    "unsigned": "không có chữ ký số",
    "unreadable": "không đọc được tệp",
    "not_pdf": "không phải tệp PDF, không kiểm tra chữ ký",
    "paper": "bản giấy",
}
"""Verdict on a file, to its words."""

ASSIGNMENT_WORDS: Final = {
    "open": "chưa bắt đầu",
    "working": "đang giải quyết",
    "done": "đã xong",
}
"""State of an assignment, to its words."""

REQUEST_WORDS: Final = {"recall": "thu hồi", "replace": "thay thế", "update": "cập nhật"}
"""Kind of the sender's request, to its words."""

URGENCY_OF: Final = {1: "khẩn", 2: "thượng khẩn", 3: "hỏa tốc", 4: "hỏa tốc hẹn giờ"}
"""Priority of QCVN 102:2016, to the mark on paper; 0 has none."""

VIA_WORDS: Final = {
    "smtp": "thư điện tử",
    "edxml_folder": "trục liên thông (thư mục)",
    "edxml_http": "trục liên thông (HTTP)",
    "sftp": "trục liên thông (SFTP)",
    "hand": "bản giấy, trực tiếp",
}
"""How a paper came, to its words."""

CODE_WORDS: Final = {
    "01": "đã đến",
    "02": "từ chối nhận",
    "03": "đã tiếp nhận",
    "04": "đã phân công",
    "05": "đang xử lý",
    "06": "đã hoàn thành",
    "15": "đồng ý thu hồi, cập nhật",
    "16": "từ chối thu hồi, cập nhật",
}
"""Status code of QCVN 102:2016 that we send, to its words."""


def number_words(number: int | None) -> str:
    """Returns a số đến as printed: two digits at least, empty where there is none."""
    return f"{number:02d}" if number is not None else ""
