"""The first file of an office that begins: who it is, its administrator, the rest to fill in."""

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from documents.intake.folding import fold

KEY_LIMIT: Final = 60


class Regime(StrEnum):
    """Whose rules of form and numbers an office keeps."""

    PARTY = "party"
    STATE = "state"


PARTY_TYPES: Final = (
    "Quyết định", "Kế hoạch", "Hướng dẫn", "Chương trình", "Thông báo", "Báo cáo", "Tờ trình",
    "Công văn",
)  # fmt: skip
"""Each has numbers of its own in a Party office; a State office counts all together by year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is asked of an office that begins."""

    name: str
    abbreviation: str
    """As it stands in the symbol of its papers."""
    regime: Regime
    place: str
    mailbox: str
    administrator: str
    """Full name of who sets the office up."""


def key_of(name: str) -> str:
    """Returns a key that is made from a name: small letters without marks, joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:KEY_LIMIT].strip("-") or "co-quan"


def starting_file(about: Beginning, day: date) -> str:
    """Returns an office file that can be loaded as it is, with examples of everything else.

    Lines that begin with `#` and no blank are examples: without that mark they hold.
    """
    given = {
        "name": about.name, "abbreviation": about.abbreviation, "regime": about.regime.value,
        "place": about.place, "mailbox": about.mailbox, "administrator": about.administrator,
        "office": key_of(about.name),
        "officer": key_of(about.administrator),
        "address": "đồng chí" if about.regime is Regime.PARTY else "ông/bà",
    }  # fmt: skip
    said = {key: _quoted(value) for key, value in given.items()}
    return _OFFICE.format(day=day, **said) + _series(about.regime, said["office"], day) + _LADDER


def _series(regime: Regime, office: str, day: date) -> str:
    if regime is Regime.STATE:
        one = f'[[series]]\nid = "van-ban-{day:%Y}"\norganisation = {office}\nregime = "state"\n'
        return f"{_SERIES}{one}period_from = {day:%Y}-01-01\nperiod_to = {day:%Y}-12-31\n\n"
    entries = (
        f"[[series]]\nid = {_quoted(key_of(kind))}\norganisation = {office}\n"
        f'regime = "party"\ndoc_type = {_quoted(kind)}\nperiod_from = {day:%Y}-01-01\n\n'
        for kind in PARTY_TYPES
    )
    return _SERIES + "".join(entries)


def _quoted(text: str) -> str:
    """Returns a text as TOML writes it; what JSON escapes, TOML escapes alike."""
    plain = " ".join(text.split()).replace("\x7f", "")
    return json.dumps(plain, ensure_ascii=False)


_OFFICE: Final = """\
# Tệp dữ liệu của cơ quan. Sửa và thêm rồi nạp: trinhky office load TỆP, hoặc ở cổng thông tin,
# Quản trị › Dữ liệu cơ quan. Nạp lại bao nhiêu lần cũng được: mục mới được thêm, mục khác đi được
# sửa, không mục nào bị xoá.
# Dòng có dấu # là lời giải thích; dòng có dấu # sát chữ là ví dụ: bỏ dấu # rồi sửa để dùng.

[office]
organisation = {office}
mailbox = {mailbox}
form_of_address = {address}
test_only = true  # mọi trang ghi THỬ NGHIỆM, cho đến khi khoá và chứng thư đã thật (trinhky setup)

# ---- Đơn vị: cơ quan mình, cấp trên, mọi nơi nhận văn bản ------------------------------------

[[organisation]]
id = {office}
name = {name}
abbreviation = {abbreviation}
regime = {regime}  # party: cơ quan Đảng; state: cơ quan nhà nước
place = {place}
address = {mailbox}
valid_from = {day}

#[[organisation]]
#id = "don-vi-mot"
#name = "Đơn vị nhận thứ nhất"
#regime = {regime}
#address = "don-vi-mot@vi-du.example"  # hộp thư nhận văn bản
#valid_from = {day}

# Nhóm: một tên gọi trong nơi nhận, gồm nhiều đơn vị.
#[[group]]
#id = "cac-don-vi"
#name = "Các đơn vị trực thuộc"
#members = [{{ organisations = ["don-vi-mot"], valid_from = {day} }}]

# ---- Cán bộ và vai trò ------------------------------------------------------------------------
# administrator quản trị, drafter soạn thảo, content_reviewer kiểm tra nội dung, form_reviewer kiểm
# tra thể thức, signatory ký, registry_clerk văn thư, follow_up theo dõi, operator vận hành, auditor
# giám sát. Người kiểm tra nội dung, kiểm tra thể thức và người ký phải là ba người khác nhau.

[[officer]]
id = {officer}
name = {administrator}
[[officer.posts]]
organisation = {office}
title = "Quản trị hệ thống"
roles = ["administrator"]
valid_from = {day}

#[[officer]]
#id = "nguoi-soan"
#name = "Họ tên người soạn thảo"
#email = "nguoi-soan@vi-du.example"
#[[officer.posts]]
#organisation = {office}
#title = "Chuyên viên"
#roles = ["drafter", "follow_up"]
#valid_from = {day}

#[[officer]]
#id = "nguoi-kiem-tra-noi-dung"
#name = "Họ tên người kiểm tra nội dung"
#[[officer.posts]]
#organisation = {office}
#title = "Trưởng phòng"
#roles = ["content_reviewer"]
#valid_from = {day}

#[[officer]]
#id = "nguoi-kiem-tra-the-thuc"
#name = "Họ tên người kiểm tra thể thức"
#[[officer.posts]]
#organisation = {office}
#title = "Chánh Văn phòng"
#roles = ["form_reviewer"]
#valid_from = {day}

#[[officer]]
#id = "van-thu"
#name = "Họ tên văn thư"
#[[officer.posts]]
#organisation = {office}
#title = "Văn thư"
#roles = ["registry_clerk"]
#valid_from = {day}

#[[officer]]
#id = "nguoi-ky"
#name = "Họ tên người ký"
#[[officer.posts]]
#organisation = {office}
#title = "Thủ trưởng"
#roles = ["signatory"]
#valid_from = {day}

# Quyền ký: tư cách in trên văn bản. capacity: head là thủ trưởng; còn có KT, TM, TL, TUQ,
# Q, khi ấy thêm on_behalf_of và lines, ví dụ lines = ["KT. GIÁM ĐỐC"].
#[[authority]]
#id = "thu-truong-ky"
#officer = "nguoi-ky"
#organisation = {office}
#capacity = "head"
#position = "Thủ trưởng"
#valid_from = {day}

"""
_SERIES: Final = """\
# ---- Dãy số: stands_at là số cuối đã cấp trước khi dùng Trình Ký ------------------------------

"""
_LADDER: Final = """\
# ---- Đôn đốc: trước hạn (số âm) và sau hạn, tính bằng ngày làm việc --------------------------

[[ladder]]
key = "before_3"
working_days = -3
audience = "unit"
wording = "reminder"

[[ladder]]
key = "after_1"
working_days = 1
audience = "unit"
wording = "overdue"

[[ladder]]
key = "superior_5"
working_days = 5
audience = "superior"
wording = "escalation"
"""
