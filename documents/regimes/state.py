"""The State form: Nghị định 30/2020/NĐ-CP, annexes I and III; in force from 05/3/2020."""

from datetime import date

from documents.content import Regime
from documents.regimes.rules import Confidence, RegimeRules, Source

_ND30 = Source(name="NĐ 30/2020/NĐ-CP", valid_from=date(2020, 3, 5))
_OFFICE = Source(name="Thông lệ văn phòng, chưa kiểm chứng;", valid_from=date(2020, 3, 5))
_RETYPED = Confidence.RETYPED_LAW
_REAL = Confidence.REAL_DOCUMENT
_OPEN = Confidence.UNVERIFIED

TYPES = (
    "NQ Nghị quyết", "QĐ Quyết định", "CT Chỉ thị", "QC Quy chế", "QyĐ Quy định",
    "TC Thông cáo", "TB Thông báo", "HD Hướng dẫn", "CTr Chương trình", "KH Kế hoạch",
    "PA Phương án", "ĐA Đề án", "DA Dự án", "BC Báo cáo", "BB Biên bản", "TTr Tờ trình",
    "HĐ Hợp đồng", "CĐ Công điện", "BGN Bản ghi nhớ", "BTT Bản thỏa thuận",
    "GUQ Giấy ủy quyền", "GM Giấy mời", "GGT Giấy giới thiệu", "GNP Giấy nghỉ phép",
    "PG Phiếu gửi", "PC Phiếu chuyển", "PB Phiếu báo",
)  # fmt: skip

RULES = RegimeRules(
    regime=Regime.STATE,
    rules=(
        _ND30.rule("margin_top_mm", 20.0, "PL I I.3 (20-25 mm)", _RETYPED),
        _ND30.rule("margin_bottom_mm", 20.0, "PL I I.3 (20-25 mm)", _RETYPED),
        _ND30.rule("margin_left_mm", 30.0, "PL I I.3 (30-35 mm)", _RETYPED),
        _ND30.rule("margin_right_mm", 15.0, "PL I I.3 (15-20 mm)", _RETYPED),
        _ND30.rule("page_number_pt", 13.0, "PL I I.7 (13-14)", _RETYPED),
        _ND30.rule(
            "motto",
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
            "PL I II.1 (ô 1)",
            _RETYPED,
        ),
        _ND30.rule("motto_pt", 13.0, "PL I II.1.a (12-13)", _RETYPED),
        _ND30.rule("motto_line_pt", 14.0, "PL I II.1.b (13-14)", _RETYPED),
        _ND30.rule("parent_pt", 13.0, "PL I II.2 (12-13)", _RETYPED),
        _ND30.rule("issuer_pt", 13.0, "PL I II.2 (12-13)", _RETYPED),
        _ND30.rule("issuer_mark", "line", "PL I II.2 (1/3-1/2 độ dài dòng chữ)", _RETYPED),
        _ND30.rule("number_prefix", "Số: ", "PL I II.3 (ô 3)", _RETYPED),
        _ND30.rule("number_pt", 13.0, "PL I II.3", _RETYPED),
        _ND30.rule("date_pt", 14.0, "PL I II.4 (13-14)", _RETYPED),
        _ND30.rule("type_pt", 14.0, "PL I II.5 (13-14)", _RETYPED),
        _ND30.rule("title_pt", 14.0, "PL I II.5 (13-14)", _RETYPED),
        _ND30.rule("title_mark", "line", "PL I II.5 (1/3-1/2 độ dài dòng chữ)", _OPEN),
        _ND30.rule("letter_title_pt", 13.0, "PL I II.5 (12-13, ô 5b)", _RETYPED),
        _ND30.rule("letter_title_style", "normal", "PL I II.5 (chữ đứng, ô 5b)", _RETYPED),
        _ND30.rule("addressee_pt", 14.0, "PL I II.9 (13-14)", _RETYPED),
        _ND30.rule("body_pt", 14.0, "PL I II.6 (13-14)", _RETYPED),
        _ND30.rule("indent_mm", 12.7, "PL I II.6 (1 hoặc 1,27 cm)", _RETYPED),
        _ND30.rule("paragraph_gap_pt", 6.0, "PL I II.6 (từ 6 pt)", _RETYPED),
        _ND30.rule("leading_em", 0.55, "PL I II.6 (cách dòng 1-1,5)", _RETYPED),
        _ND30.rule("end_mark", "./.", "", _REAL),
        _ND30.rule("capacity_pt", 14.0, "PL I II.7 (13-14)", _RETYPED),
        _ND30.rule("capacity_words", ("TM.", "KT.", "TL.", "TUQ.", "Q."), "PL I II.7", _RETYPED),
        _ND30.rule("deputy_capacity", "KT.", "Đ13", Confidence.LAW_TEXT),
        _ND30.rule("recipients_title", "bold-italic", "PL I II.9", _RETYPED),
        _ND30.rule("recipients_title_pt", 12.0, "PL I II.9", _RETYPED),
        _ND30.rule("recipients_pt", 11.0, "PL I II.9", _RETYPED),
        _ND30.rule("recipient_end", ";", "PL I II.9", _RETYPED),
        _ND30.rule("archive_start", "Lưu: ", "PL I II.9", _RETYPED),
        _ND30.rule("urgency_words", ("Hỏa tốc", "Thượng khẩn", "Khẩn"), "PL I III.2.b", _RETYPED),
        _ND30.rule("urgency_boxes_mm", ("30x8", "40x8", "20x8"), "PL I III.2.b", _RETYPED),
        # On an electronic paper the reference under an annex need not be filled in.
        _ND30.rule("annex_reference", "blank", "PL I III.1.c", _RETYPED),
        _ND30.rule("number_separator", "/", "PL I II.3", _RETYPED),
        _ND30.rule("types", TYPES, "Đ7, PL III", _RETYPED),
        _ND30.rule("letter_code", "", "PL I II.3 (công văn không có chữ viết tắt)", _RETYPED),
        _OFFICE.rule("table_pt", 12.0, "", _OPEN),
        _ND30.rule("officer_box_mm", ("64", "32"), "PL I II.7.d (chỗ ký)", _RETYPED),
        _ND30.rule("seal_box_mm", ("36", "36"), "PL I II.8.a (kích thước thật của dấu)", _RETYPED),
    ),
)
"""Rules of the State form. Clauses name the annex and point; sizes in points."""
