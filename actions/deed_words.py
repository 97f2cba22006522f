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
    "dispatch": "Gửi văn bản đến đơn vị nhận",
    "resend": "Gửi lại cho đơn vị nhận",
    "release_expired": "Nhận lại việc bỏ dở",
    "send_notice": "Gửi thông báo",
    "acknowledge": "Đơn vị xác nhận đã nhận",
    "chase": "Đôn đốc đơn vị",
    "submit_report": "Đơn vị nộp báo cáo",
    "accept_report": "Nhận báo cáo của đơn vị",
    "return_report": "Trả lại báo cáo của đơn vị",
    "request_extension": "Đơn vị xin gia hạn",
    "grant_extension": "Đồng ý gia hạn",
    "refuse_extension": "Từ chối gia hạn",
    "cancel_obligation": "Huỷ nhiệm vụ của đơn vị",
    "fulfil_own": "Xác nhận việc của cơ quan đã xong",
    "transfer_obligation": "Chuyển nhiệm vụ cho đơn vị kế thừa",
    "consolidate": "Lập báo cáo tổng hợp",
    "close": "Kết thúc theo dõi",
    "receive_mail": "Nhận thư",
    "receive_notice": "Nhận thông báo gửi thư",
    "match_mail": "Gắn thư với văn bản",
    "set_aside_mail": "Xếp riêng thư",
    "verify_archive": "Kiểm tra kho lưu trữ",
    "load_office": "Nạp dữ liệu cơ quan",
    "change_office": "Thay đổi dữ liệu cơ quan",
    "register_certificate": "Đăng ký chứng thư",
    "sign_in": "Đăng nhập",
}
"""Name of a deed in the audit trail, to its Vietnamese words."""


def deed_words(deed: str, *, refused: bool = False) -> str:
    """Returns the words for a deed; one that has none is shown by its name."""
    words = DEED_WORDS.get(deed, deed)
    return f"Bị từ chối: {words[:1].lower()}{words[1:]}" if refused else words
