"""The Party form: Hướng dẫn 36-HD/VPTW, 03/4/2018, under Quy định 66-QĐ/TW, 06/02/2017."""

from datetime import date

from documents.content import Regime
from documents.regimes.rules import Confidence, RegimeRules, Source

_HD36 = Source(name="HD 36-HD/VPTW", valid_from=date(2018, 4, 3))
_OFFICE = Source(name="Thông lệ văn phòng, chưa kiểm chứng;", valid_from=date(2018, 4, 3))
_SECOND = Confidence.SECONDARY
_REAL = Confidence.REAL_DOCUMENT
_SEEN = Confidence.SEEN_IN_SOFTWARE
_OPEN = Confidence.UNVERIFIED

TYPES = (
    "NQ Nghị quyết", "QĐ Quyết định", "CT Chỉ thị", "KL Kết luận", "QC Quy chế", "QĐi Quy định",
    "TT Thông tri", "HD Hướng dẫn", "TB Thông báo", "BC Báo cáo", "KH Kế hoạch", "QH Quy hoạch",
    "CTr Chương trình", "ĐA Đề án", "PA Phương án", "TTr Tờ trình", "CV Công văn", "BB Biên bản",
)  # fmt: skip

RULES = RegimeRules(
    regime=Regime.PARTY,
    rules=(
        _OFFICE.rule("margin_top_mm", 20.0, "HD 36", _SEEN),
        _OFFICE.rule("margin_bottom_mm", 20.0, "HD 36", _SEEN),
        _OFFICE.rule("margin_left_mm", 30.0, "HD 36", _SEEN),
        _OFFICE.rule("margin_right_mm", 15.0, "HD 36", _SEEN),
        _OFFICE.rule("page_number_pt", 14.0, "", _OPEN),
        _HD36.rule("motto", ("ĐẢNG CỘNG SẢN VIỆT NAM",), "II.1.1 (ô 1)", _SECOND),
        _HD36.rule("motto_pt", 15.0, "II.1.1", _SECOND),
        _HD36.rule("motto_line_pt", 15.0, "II.1.1", _SECOND),
        _HD36.rule("parent_pt", 14.0, "II.1.2 (ô 2)", _SECOND),
        _HD36.rule("issuer_pt", 14.0, "II.1.2", _SECOND),
        _HD36.rule("issuer_mark", "star", "II.1.2", _SECOND),
        _HD36.rule("number_prefix", "Số ", "II.1.3 (ô 3)", _SECOND),
        _HD36.rule("number_pt", 14.0, "II.1.3", _SECOND),
        _HD36.rule("date_pt", 14.0, "II.1.4", _SECOND),
        _HD36.rule("type_pt", 16.0, "II.1.5 (15-16)", _SECOND),
        _HD36.rule("title_pt", 15.0, "II.1.5 (14-15)", _SECOND),
        _OFFICE.rule("title_mark", "dashes", "", _OPEN),
        _HD36.rule("letter_title_pt", 12.0, "II.1.5 (ô 5b)", _SECOND),
        _HD36.rule("letter_title_style", "italic", "II.1.5 (ô 5b)", _SECOND),
        _HD36.rule("addressee_pt", 14.0, "II.1.9", _SECOND),
        _HD36.rule("body_pt", 14.0, "II.1.6 (14-15)", _SECOND),
        _OFFICE.rule("indent_mm", 10.0, "", _OPEN),
        _OFFICE.rule("paragraph_gap_pt", 6.0, "", _OPEN),
        _OFFICE.rule("leading_em", 0.55, "", _OPEN),
        _HD36.rule("end_mark", "", "", _REAL),
        _OFFICE.rule("capacity_pt", 14.0, "", _OPEN),
        _HD36.rule("capacity_words", ("T/M", "K/T", "T/L"), "II.1.7.1", _SECOND),
        _HD36.rule("deputy_capacity", "K/T", "II.1.7.1", _SECOND),
        _OFFICE.rule("recipients_title", "underline", "", _OPEN),
        _OFFICE.rule("recipients_title_pt", 14.0, "", _OPEN),
        _OFFICE.rule("recipients_pt", 12.0, "", _OPEN),
        _HD36.rule("recipient_end", ",", "", _REAL),
        _HD36.rule("archive_start", "Lưu ", "", _REAL),
        _HD36.rule("urgency_words", ("Hỏa tốc", "Thượng khẩn", "Khẩn"), "II.2 (ô 10b)", _SECOND),
        _HD36.rule("urgency_boxes_mm", ("30x8", "40x8", "20x8"), "II.2 (ô 10b)", _SECOND),
        _OFFICE.rule("annex_reference", "filled", "", _OPEN),
        _HD36.rule("number_separator", "-", "II.1.3", _SECOND),
        _OFFICE.rule("types", TYPES, "", _SEEN),
        _HD36.rule("letter_code", "CV", "II.1.3", _REAL),
        _OFFICE.rule("table_pt", 12.0, "", _OPEN),
        # No display rule of the Party's own is known; those of NĐ 30 are taken.
        _OFFICE.rule("officer_box_mm", ("64", "32"), "theo NĐ 30/2020 PL I II.7.d", _OPEN),
        _OFFICE.rule("seal_box_mm", ("36", "36"), "theo NĐ 30/2020 PL I II.8.a", _OPEN),
    ),
)
"""Rules of the Party form. Sizes in points."""
