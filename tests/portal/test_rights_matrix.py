"""Every form and closed page, by every role: whose it is not is refused, and nothing changes.

The tables are the rights of this portal. A new route must be put into one of them.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from models.officer import Role
from tests.portal.browsing import Browsing
from tests.portal.seeded import Seeded
from tests.portal.test_api_whole import told
from tests.portal.test_outsiders import dump, names, path_of, routes, sends
from wiring.demo_draft import PEOPLE

__all__ = ["names"]

OFFICER: Final[Mapping[Role, str]] = {
    Role.DRAFTER: PEOPLE.drafter,
    Role.CONTENT_REVIEWER: PEOPLE.content_reviewer,
    Role.FORM_REVIEWER: PEOPLE.form_reviewer,
    Role.SIGNATORY: PEOPLE.signatory,
    Role.REGISTRY_CLERK: PEOPLE.clerk,
    Role.FOLLOW_UP: PEOPLE.follow_up,
    Role.OPERATOR: "ho-sy-nam",
    Role.AUDITOR: "cao-duc-thanh",
    Role.ADMINISTRATOR: "truong-my-linh",
}
CLERK = frozenset({Role.REGISTRY_CLERK})
SIGNATORY = frozenset({Role.SIGNATORY})
FOLLOW_UP = frozenset({Role.FOLLOW_UP})
CHASERS = frozenset({Role.FOLLOW_UP, Role.ADMINISTRATOR})
TRAY = frozenset({Role.REGISTRY_CLERK, Role.FOLLOW_UP, Role.OPERATOR, Role.AUDITOR})
AMENDERS = frozenset({Role.REGISTRY_CLERK, Role.SIGNATORY})
FORMS = frozenset({Role.FOLLOW_UP, Role.DRAFTER})
DRAFTER = frozenset({Role.DRAFTER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
KEEPERS = frozenset({Role.DRAFTER, Role.REGISTRY_CLERK, Role.ADMINISTRATOR})

CLOSED_PAGES: Final[Mapping[str, frozenset[Role]]] = {
    "/don-doc": CHASERS,
    "/lich-lam-viec/sua/{year}": CHASERS,
    "/quan-tri": ADMINISTRATOR,
    "/quan-tri/can-bo/moi": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/du-lieu": ADMINISTRATOR,
    "/quan-tri/chu-ky-tay/{officer_id}": ADMINISTRATOR,
    "/quan-tri/chu-ky-tay/{officer_id}/anh.png": ADMINISTRATOR,
    "/quan-tri/chung-thu": ADMINISTRATOR,
    "/quan-tri/du-lieu": ADMINISTRATOR,
    "/quan-tri/du-lieu/tep": ADMINISTRATOR,
    "/quan-tri/day-so": ADMINISTRATOR,
    "/quan-tri/day-so/{series_id}": ADMINISTRATOR,
    "/quan-tri/don-vi": ADMINISTRATOR,
    "/quan-tri/don-vi/moi": ADMINISTRATOR,
    "/quan-tri/don-vi/{organisation_id}": ADMINISTRATOR,
    "/quan-tri/nhom": ADMINISTRATOR,
    "/quan-tri/nhom/{group_id}": ADMINISTRATOR,
    "/quan-tri/thiet-lap": ADMINISTRATOR,
    "/quan-tri/tin-cay": ADMINISTRATOR,
    "/quan-tri/tin-cay/them": ADMINISTRATOR,
    "/quan-tri/tin-cay/{fingerprint}": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/thoi-cong-tac": ADMINISTRATOR,
    "/quan-tri/nhat-ky": OVERSEERS,
    "/quan-tri/nhat-ky/chuoi": OVERSEERS,
    "/quan-tri/nhat-ky/tep.csv": OVERSEERS,
    "/quan-tri/tai-khoan": ADMINISTRATOR,
    "/quan-tri/vang-mat": ADMINISTRATOR,
    "/soan": DRAFTER,
    "/soan/mau": KEEPERS,
    "/soan/tep": DRAFTER,
    "/thu-den": TRAY,
    "/thu-den/{message_id}": TRAY,
    "/van-ban-den/tu-thu/{message_id}": CLERK,
    "/van-ban-den/vao-so": CLERK,
    "/van-ban/{directive_id}/dong-dau": CLERK,
    "/van-ban/{directive_id}/dong-dau/chung-thu": CLERK,
    "/van-ban/{directive_id}/ky": SIGNATORY,
    "/van-ban/{directive_id}/ky/chung-thu": SIGNATORY,
}
"""Pages that are not every officer's of the office. The others show what the whole office sees."""

FORMS_OF: Final[Mapping[str, frozenset[Role]]] = {
    "/don-doc/gio-yen-lang": CHASERS,
    "/don-doc/thang": CHASERS,
    "/don-doc/thang/bo": CHASERS,
    "/lich-lam-viec/sua/{year}": CHASERS,
    "/may-ky/ma": AMENDERS,
    "/quan-tri/can-bo": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/du-lieu": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/chuc-vu": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/chuc-vu/ket-thuc": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/quyen-ky": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/quyen-ky/ket-thuc": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/dong": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/hai-lop": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/ket-thuc-phien": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/mat-khau": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/mo-khoa": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/mo-lai": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/tai-khoan": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/thoi-cong-tac": ADMINISTRATOR,
    "/quan-tri/can-bo/{officer_id}/bo-chu-ky-tay": ADMINISTRATOR,
    "/quan-tri/chu-ky-tay/{officer_id}": ADMINISTRATOR,
    "/quan-tri/chung-thu/dang-ky": ADMINISTRATOR,
    "/quan-tri/chung-thu/thu-nghiem": ADMINISTRATOR,
    "/quan-tri/chung-thu/{fingerprint}/cham-dut": ADMINISTRATOR,
    "/quan-tri/du-lieu/nap": ADMINISTRATOR,
    "/quan-tri/day-so": ADMINISTRATOR,
    "/quan-tri/day-so/{series_id}": ADMINISTRATOR,
    "/quan-tri/don-vi": ADMINISTRATOR,
    "/quan-tri/don-vi/{organisation_id}": ADMINISTRATOR,
    "/quan-tri/nhom": ADMINISTRATOR,
    "/quan-tri/nhom/{group_id}": ADMINISTRATOR,
    "/quan-tri/nhom/{group_id}/go": ADMINISTRATOR,
    "/quan-tri/nhom/{group_id}/them": ADMINISTRATOR,
    "/quan-tri/tin-cay": ADMINISTRATOR,
    "/quan-tri/tin-cay/them": ADMINISTRATOR,
    "/quan-tri/tin-cay/{fingerprint}": ADMINISTRATOR,
    "/quan-tri/tin-cay/{fingerprint}/bo": ADMINISTRATOR,
    "/quan-tri/vang-mat": ADMINISTRATOR,
    "/quan-tri/vang-mat/{absence_id}/huy": ADMINISTRATOR,
    "/quan-tri/vang-mat/{absence_id}/ket-thuc": ADMINISTRATOR,
    "/soan": DRAFTER,
    "/van-ban/{directive_id}/soan-theo": DRAFTER,
    "/phat-hanh/{directive_id}/gui-lai": CLERK,
    "/phat-hanh/{directive_id}/gui-lai-nhieu": CLERK,
    "/theo-doi/bao-cao/{report_id}/nhan": FOLLOW_UP,
    "/theo-doi/bao-cao/{report_id}/tra-lai": FOLLOW_UP,
    "/theo-doi/gia-han/{request_id}/dong-y": FOLLOW_UP,
    "/theo-doi/gia-han/{request_id}/tu-choi": FOLLOW_UP,
    "/theo-doi/nhiem-vu/{obligation_id}/da-xong": FOLLOW_UP,
    "/theo-doi/{directive_id}/bieu/{ref}": FORMS,
    "/theo-doi/{directive_id}/bieu/{ref}/bo": FORMS,
    "/theo-doi/{directive_id}/don-vi/{organisation_id}/gui-duong-dan": FOLLOW_UP,
    "/theo-doi/{directive_id}/don-vi/{organisation_id}/thu-hoi-duong-dan": FOLLOW_UP,
    "/theo-doi/{directive_id}/su-kien/{task_ref}": FOLLOW_UP,
    "/theo-doi/{directive_id}/tong-hop": frozenset(
        {Role.FOLLOW_UP, Role.DRAFTER, Role.SIGNATORY, Role.OPERATOR}
    ),
    "/theo-doi/{directive_id}/tong-hop/du-thao": DRAFTER,
    "/thu-den/{message_id}/bao-cao": FOLLOW_UP,
    "/thu-den/{message_id}/luot-gui": TRAY,
    "/thu-den/{message_id}/xep-rieng": FOLLOW_UP,
    "/van-ban-den/tep/doc": CLERK,
    "/van-ban-den/tu-thu/{message_id}": CLERK,
    "/van-ban-den/vao-so": CLERK,
    "/van-ban-den/{document_id}/gui-lai": CLERK,
    "/van-ban-den/{document_id}/kiem-tra-lai": CLERK,
    "/van-ban-den/{document_id}/phan-cong": SIGNATORY,
    "/van-ban-den/{document_id}/tiep-nhan": CLERK,
    "/van-ban-den/{document_id}/tra-lai": CLERK,
    "/van-ban/{directive_id}/dong-dau": CLERK,
    "/van-ban/{directive_id}/ky": SIGNATORY,
    "/van-ban/{directive_id}/phat-hanh": CLERK,
    "/van-ban/{directive_id}/sau-phat-hanh/noi-nhan": AMENDERS,
    "/van-ban/{directive_id}/sau-phat-hanh/thu-hoi": AMENDERS,
    "/van-ban/{directive_id}/sau-phat-hanh/tra-loi": CLERK,
    "/van-ban/{directive_id}/sua": DRAFTER,
    "/van-ban/{directive_id}/y-kien": frozenset(
        {Role.DRAFTER, Role.CONTENT_REVIEWER, Role.FORM_REVIEWER, Role.SIGNATORY}
    ),
    "/van-hanh/chay": frozenset({Role.FOLLOW_UP, Role.OPERATOR}),
}
"""Forms by path, with whose they are."""

LOOKED_AT_FIRST: Final = frozenset(
    {
        "/ban-sao/lap",
        "/ban-sao/{paper_id}/ky",
        "/don-doc/thu/{key}",
        "/don-doc/thu/{key}/bo",
        "/dong-dau-nhieu",
        "/ky-nhieu",
        "/ky-nhieu/lan/{batch_id}/dung",
        "/ky-nhieu/lan/{batch_id}/ket-thuc",
        "/ky-nhieu/lan/{batch_id}/ky",
        "/ky-noi-khac/{directive_id}/{path}",
        "/lich-lam-viec/nhap/{year}",
        "/lich-lam-viec/xem/{year}",
        "/may-ky/{device_id}/ngung",
        "/phat-hanh/{directive_id}/don-vi/{organisation_id}/{act}",
        "/so-van-ban/nhap/{key}",
        "/soan/doc/{key}/bo",
        "/soan/doc/{key}/lai",
        "/soan/luu/{key}",
        "/soan/mau/{key}/soan",
        "/soan/mau/{key}/ten",
        "/soan/mau/{key}/thu-hoi",
        "/soan/tep",
        "/soan/{key}/don-vi",
        "/soan/{key}/luu-mau",
        "/soan/{key}/nguon",
        "/soan/{key}/xoa",
        "/theo-doi/{directive_id}/lich/{task_ref}",
        "/theo-doi/{directive_id}/nhiem-vu/{obligation_id}/{what}",
        "/tai-khoan/vang-mat",
        "/tai-khoan/vang-mat/{absence_id}/huy",
        "/tai-khoan/vang-mat/{absence_id}/ket-thuc",
        "/van-ban-den/tep/tra-loi/{document_id}",
        "/van-ban-den/{document_id}/de-nghi/{request_id}/{answer}",
        "/van-ban-den/{document_id}/huy-tep",
        "/van-ban-den/{document_id}/phan-viec/{assignment_id}/{step}",
        "/van-ban-den/{document_id}/tra-loi-bang-van-ban",
        "/van-ban/bo-loc",
        "/van-ban/bo-loc/{view_id}",
        "/van-ban/bo-loc/{view_id}/xoa",
        "/van-ban/{directive_id}/gop-y",
        "/van-ban/{directive_id}/gop-y/{comment_id}/mo-lai",
        "/van-ban/{directive_id}/gop-y/{comment_id}/tra-loi",
        "/van-ban/{directive_id}/gop-y/{comment_id}/xong",
        "/van-ban/{directive_id}/phat-hanh/gui-thu",
        "/viec-cua-toi/nhan",
        "/viec-cua-toi/tra-lai",
        "/van-ban/{directive_id}/y-kien/{request_id}/ghi",
        "/van-ban/{directive_id}/y-kien/{request_id}/rut",
        "/van-ban/{directive_id}/y-kien/{request_id}/tra-loi",
        "/van-ban/{directive_id}/quyet-dinh/{deed}",
        "/van-ban/{directive_id}/sau-phat-hanh/dinh-chinh",
        "/van-ban/{directive_id}/sau-phat-hanh/thay-the",
    }
)
"""Forms that are refused for what these tests send before anybody's rights are asked. Their deeds
are tried by role in `tests/actions`; here it is only shown that nobody changes anything."""

EVERYBODY: Final = frozenset(
    {
        "/dang-xuat",
        "/tai-khoan/hai-lop/bat-dau",
        "/tai-khoan/hai-lop/ma-khoi-phuc",
        "/tai-khoan/hai-lop/tat",
        "/tai-khoan/hai-lop/xac-nhan",
        "/tai-khoan/khoa",
        "/tai-khoan/khoa/bat-dau",
        "/tai-khoan/khoa/{passkey_id}/xoa",
        "/tai-khoan/ma",
        "/tai-khoan/ma/{token_id}/huy",
        "/tai-khoan/mat-khau",
        "/tai-khoan/phien/ket-thuc",
        "/tai-khoan/phien/ket-thuc-khac",
        "/tai-khoan/thong-bao",
        "/thong-bao/doc-het",
        "/thong-bao/{notice_id}/doc",
        "/thong-bao/{notice_id}/mo",
    }
)
"""Forms about the reader alone."""


def test_every_form_has_its_row() -> None:
    known = {*FORMS_OF, *LOOKED_AT_FIRST, *EVERYBODY}
    there = {route.path for _, route in routes("POST")}
    assert there - known == set()
    assert known - there == set()
    # And its line in `docs/api.md`: the route that does the same for programs, or why none does.
    assert there - set(told()) == set()
    assert {*CLOSED_PAGES} <= {route.path for _, route in routes("GET")}


@pytest.mark.parametrize("role", Role)
def test_a_form_that_is_not_theirs_is_refused_and_changes_nothing(
    browsing: Browsing, seeded: Seeded, names: dict[str, str], role: Role
) -> None:
    browsing.sign_in(OFFICER[role])
    token, before = browsing.token(), dump(seeded)
    let_in = []
    for _, route in routes("POST"):
        if route.path in EVERYBODY or role in FORMS_OF.get(route.path, ()):
            continue
        status = sends(browsing, path_of(route, names), names, token).status_code
        refused = (403,) if route.path in FORMS_OF else (403, 404, 409, 422)
        if status not in refused:
            let_in.append((route.path, status))
    assert let_in == []
    after = dump(seeded)
    assert {table for table in after if after[table] != before[table]} == set()


@pytest.mark.parametrize("role", Role)
def test_pages_open_for_whom_they_are_and_for_nobody_else(
    browsing: Browsing, names: dict[str, str], role: Role
) -> None:
    browsing.sign_in(OFFICER[role])
    wrong = []
    for _, route in routes("GET"):
        status = browsing.get(path_of(route, names)).status_code
        theirs = role in CLOSED_PAGES.get(route.path, frozenset(Role))
        if status >= 500 or (status == 403) is theirs:
            wrong.append((route.path, status))
    # Pages about one draft, one key or one device are somebody's own: they say so themselves.
    assert [one for one in wrong if one[0] not in PERSONAL] == []


PERSONAL: Final = frozenset({"/don-doc/thang"})
