"""How states of dispatch and follow-up are called to people; deeds: `actions.deed_words`."""

from models.lifecycle import DeliveryState, ObligationState

_S, _O = DeliveryState, ObligationState

DELIVERY_WORDS: dict[DeliveryState, str] = {
    _S.PLANNED: "chờ gửi",
    _S.SENDING: "đang gửi",
    _S.SENT: "đã gửi",
    _S.ARRIVED: "đã đến",
    _S.ACCEPTED: "đã tiếp nhận",
    _S.ASSIGNED: "đã phân công",
    _S.IN_PROGRESS: "đang xử lý",
    _S.DONE: "đã xử lý xong",
    _S.REFUSED: "bị từ chối",
    _S.BOUNCED: "bị trả lại",
    _S.FAILED: "không gửi được",
    _S.HELD: "tạm giữ",
    _S.UNKNOWN: "không rõ đã đến hay chưa",
    _S.RECALL_ASKED: "đã đề nghị thu hồi",
    _S.RECALLED: "đã thu hồi",
    _S.RECALL_REFUSED: "bị từ chối thu hồi",
}
"""State of a consignment or notice, to its words."""

OBLIGATION_WORDS: dict[ObligationState, str] = {
    _O.OPEN: "chưa báo cáo",
    _O.REPORTED: "đã báo cáo, chờ xem xét",
    _O.RETURNED: "báo cáo bị trả lại",
    _O.EXTENSION_REQUESTED: "đang xin gia hạn",
    _O.ACCEPTED: "đã nhận báo cáo",
    _O.CANCELLED: "đã huỷ",
    _O.TRANSFERRED: "đã chuyển đơn vị kế thừa",
}
"""State of an obligation, to its words."""

REPORT_WORDS = {
    "received": "chờ xem xét",
    "accepted": "đã được nhận",
    "returned": "đã trả lại đơn vị",
}
"""State of a report, to its words."""

INCOMING_WORDS = {
    "new": "mới đến",
    "matched": "đã được ghi nhận",
    "unmatched": "chờ người xác định",
    "set_aside": "đã được xếp lại",
}
"""State of a mail that came in, to its words."""
