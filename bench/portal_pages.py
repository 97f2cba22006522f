"""The pages that the bench asks for, each by somebody whose page it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wiring.demo_draft import PEOPLE

OPERATOR: Final = "ho-sy-nam"
ADMINISTRATOR: Final = "truong-my-linh"
NOBODY: Final = ""
HOME: Final = "/viec-cua-toi"


@dataclass(frozen=True, slots=True)
class Page:
    """A page and who asks for it."""

    path: str
    """With names in braces, as `bench.portal_office.Asked.names` has them."""
    reader: str

    @property
    def label(self) -> str:
        """The page as the table calls it."""
        who = _WHO.get(self.reader, self.reader)
        return f"{self.path} ({who})" if self.path == HOME else self.path


_WHO: Final = {
    PEOPLE.drafter: "drafter",
    PEOPLE.content_reviewer: "content reviewer",
    PEOPLE.form_reviewer: "form reviewer",
    PEOPLE.signatory: "signatory",
    PEOPLE.clerk: "clerk",
    PEOPLE.follow_up: "follow-up",
    OPERATOR: "operator",
    ADMINISTRATOR: "administrator",
}
_BY_READER: Final = {
    NOBODY: (
        "/dang-nhap", "/kiem-tra-chu-ky", "/that", "/that/{code}", "/api/docs", "{unit}",
    ),
    PEOPLE.drafter: (
        "/van-ban", "/van-ban/{drafting}", "/van-ban/{in_review}", "/van-ban/{issued}",
        "/van-ban/{issued}?the=noi-nhan", "/van-ban/{issued}?the=nhiem-vu",
        "/van-ban/{issued}?the=phien-ban", "/van-ban/{in_review}/gop-y",
        "/van-ban/{in_review}/y-kien", "/soan", "/soan/tep", "/tai-khoan",
        "/tai-khoan/mat-khau", "/tai-khoan/hai-lop", "/thong-bao",
        "/van-ban?q=chuyen+doi+so", "/van-ban?q=1234-HD/BTGTU", "/van-ban?nam=2024",
        "/van-ban?loc=xong", "/van-ban?don-vi=thanh+uy",
        "/van-ban?q=chuyen+doi+so&don-vi=thanh+uy&nam=2024",
    ),
    PEOPLE.signatory: (
        "/van-ban/{numbered}", "/van-ban/{numbered}/ky", "/ky-nhieu", "/may-ky",
        "/van-ban-den/{document_id}",
    ),
    PEOPLE.clerk: (
        "/van-ban/{signed}/dong-dau", "/van-ban/{sealed}/phat-hanh", "/dong-dau-nhieu",
        "/van-ban-den", "/van-ban-den?loc=qua-han", "/van-ban-den/vao-so",
        "/van-ban-den/{document_id}/phieu", "/so-van-ban", "/so-van-ban?so=incoming",
        "/so-van-ban?so=follow_up", "/so-van-ban?so=postal", "/phat-hanh", "/phat-hanh/{issued}",
        "/phat-hanh/{issued}/don-vi/{organisation_id}", "/thu-den", "/thu-den/{message_id}",
        "/ban-sao", "/van-ban-den?q=uy+ban",
    ),
    PEOPLE.follow_up: (
        "/theo-doi", "/theo-doi?loc=xong", "/theo-doi/cac-don-vi", "/theo-doi/theo-han",
        "/theo-doi/bieu-do", "/theo-doi/{issued}", "/theo-doi/{issued}/nhiem-vu",
        "/theo-doi/{issued}/nhiem-vu/{obligation_id}",
        "/theo-doi/{issued}/don-vi/{organisation_id}", "/theo-doi/{issued}/bieu",
        "/theo-doi/{issued}/tong-hop", "/lich-lam-viec", "/don-doc", "/don-doc/thang?loai=*",
    ),
    OPERATOR: ("/van-hanh",),
    ADMINISTRATOR: (
        "/quan-tri", "/quan-tri/tai-khoan", "/quan-tri/can-bo/ho-sy-nam", "/quan-tri/chung-thu",
        "/quan-tri/thiet-lap", "/quan-tri/du-lieu", "/quan-tri/nhat-ky",
    ),
}  # fmt: skip
PAGES: Final = (
    *(Page(HOME, reader) for reader in _WHO),
    *(Page(path, reader) for reader, paths in _BY_READER.items() for path in paths),
)
