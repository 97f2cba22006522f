"""What can be wrong with a message of QCVN 102:2016 that came in."""

from typing import ClassVar, Final

from delivery.errors import DeliveryError

_WORDS: Final = {
    "not_xml": "không phải XML đúng dạng",
    "doctype": "có khai báo DTD, không được nhận",
    "too_large": "quá lớn hoặc quá phức tạp",
    "not_edxml": "không phải gói tin văn bản điện tử (QCVN 102:2016)",
    "no_sender": "không nêu cơ quan gửi",
    "no_document": "không nêu văn bản",
    "unknown_business": "nêu nghiệp vụ mà hệ thống không biết",
    "bad_attachment": "có tệp kèm không giải nén, giải mã được",
    "attachment_missing": "thiếu tệp kèm đã nêu trong danh mục",
}


class EdxmlUnreadableError(DeliveryError):
    """The message cannot be read; ``reason`` is a stable word, ``place`` where it is, if known."""

    code: ClassVar[str] = "delivery.edxml_unreadable"

    def __init__(self, reason: str, place: str = "") -> None:
        where = f" ({place})" if place else ""
        said = _WORDS.get(reason, _WORDS["not_edxml"])
        super().__init__(
            f"{reason}{where}",
            advice=f"Gói tin {said}{where}; đề nghị bên gửi kiểm tra và gửi lại.",
        )
        self.reason = reason
        self.place = place
