"""The built-in words of the letters that chase, as data: subject, text, fields.

The tone is that of a công văn đôn đốc: what is asked, by when, with what request, whom to ask.
"""

from dataclasses import dataclass
from typing import Final

FIELDS: Final = {
    "co_quan": "tên cơ quan gửi",
    "don_vi": "đơn vị nhận thư",
    "xung_ho": "cách xưng hô: đồng chí hoặc ông/bà",
    "so_ky_hieu": "số, ký hiệu văn bản",
    "van_ban": "loại, số, ngày và trích yếu văn bản",
    "viec": "“báo cáo” hoặc “thực hiện nhiệm vụ”",
    "han": "thời hạn như văn bản ghi",
    "qua_han": "số ngày làm việc đã quá hạn",
    "con_lai": "còn bao nhiêu ngày làm việc, hoặc hôm nay là ngày cuối",
    "danh_muc": "danh mục nhiệm vụ chưa có báo cáo, kèm thời hạn",
    "cach_tra_loi": "cách trả lời, đường dẫn của đơn vị và người liên hệ",
    "so_van_ban": "số văn bản trong thư",
    "so_nhiem_vu": "số nhiệm vụ trong thư",
    "so_don_vi": "số đơn vị trong thư",
    "don_vi_cham": "đơn vị chưa báo cáo",
    "thoi_diem": "thời điểm lập danh mục",
}
"""What each field stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """One kind of letter."""

    title: str
    """What it is, for people."""
    subject: str
    text: str
    fields: tuple[str, ...]
    """The fields that may be used."""
    needed: tuple[str, ...]
    """The fields that the text must have, or nobody would know what is asked."""


_ALL = ("co_quan", "don_vi", "xung_ho", "danh_muc", "cach_tra_loi", "thoi_diem")
_ONE = (*_ALL, "so_ky_hieu", "van_ban", "viec", "han", "qua_han")
_MANY = (*_ALL, "so_van_ban", "so_nhiem_vu", "qua_han")
_UP = ("co_quan", "don_vi", "xung_ho", "danh_muc", "cach_tra_loi", "thoi_diem", "qua_han")
_UP_EARLY = tuple(name if name != "qua_han" else "con_lai" for name in _UP)
_FOOT = "{cach_tra_loi}\n\n{thoi_diem}\n\nTrân trọng.\n{co_quan}\n"

BUILT_IN: Final = {
    "reminder": BuiltIn(
        title="Nhắc trước hạn, một văn bản",
        subject="[Nhắc] {so_ky_hieu}: {viec} {han}",
        text=(
            "Kính gửi: {don_vi}\n\nVề {van_ban}.\n\n"
            "{co_quan} nhắc đơn vị về thời hạn của các nhiệm vụ nêu dưới đây. "
            "Đề nghị các {xung_ho} báo cáo đúng thời hạn.\n\n"
            "Nhiệm vụ chưa có báo cáo:\n{danh_muc}\n\n" + _FOOT
        ),
        fields=_ONE, needed=("danh_muc", "cach_tra_loi"),
    ),
    "reminder_many": BuiltIn(
        title="Nhắc trước hạn, nhiều văn bản",
        subject="[Nhắc] {so_nhiem_vu} nhiệm vụ của {so_van_ban} văn bản chưa có báo cáo",
        text=(
            "Kính gửi: {don_vi}\n\n"
            "{co_quan} nhắc đơn vị về thời hạn của các nhiệm vụ nêu dưới đây, thuộc {so_van_ban} "
            "văn bản. Đề nghị các {xung_ho} báo cáo từng văn bản đúng thời hạn.\n\n"
            "{danh_muc}\n\n" + _FOOT
        ),
        fields=_MANY, needed=("danh_muc", "cach_tra_loi"),
    ),
    "overdue": BuiltIn(
        title="Đôn đốc quá hạn, một văn bản",
        subject="[Quá hạn] {so_ky_hieu}: {viec} đã quá hạn {qua_han} ngày làm việc",
        text=(
            "Kính gửi: {don_vi}\n\nVề {van_ban}.\n\n"
            "Đến nay {co_quan} chưa nhận được báo cáo của đơn vị; đã quá hạn {qua_han} ngày làm "
            "việc. Đề nghị các {xung_ho} gửi báo cáo ngay, hoặc nêu rõ lý do và thời hạn xin gia "
            "hạn.\n\nNhiệm vụ chưa có báo cáo:\n{danh_muc}\n\n" + _FOOT
        ),
        fields=_ONE, needed=("danh_muc", "cach_tra_loi"),
    ),
    "overdue_many": BuiltIn(
        title="Đôn đốc quá hạn, nhiều văn bản",
        subject=(
            "[Quá hạn] {so_nhiem_vu} nhiệm vụ của {so_van_ban} văn bản chưa có báo cáo, "
            "lâu nhất quá hạn {qua_han} ngày làm việc"
        ),
        text=(
            "Kính gửi: {don_vi}\n\n"
            "Đến nay {co_quan} chưa nhận đủ báo cáo của đơn vị về {so_van_ban} văn bản; nhiệm vụ "
            "chậm nhất đã quá hạn {qua_han} ngày làm việc. Đề nghị các {xung_ho} gửi ngay báo cáo "
            "đối với nhiệm vụ đã quá hạn, hoặc nêu rõ lý do và thời hạn xin gia hạn; báo cáo đúng "
            "thời hạn đối với nhiệm vụ còn lại.\n\n{danh_muc}\n\n" + _FOOT
        ),
        fields=_MANY, needed=("danh_muc", "cach_tra_loi"),
    ),
    "early": BuiltIn(
        title="Báo cấp trên khi chưa quá hạn, một đơn vị, một văn bản",
        subject="[Nhắc] {so_ky_hieu}: {don_vi_cham} chưa báo cáo, {con_lai}",
        text=(
            "Kính gửi: {don_vi}\n\nVề {van_ban}.\n\n"
            "Đến nay {don_vi_cham} chưa báo cáo; {con_lai}. Đề nghị các {xung_ho} nhắc đơn vị thực "
            "hiện và báo cáo đúng thời hạn.\n\n"
            "Nhiệm vụ chưa có báo cáo:\n{danh_muc}\n\n" + _FOOT
        ),
        fields=(*_UP_EARLY, "so_ky_hieu", "van_ban", "don_vi_cham"), needed=("danh_muc",),
    ),
    "early_many": BuiltIn(
        title="Báo cấp trên khi chưa quá hạn, nhiều đơn vị hoặc văn bản",
        subject="[Nhắc] {so_don_vi} đơn vị chưa báo cáo; thời hạn gần nhất: {con_lai}",
        text=(
            "Kính gửi: {don_vi}\n\n"
            "Đến nay {so_don_vi} đơn vị nêu dưới đây chưa báo cáo; thời hạn gần nhất: {con_lai}. "
            "Đề nghị các {xung_ho} nhắc các đơn vị thực hiện và báo cáo đúng thời hạn.\n\n"
            "{danh_muc}\n\n" + _FOOT
        ),
        fields=(*_UP_EARLY, "so_don_vi", "so_van_ban", "so_nhiem_vu"), needed=("danh_muc",),
    ),
    "escalation": BuiltIn(
        title="Báo cấp trên, một đơn vị, một văn bản",
        subject=(
            "[Đôn đốc] {so_ky_hieu}: {don_vi_cham} chưa báo cáo, đã quá hạn {qua_han} ngày làm việc"
        ),
        text=(
            "Kính gửi: {don_vi}\n\nVề {van_ban}.\n\n"
            "{don_vi_cham} chưa báo cáo và đã quá hạn {qua_han} ngày làm việc, dù đã được nhắc. "
            "Đề nghị các {xung_ho} chỉ đạo đơn vị thực hiện và báo cáo.\n\n"
            "Nhiệm vụ chưa có báo cáo:\n{danh_muc}\n\n" + _FOOT
        ),
        fields=(*_UP, "so_ky_hieu", "van_ban", "don_vi_cham"), needed=("danh_muc",),
    ),
    "escalation_many": BuiltIn(
        title="Báo cấp trên, nhiều đơn vị hoặc văn bản",
        subject=(
            "[Đôn đốc] {so_don_vi} đơn vị chưa báo cáo, lâu nhất quá hạn {qua_han} ngày làm việc"
        ),
        text=(
            "Kính gửi: {don_vi}\n\n"
            "{so_don_vi} đơn vị nêu dưới đây chưa báo cáo dù đã được nhắc; chậm nhất đã quá hạn "
            "{qua_han} ngày làm việc. Đề nghị các {xung_ho} chỉ đạo các đơn vị thực hiện và báo "
            "cáo.\n\n{danh_muc}\n\n" + _FOOT
        ),
        fields=(*_UP, "so_don_vi", "so_van_ban", "so_nhiem_vu"), needed=("danh_muc",),
    ),
}  # fmt: skip
"""Every kind of letter that chases."""
