"""Findings about who signed and when."""

from __future__ import annotations

from typing import Final

from signing.glossary.shapes import Explanation, Words
from signing.glossary.todo import ASK, NOTHING, RESEND, RESIGN, explain

_SHOW: Final = Words(
    "Người quản trị xem lại điều đã khai (Chứng thư gốc tin cậy, hoặc trinhky trust show), sửa nếu "
    "cần rồi kiểm tra lại.",
    "The administrator looks at what was declared (Trust anchors, or trinhky trust show), mends "
    "it, then checks again.",
)

TRUST_CODES: Final[dict[str, Explanation]] = {
    "time_proven": explain(
        "Một tổ chức thứ ba xác nhận chữ ký đã có vào thời điểm này.",
        "A third party states that the signature existed at this instant.",
        NOTHING,
    ),
    "time_not_proven": explain(
        "Không có dấu thời gian tin cậy; giờ ký là do máy người ký ghi.",
        "There is no trusted time stamp; the time was written by the signer's machine.",
        Words(
            "Lưu kết quả này; đề nghị nơi gửi dùng dấu thời gian.",
            "Keep this result; ask the sender to use time stamps.",
        ),
    ),
    "timestamp_untrusted": explain(
        "Có dấu thời gian nhưng chưa tin được nơi cấp nó.",
        "There is a time stamp, but its issuer cannot be trusted yet.",
        Words(
            "Bổ sung chứng thư gốc của nơi cấp dấu thời gian nếu cơ quan tin nơi đó.",
            "Add the root certificate of its issuer, if this office trusts it.",
        ),
    ),
    "timestamp_in_future": explain(
        "Đồng hồ của máy này hoặc của nơi cấp dấu thời gian bị sai.",
        "The clock of this machine or of the time-stamping authority is wrong.",
        Words("Kiểm tra đồng hồ rồi kiểm tra lại.", "Set the clock right, then check again."),
    ),
    "last_archive_stamp_evidence": explain(
        "Quy tắc cho dấu thời gian lưu trữ mới nhất: sau nó không còn gì chứng minh thay.",
        "The rule for the newest archive time stamp: nothing after it can prove its evidence.",
        Words(
            "Gia hạn dấu thời gian trước ngày đã ghi.", "Renew the time stamp before the day named."
        ),
    ),
    "chain_trusted": explain(
        "Chứng thư của người ký nối được tới gốc mà cơ quan này tin.",
        "The signer's certificate leads to an anchor that this office trusts.",
        NOTHING,
    ),
    "issuer_unknown": explain(
        "Cơ quan này chưa khai chứng thư gốc của nơi cấp; chữ ký có thể vẫn tốt.",
        "This office has no root certificate of the issuer; the signature may still be good.",
        Words(
            "Người quản trị hệ thống bổ sung chứng thư gốc rồi kiểm tra lại.",
            "The operator adds the root certificate; then check again.",
        ),
    ),
    "anchor_purpose": explain(
        "Mỗi chứng thư gốc chỉ được tin cho những việc đã khai: cán bộ, con dấu, dấu thời gian.",
        "Each anchor is trusted for the uses that were declared: officers, seals, time stamps.",
        _SHOW,
    ),
    "anchor_days": explain(
        "Chứng thư gốc chỉ được tin trong thời hạn đã khai.",
        "An anchor is trusted on the days that were declared.",
        _SHOW,
    ),
    "anchor_organisation": explain(
        "Dưới chứng thư gốc này chỉ những cơ quan đã khai được cấp chứng thư.",
        "Under this anchor only the organisations that were declared may be certified.",
        _SHOW,
    ),
    "chain_invalid": explain(
        "Một mắt xích của chuỗi chứng thư không khớp với mắt xích khác.",
        "One link of the certificate chain does not fit another.",
        ASK,
    ),
    "algorithm_disallowed": explain(
        "Một chứng thư trong chuỗi được ký bằng thuật toán đã lỗi thời.",
        "A certificate of the chain is signed with an outdated algorithm.",
        RESIGN,
    ),
    "certificate_expired": explain(
        "Khi ký, chứng thư đã hết hạn.", "The certificate had ended when it signed.", RESIGN
    ),
    "certificate_expired_time_unproven": explain(
        "Nay chứng thư đã hết hạn, mà không có dấu thời gian cho thấy đã ký từ trước.",
        "The certificate has ended by now, and no time stamp shows that it signed before.",
        ASK,
    ),
    "certificate_not_yet_valid": explain(
        "Khi ký, chứng thư chưa đến ngày có hiệu lực.",
        "The certificate had not begun when it signed.",
        RESIGN,
    ),
    "certificate_revoked": explain(
        "Khi ký, nơi cấp đã huỷ chứng thư này.",
        "The issuer had ended this certificate when it signed.",
        RESIGN,
    ),
    "revoked_time_unproven": explain(
        "Chứng thư đã bị huỷ, mà không có dấu thời gian cho thấy đã ký từ trước.",
        "The certificate was ended, and no time stamp shows that it signed before.",
        ASK,
    ),
    "wrong_key_usage": explain(
        "Khoá này được cấp cho việc khác, không phải để ký văn bản.",
        "This key was issued for another purpose than signing documents.",
        RESIGN,
    ),
    "evidence_missing": explain(
        "Không biết được chứng thư có bị thu hồi trước khi ký hay không.",
        "It cannot be known whether the certificate was revoked before signing.",
        Words(
            "Kiểm tra bản có đủ bằng chứng (mức B-LT trở lên) hoặc hỏi nơi gửi.",
            "Check a copy with evidence (level B-LT or higher), or ask the sender.",
        ),
    ),
    "evidence_stale": explain(
        "Bằng chứng trong tệp đã quá hạn, mà không có dấu thời gian giữ lại giá trị của nó.",
        "The evidence in the file has aged, and no time stamp preserves its value.",
        Words(
            "Kiểm tra bản lưu trữ có dấu thời gian hoặc hỏi nơi gửi.",
            "Check an archived copy with a time stamp, or ask the sender.",
        ),
    ),
    "claimed_time_differs": explain(
        "Đồng hồ máy người ký chạy sai; giờ của dấu thời gian được dùng.",
        "The clock of the signer's machine was wrong; the time stamp is what counts.",
        NOTHING,
    ),
    "registered": explain(
        "Chứng thư đúng là của người, cơ quan mà dữ liệu của cơ quan này ghi.",
        "The certificate belongs to whom this office's register says.",
        NOTHING,
    ),
    "registration_unknown": explain(
        "Cơ quan này chưa đăng ký chứng thư đó; không vì thế mà sai.",
        "This office has not registered that certificate; that does not make it wrong.",
        NOTHING,
    ),
    "registration_ended": explain(
        "Chứng thư đã được cơ quan chấm dứt (mất thiết bị, thôi công tác) trước khi chữ ký được "
        "tạo.",
        "The office had ended the certificate (token lost, officer left) before the signature.",
        RESEND,
    ),
    "registration_ended_unproven": explain(
        "Chứng thư đã được cơ quan chấm dứt; không có dấu thời gian để biết ký trước hay sau đó.",
        "The office has ended the certificate; no time stamp says on which side the signature is.",
        RESEND,
    ),
    "registered_to_other": explain(
        "Chứng thư mang tên hoặc ô ký của người khác với người đã đăng ký.",
        "The certificate bears the name or field of somebody else than is registered.",
        RESEND,
    ),
}
