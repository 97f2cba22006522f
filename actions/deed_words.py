"""How deeds are called to people: in the timeline and in the audit trail."""

DEED_WORDS = {
    "start_directive": "Soạn dự thảo",
    "revise": "Sửa dự thảo",
    "submit": "Trình dự thảo",
    "check_content": "Kiểm tra nội dung: đạt",
    "check_form": "Kiểm tra thể thức: đạt",
    "approve": "Phê duyệt",
    "return": "Trả lại người soạn thảo",
    "take_number": "Cấp số và ngày",
    "freeze": "Dựng bản để ký",
    "plan_sign": "Chuẩn bị ký số",
    "sign": "Ký số",
    "complete_signature": "Hoàn tất và kiểm tra lại chữ ký của lãnh đạo",
    "abandon_officer": "Bỏ chữ ký không được chấp nhận",
    "plan_seal": "Chuẩn bị đóng dấu",
    "seal": "Đóng dấu cơ quan",
    "complete_seal": "Hoàn tất và kiểm tra lại dấu của cơ quan",
    "abandon_seal": "Bỏ dấu không được chấp nhận",
    "issue": "Phát hành",
    "cancel": "Huỷ văn bản",
}
"""Name of a deed in the audit trail, to its Vietnamese words."""


def deed_words(deed: str, *, refused: bool = False) -> str:
    """Returns the words for a deed; one that has none is shown by its name."""
    words = DEED_WORDS.get(deed, deed)
    return f"Bị từ chối: {words[:1].lower()}{words[1:]}" if refused else words
