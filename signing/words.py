"""Every finding: code, loudness, what it does to the verdict, and its Vietnamese sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Final

from signing.verdict import Finding, Severity, Verdict

VIETNAM: Final = timezone(timedelta(hours=7))
TEST_BANNER: Final = "THỬ NGHIỆM: chứng thư không có giá trị pháp lý."


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means."""

    severity: Severity
    effect: Verdict
    template: str
    """Sentence with named places."""


def _info(template: str) -> Rule:
    return Rule(Severity.INFO, Verdict.PASSED, template)


def _warn(template: str) -> Rule:
    return Rule(Severity.WARNING, Verdict.PASSED, template)


def _unsure(template: str) -> Rule:
    return Rule(Severity.WARNING, Verdict.INDETERMINATE, template)


def _bad(template: str) -> Rule:
    return Rule(Severity.ERROR, Verdict.FAILED, template)


def _shut(template: str) -> Rule:
    return Rule(Severity.ERROR, Verdict.UNREADABLE, template)


RULES: Final[dict[str, Rule]] = {
    # The file as a whole.
    "empty_file": _shut("Tệp rỗng (0 byte), không có gì để kiểm tra."),
    "not_pdf": _shut("Tệp không phải là tệp PDF."),
    "too_large": _shut("Tệp lớn hơn giới hạn {limit_mb} MB."),
    "structure_unreadable": _shut("Cấu trúc tệp PDF bị hỏng hoặc không được hỗ trợ."),
    "encrypted": _shut("Tệp được bảo vệ bằng mật khẩu."),
    "password_wrong": _shut("Tệp được bảo vệ bằng mật khẩu; mật khẩu đã cho không mở được tệp."),
    "decrypted": _info("Tệp được mã hoá; đã mở được để kiểm tra."),
    "time_limit": _shut("Kiểm tra vượt quá thời gian cho phép ({seconds} giây)."),
    "resource_limit": _shut("Kiểm tra vượt quá bộ nhớ hoặc thời gian xử lý cho phép."),
    "judge_ended": _shut("Tiến trình kiểm tra dừng đột ngột (mã {status})."),
    "report_refused": _shut("Tiến trình kiểm tra trả lời sai quy cách nên không dùng được."),
    "pages_unreadable": _shut("Không vẽ được các trang của tệp để so sánh."),
    "unsigned": Rule(Severity.INFO, Verdict.UNSIGNED, "Tệp này không có chữ ký số."),
    "saved_anew": _bad(
        "Tệp đã được lưu lại bằng phần mềm khác sau khi ký nên chữ ký không còn gắn với văn bản."
    ),
    "signature_removed": _bad(
        "Tệp còn một chữ ký mà không ô ký nào trỏ tới: chữ ký đó đã bị gỡ hoặc bị che."
    ),
    "revision_unreached": _bad(
        "Tệp chứa một phiên bản bị che khuất: nội dung hiện ra không phải là nội dung mới nhất."
    ),
    "hybrid_same": _info("Tệp có hai bảng tra cứu (thường do Word tạo); cả hai cho cùng nội dung."),
    "hybrid_differs": _bad("Tệp có hai bảng tra cứu cho hai nội dung khác nhau."),
    "trailing_bytes": _unsure("Có dữ liệu lạ sau phần cuối cùng của tệp."),
    "trailing_blank": _info("Sau phần cuối cùng của tệp có thêm ký tự trắng."),
    "entries_doubled": _bad("Bảng tra cứu của tệp ghi hai vị trí cho cùng một đối tượng."),
    "revisions_overlap": _bad("Các phiên bản trong tệp nằm chồng lên nhau."),
    "hidden_objects": _bad("Sau chữ ký có dữ liệu không thuộc phiên bản nào của tệp."),
    "entry_redirected": _bad(
        "Một phiên bản sau khi ký trỏ đối tượng về nội dung của phiên bản khác."
    ),
    "object_shared": _bad(
        "Tệp được chuẩn bị để một thành phần đóng hai vai, nên nội dung có thể đổi sau khi ký."
    ),
    "metadata_unsafe": _bad("Thông tin mô tả tệp thêm sau khi ký có dạng không an toàn."),
    "looks_regenerated": _bad("Sau khi ký, tệp yêu cầu vẽ lại nội dung các ô nhập."),
    "later_bytes_unclear": _unsure(
        "Sau khi ký tệp có thêm dữ liệu, mà bảng tra cứu của tệp viết khác chuẩn."
    ),
    "script_added": _bad("Ô chữ ký thêm sau khi ký có gắn mã lệnh hoặc hành động."),
    "look_without_signature": _bad("Sau khi ký, tệp có thêm hình trên trang mà không ai ký."),
    "look_unframed": _bad(
        "Hình của một ô thêm hoặc điền sau khi ký không có khung, nên có thể vẽ khắp trang."
    ),
    "stamp_shows": _bad(
        "Dấu thời gian thêm sau khi ký có hình trên trang; không người ký nào chịu trách nhiệm."
    ),
    "widget_covers_page": _bad("Hình của một chữ ký sau che phần lớn trang văn bản."),
    "test_certificates": _warn(TEST_BANNER),
    # One signature: mathematics and changes.
    "signature_intact": _info("Chữ ký khớp với nội dung được ký."),
    "content_changed": _bad("Nội dung được ký đã bị thay đổi."),
    "signature_invalid": _bad("Giá trị chữ ký không đúng với chứng thư của người ký."),
    "timestamp_mismatch": _bad("Dấu thời gian không khớp với chữ ký."),
    "coverage_partial": _bad("Chữ ký chỉ bao trùm một phần của tệp."),
    "contents_missing": _bad("Ô chữ ký không chứa giá trị chữ ký nào."),
    "changed_after_signing": _bad("Văn bản đã bị thay đổi sau khi ký ({detail})."),
    "form_value_changed": _bad("Giá trị ô nhập đã bị thay đổi sau khi ký: {fields}."),
    "no_later_changes": _info("Sau chữ ký này không có thay đổi nào."),
    "permitted_changes": _info("Sau chữ ký này chỉ có thay đổi được phép: {detail}."),
    "message_malformed": _bad("Giá trị chữ ký bị hỏng hoặc sai quy cách ({detail})."),
    "content_encapsulated": _bad("Chữ ký mang nội dung riêng bên trong, không phải văn bản này."),
    "certificate_mismatch": _bad("Chữ ký ghi một chứng thư khác với chứng thư đã dùng để ký."),
    "algorithm_mismatch": _bad("Thuật toán băm và thuật toán ký không khớp nhau ({detail})."),
    "algorithm_unknown": _unsure("Thuật toán ký {algorithm} chưa được hỗ trợ."),
    "padding_used": _warn("Sau giá trị chữ ký có dữ liệu thừa trong ô chứa chữ ký."),
    "broken_hash": _bad("Thuật toán băm {algorithm} không còn an toàn."),
    "sha1_historic": _info("Chữ ký dùng SHA-1, chỉ còn giá trị với văn bản cũ."),
    "sha1_after_cutoff": _unsure(
        "Chữ ký dùng SHA-1 mà không chứng minh được đã ký trước {cutoff}."
    ),
    "short_key": _unsure("Khoá RSA {bits} bit quá ngắn so với thời điểm ký."),
    "subfilter_unsupported": _unsure("Dạng chữ ký {subfilter} chưa được hỗ trợ."),
    "signature_unreadable": _unsure("Không đọc được chữ ký này: nó bị hỏng hoặc sai quy cách."),
    # One signature: who and when.
    "time_proven": _info("Thời điểm ký được chứng minh bằng dấu thời gian: {time}."),
    "time_not_proven": _warn(
        "Thời điểm ký chỉ là tự khai; kết quả này hết hiệu lực khi chứng thư hết hạn."
    ),
    "timestamp_untrusted": _unsure("Chưa tin cậy được dấu thời gian: {detail}."),
    "timestamp_in_future": _unsure("Dấu thời gian ghi thời điểm sau lúc kiểm tra ({time})."),
    "last_archive_stamp_evidence": _info(
        "Áp dụng quy tắc last_archive_stamp_evidence: bằng chứng lấy lúc đóng dấu thời gian được "
        "chấp nhận khi chứng thư dấu thời gian còn hạn; cần gia hạn trước {renew}."
    ),
    "chain_trusted": _info("Chứng thư do {issuer} cấp, dẫn tới gốc tin cậy {root}."),
    "issuer_unknown": _unsure("Chưa có chứng thư gốc tin cậy cho cơ quan cấp {issuer}."),
    "anchor_purpose": _unsure("Chứng thư gốc {anchor} không được cơ quan tin cho việc này."),
    "anchor_days": _unsure("Chứng thư gốc {anchor} chỉ được cơ quan tin {days}."),
    "anchor_organisation": _unsure(
        "Cơ quan chưa tin chứng thư gốc {anchor} cho chứng thư của {organisation}."
    ),
    "chain_invalid": _unsure("Chuỗi chứng thư không hợp lệ ({detail})."),
    "algorithm_disallowed": _unsure("Chuỗi chứng thư dùng thuật toán không còn được chấp nhận."),
    "certificate_expired": _bad("Chứng thư đã hết hạn trước thời điểm ký ({time})."),
    "certificate_expired_time_unproven": _unsure(
        "Chứng thư đã hết hạn và không chứng minh được văn bản được ký trước đó."
    ),
    "certificate_not_yet_valid": _bad("Chứng thư chưa có hiệu lực tại thời điểm ký."),
    "certificate_revoked": _bad("Chứng thư đã bị thu hồi ngày {day}, trước thời điểm ký."),
    "revoked_time_unproven": _unsure(
        "Chứng thư đã bị thu hồi ngày {day} và không chứng minh được văn bản được ký trước đó."
    ),
    "wrong_key_usage": _bad("Chứng thư không được cấp để ký văn bản."),
    "evidence_missing": _unsure("Thiếu bằng chứng còn hạn về tình trạng thu hồi của chứng thư."),
    "evidence_stale": _unsure("Bằng chứng về tình trạng thu hồi đã cũ."),
    "claimed_time_differs": _info("Giờ ký tự khai ({claimed}) muộn hơn dấu thời gian."),
    "registered": _info("Chứng thư đã đăng ký cho {name}."),
    "registration_unknown": _info("Chứng thư không có trong dữ liệu đăng ký của cơ quan này."),
    "registered_to_other": _bad("Chứng thư không phải là chứng thư đã đăng ký cho {name}."),
    "registration_ended": _bad(
        "Cơ quan đã ngừng dùng chứng thư này của {name} từ sau ngày {day}, trước khi ký."
    ),
    "registration_ended_unproven": _unsure(
        "Cơ quan đã ngừng dùng chứng thư này của {name} từ sau ngày {day} và không chứng minh được "
        "văn bản ký trước đó."
    ),
}

ADVICE: Final[dict[str, str]] = {
    "issuer_unknown": "nếu cơ quan tin nơi cấp này, người quản trị thêm chứng thư gốc của nó "
    "(Chứng thư gốc tin cậy, hoặc trinhky trust add) rồi kiểm tra lại",
    "anchor_purpose": "nếu cơ quan tin cả việc này, người quản trị khai lại (Chứng thư gốc tin "
    "cậy, hoặc trinhky trust add)",
    "anchor_days": "người quản trị xem lại thời hạn đã khai (Chứng thư gốc tin cậy, hoặc trinhky "
    "trust show)",
    "anchor_organisation": "nếu cơ quan ấy được cấp chứng thư dưới gốc này, người quản trị khai "
    "thêm tên (Chứng thư gốc tin cậy, hoặc trinhky trust add)",
    "evidence_missing": "kiểm tra lại với bản có đủ bằng chứng hoặc hỏi nơi gửi",
    "evidence_stale": "kiểm tra lại với bản lưu trữ có dấu thời gian hoặc hỏi nơi gửi",
    "subfilter_unsupported": "đề nghị nơi gửi ký lại theo chuẩn PAdES",
    "trailing_bytes": "đề nghị nơi gửi gửi lại bản gốc",
    "saved_anew": "đề nghị nơi gửi gửi lại bản gốc",
}
"""What a person can do, by code."""

DEFAULT_ADVICE: Final = "đối chiếu với nơi gửi trước khi sử dụng"


def finding(code: str, **places: str | int) -> Finding:
    """Makes a finding by its code."""
    rule = RULES[code]
    return Finding(
        code=code,
        severity=rule.severity,
        effect=rule.effect,
        message=rule.template.format(**places),
        places=tuple((name, str(value)) for name, value in places.items()),
    )


def shifted(moment: datetime, zone: tzinfo) -> datetime:
    """An aware instant in a zone; at either end of the calendar, which a file may claim, as is."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=zone)


def say_time(moment: datetime) -> str:
    """An instant as people in Việt Nam read it: 13:54 ngày 21/9/2022."""
    local = shifted(moment, VIETNAM)
    return f"{local:%H:%M:%S} ngày {local.day}/{local.month}/{local.year}"


def say_day(moment: datetime) -> str:
    """The day of an instant as people in Việt Nam read it: 21/9/2022."""
    return say_date(shifted(moment, VIETNAM).date())


def say_date(day: date) -> str:
    """A day as people in Việt Nam read it: 21/9/2022."""
    return f"{day.day}/{day.month}/{day.year}"


JUDGE_FAULTS: Final = frozenset({"time_limit", "resource_limit", "judge_ended", "report_refused"})
"""Findings that speak of the judge's process: of a document of our own, try again before
believing them."""
