"""What officers are told, in words, and which deeds it follows from."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is told. Those of the first part wait for the officer; the others are only told."""

    SUBMIT = "submit"
    REVISE = "revise"
    CHECK_CONTENT = "check_content"
    CHECK_FORM = "check_form"
    APPROVE = "approve"
    TAKE_NUMBER = "take_number"
    SIGN = "sign"
    SEAL = "seal"
    ISSUE = "issue"
    OPINION = "opinion"
    REPORT = "report"
    EXTENSION = "extension"
    DELIVERY = "delivery"
    PAPER_ANSWER = "paper_answer"
    PAPER_ACCEPT = "paper_accept"
    PAPER_ASSIGN = "paper_assign"
    PAPER_HANDLE = "paper_handle"
    MAIL = "mail"
    REMARKED = "remarked"
    ANSWERED = "answered"
    OPINED = "opined"
    TAKEN_BACK = "taken_back"
    ISSUED = "issued"
    OVERDUE = "overdue"
    UNIT_REFUSED = "unit_refused"
    SOURCE_READ = "source_read"
    SOURCE_FAILED = "source_failed"
    BATCH_OVER = "batch_over"
    BATCH_BACK = "batch_back"
    DRAFT_PASSED = "draft_passed"


DRAFT: Final = "draft"
BATCH: Final = "batch"
"""What notices are about beside directives, papers and mail: a draft that is being written, many
signatures under one PIN."""
OF_ONE: Final = {
    "begin_from_file": (DRAFT, Kind.SOURCE_READ),
    "give_up_reading": (DRAFT, Kind.SOURCE_FAILED),
    "finish_batch": (BATCH, Kind.BATCH_OVER),
    "put_back_batch": (BATCH, Kind.BATCH_BACK),
    "pass_draft": (DRAFT, Kind.DRAFT_PASSED),
}
"""Deeds that end the machine's work for one officer, or give that officer something to go on with,
to what the officer is told."""
TOLD: Final = frozenset(
    {
        Kind.REMARKED,
        Kind.ANSWERED,
        Kind.OPINED,
        Kind.TAKEN_BACK,
        Kind.ISSUED,
        Kind.OVERDUE,
        Kind.UNIT_REFUSED,
    }
    | {kind for _about, kind in OF_ONE.values()}
)
"""What asks for nothing."""
WORDS: Final = {
    Kind.SUBMIT: "Dự thảo được bàn giao, chờ hoàn thiện và trình.",
    Kind.REVISE: "Dự thảo trở lại với người soạn, chờ sửa.",
    Kind.CHECK_CONTENT: "Dự thảo chờ kiểm tra nội dung.",
    Kind.CHECK_FORM: "Dự thảo chờ kiểm tra thể thức.",
    Kind.APPROVE: "Dự thảo chờ phê duyệt.",
    Kind.TAKE_NUMBER: "Văn bản chờ cấp số.",
    Kind.SIGN: "Văn bản chờ ký.",
    Kind.SEAL: "Văn bản chờ đóng dấu.",
    Kind.ISSUE: "Văn bản chờ phát hành.",
    Kind.OPINION: "Có yêu cầu cho ý kiến về dự thảo.",
    Kind.REPORT: "Có báo cáo của đơn vị chờ xem xét.",
    Kind.EXTENSION: "Có đề nghị gia hạn chờ trả lời.",
    Kind.DELIVERY: "Có đơn vị chưa gửi được hoặc từ chối tiếp nhận, chờ xử lý.",
    Kind.PAPER_ANSWER: "Nơi gửi đề nghị thu hồi, thay thế hoặc cập nhật văn bản đến.",
    Kind.PAPER_ACCEPT: "Văn bản đến chờ tiếp nhận.",
    Kind.PAPER_ASSIGN: "Văn bản đến chờ phân công.",
    Kind.PAPER_HANDLE: "Văn bản đến được giao xử lý.",
    Kind.MAIL: "Thư đến chưa rõ về việc gì, chờ xử lý.",
    Kind.REMARKED: "Dự thảo có góp ý mới.",
    Kind.ANSWERED: "Góp ý đã có trả lời.",
    Kind.OPINED: "Đã có ý kiến trả lời về dự thảo.",
    Kind.TAKEN_BACK: "Người soạn đã rút lại dự thảo để sửa.",
    Kind.ISSUED: "Văn bản đã phát hành.",
    Kind.OVERDUE: "Có đơn vị quá hạn báo cáo.",
    Kind.UNIT_REFUSED: "Có đơn vị từ chối tiếp nhận văn bản.",
    Kind.SOURCE_READ: "Tệp đã đọc xong, chờ xem lại và soạn tiếp.",
    Kind.SOURCE_FAILED: "Tệp chưa đọc được, chờ xử lý.",
    Kind.BATCH_OVER: "Lượt ký nhiều văn bản đã kết thúc, chờ xem kết quả.",
    Kind.BATCH_BACK: "Lượt ký nhiều văn bản chưa bắt đầu: chưa mở được khoá.",
    Kind.DRAFT_PASSED: "Bản đang soạn được bàn giao, chờ soạn tiếp và trình.",
}
"""One sentence of each, for pages and letters; it names nobody and no content."""
PLACES: Final = {
    Kind.SIGN: "/van-ban/{id}/ky",
    Kind.SEAL: "/van-ban/{id}/dong-dau",
    Kind.ISSUE: "/van-ban/{id}/phat-hanh",
    Kind.OPINION: "/van-ban/{id}/y-kien#tra-loi",
    Kind.OPINED: "/van-ban/{id}/y-kien",
    Kind.REMARKED: "/van-ban/{id}/gop-y",
    Kind.ANSWERED: "/van-ban/{id}/gop-y",
    Kind.DELIVERY: "/phat-hanh/{id}?loc=can-xu-ly",
    Kind.REPORT: "/theo-doi/{id}?loc=cho",
    Kind.EXTENSION: "/theo-doi/{id}?loc=cho",
    Kind.OVERDUE: "/theo-doi/{id}",
    Kind.UNIT_REFUSED: "/phat-hanh/{id}?loc=can-xu-ly",
    Kind.PAPER_ANSWER: "/van-ban-den/{id}",
    Kind.PAPER_ACCEPT: "/van-ban-den/{id}",
    Kind.PAPER_ASSIGN: "/van-ban-den/{id}",
    Kind.PAPER_HANDLE: "/van-ban-den/{id}",
    Kind.MAIL: "/thu-den/{id}",
    Kind.SOURCE_READ: "/soan/{id}/nguon",
    Kind.SOURCE_FAILED: "/soan/doc/{id}",
    Kind.BATCH_OVER: "/ky-nhieu/lan/{id}",
    Kind.BATCH_BACK: "/ky-nhieu/lan/{id}",
    Kind.DRAFT_PASSED: "/soan/{id}",
}
"""Where in the portal one acts, where that is not the directive's own page."""
PAGE: Final = "/van-ban/{id}"

MOVES: Final = frozenset(
    {
        *("start_directive", "revise", "submit", "check_content", "check_form", "approve"),
        *("return", "take_back", "take_number", "freeze", "sign", "complete_signature"),
        *("abandon_officer", "seal", "complete_seal", "abandon_seal", "issue", "cancel", "close"),
        *("hand_over", "recall", "replace", "correct", "update_recipients"),
        *("ask_opinions", "give_opinion", "record_opinion", "withdraw_opinion"),
        *("submit_report", "accept_report", "return_report", "refuse_delivery", "acknowledge"),
        *("request_extension", "grant_extension", "refuse_extension", "fulfil_own"),
        *("cancel_obligation", "transfer_obligation", "pass_obligation", "change_due"),
        *("resend", "hold_consignment", "reroute_consignment", "mark_arrived"),
        *("mark_sent_by_hand", "receive_notice", "receive_status", "match_delivery"),
    }
)
"""Deeds after which something may wait for somebody else; of `dispatch` those that failed."""
COMES_AGAIN: Final = {
    "submit_report": Kind.REPORT,
    "request_extension": Kind.EXTENSION,
    "dispatch": Kind.DELIVERY,
    "receive_notice": Kind.DELIVERY,
    "refuse_delivery": Kind.DELIVERY,
}
"""Deeds that bring more of what waits already: who has read of it is told again."""
