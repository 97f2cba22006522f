"""Writes a whole story of another office: a plan of a people's committee to many units.

Half of the units have mail, half a document system of their own (QCVN 102) with mail behind it.
Everybody here is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PEOPLE = {
    "drafter": "soan", "content_reviewer": "noi", "form_reviewer": "thuc", "signatory": "ky",
    "clerk": "thu", "follow_up": "doi",
}  # fmt: skip
ROLES = {
    "soan": "drafter", "noi": "content_reviewer", "thuc": "form_reviewer", "ky": "signatory",
    "thu": "registry_clerk", "doi": "follow_up", "hanh": "operator", "quan": "administrator",
}  # fmt: skip
TITLE = "Rà soát, số hóa hồ sơ lưu trữ năm 2026 trên địa bàn tỉnh"
BODY = """Thực hiện Luật Lưu trữ, Ủy ban nhân dân tỉnh ban hành kế hoạch như sau:

I. MỤC TIÊU

1. Rà soát toàn bộ hồ sơ lưu trữ của các đơn vị.

2. Số hóa hồ sơ có thời hạn bảo quản vĩnh viễn.

II. TỔ CHỨC THỰC HIỆN

1. Ủy ban nhân dân các xã, phường rà soát hồ sơ lưu trữ và báo cáo kết quả trước ngày 15/10/2026.

2. Sở Nội vụ theo dõi, đôn đốc việc thực hiện.
"""
SENTENCE = (
    "Ủy ban nhân dân các xã, phường rà soát hồ sơ lưu trữ và báo cáo kết quả trước ngày 15/10/2026."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What each unit does; identifiers."""

    units: tuple[str, ...]
    good: tuple[str, ...]
    """Report in time."""
    late: tuple[str, ...]
    """Report after the day."""
    silent: tuple[str, ...]
    """Never report."""
    bounced: tuple[str, ...]
    """Their mail server refuses for good, and there is no other way."""
    deferred: tuple[str, ...]
    """Their mail server takes the second try."""
    refused: tuple[str, ...]
    """Their document system refuses (02)."""

    def has_system(self, unit: str) -> bool:
        """Tells whether a unit has a document system of its own."""
        return self.units.index(unit) % 2 == 1


def cast(size: int) -> Cast:
    """Casts the parts: of ten units one is late, one silent; one bounces, one refuses in all."""
    units = tuple(f"xa-{at:03d}" for at in range(size))
    bounced, refused = (units[0],), (units[1],)
    deferred = units[2 : 2 + max(1, size // 20) * 2 : 2]
    others = [one for one in units if one not in (*bounced, *refused)]
    late = tuple(others[4::10])
    silent = tuple(others[7::10])
    good = tuple(one for one in others if one not in (*late, *silent))
    return Cast(
        units=units, good=good, late=late, silent=silent, bounced=bounced, deferred=deferred,
        refused=refused,
    )  # fmt: skip


def write_story(folder: Path, parts: Cast, last: Days) -> Path:
    """Writes office, source, reviewed fields and story; returns the story's path."""
    (folder / "office.toml").write_text(_office(parts), encoding="utf-8")
    (folder / "body.txt").write_text(BODY, encoding="utf-8")
    (folder / "source.txt").write_text(_source(), encoding="utf-8")
    (folder / "reviewed.toml").write_text(_reviewed(), encoding="utf-8")
    story = folder / "story.toml"
    story.write_text(_story(parts, last), encoding="utf-8")
    return story


def _office(parts: Cast) -> str:
    lines = [
        """
[office]
organisation = "ubnd-tinh"
mailbox = "vanthu@ubnd.example"
test_only = true
"""
    ]
    lines += [
        _organisation("van-phong-tren", "Cơ quan cấp trên", "tren@tren.example"),
        _organisation(
            "ubnd-tinh", "Ủy ban nhân dân tỉnh Thử Nghiệm", "vanthu@ubnd.example",
            parent="van-phong-tren",
        ),
    ]  # fmt: skip
    for unit in parts.units:
        if parts.has_system(unit):
            lines.append(_organisation(
                unit, f"Ủy ban nhân dân {unit}", unit, parent="ubnd-tinh",
                more=f'channel = "edxml_folder"\nemail = "{unit}@xa.example"\n'
                f'channels = [{{ channel = "smtp", address = "{unit}@xa.example" }}]\n',
            ))  # fmt: skip
        else:
            lines.append(_organisation(
                unit, f"Ủy ban nhân dân {unit}", f"{unit}@xa.example", parent="ubnd-tinh"
            ))  # fmt: skip
    members = ", ".join(f'"{one}"' for one in parts.units)
    lines.append(
        '[[group]]\nid = "xa-phuong"\nname = "Ủy ban nhân dân các xã, phường"\n'
        f"members = [{{ organisations = [{members}], valid_from = 2025-07-01 }}]\n"
    )
    for who, role in ROLES.items():
        lines.append(
            f'[[officer]]\nid = "{who}"\nname = "Người {who.capitalize()}"\n'
            f'email = "{who}@ubnd.example"\nposts = [{{ organisation = "ubnd-tinh", '
            f'title = "Cán bộ {who}", roles = ["{role}"], valid_from = 2025-07-01 }}]\n'
            "invented = true\n"
        )
    lines.append("""
[[authority]]
id = "thay-mat"
officer = "ky"
organisation = "ubnd-tinh"
capacity = "TM"
on_behalf_of = "Ủy ban nhân dân"
position = "Chủ tịch"
lines = ["TM. ỦY BAN NHÂN DÂN"]
valid_from = 2025-07-01

[[series]]
id = "kh-2026"
organisation = "ubnd-tinh"
regime = "state"
period_from = 2026-01-01
period_to = 2026-12-31
stands_at = 212
""")
    return "\n".join(lines)


def _organisation(key: str, name: str, address: str, *, parent: str = "", more: str = "") -> str:
    above = f'parent = "{parent}"\n' if parent else ""
    return (
        f'[[organisation]]\nid = "{key}"\nname = "{name}"\nregime = "state"\n'
        f'address = "{address}"\nplace = "Thử Nghiệm"\nvalid_from = 2025-07-01\n'
        f"invented = true\n{above}{more}"
    )


def _source() -> str:
    return (
        "ỦY BAN NHÂN DÂN\nTỈNH THỬ NGHIỆM\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "Độc lập - Tự do - Hạnh phúc\nSố: 213/KH-UBND\nThử Nghiệm, ngày 07 tháng 9 năm 2026\n"
        f"KẾ HOẠCH\n{TITLE}\n\n{BODY}\n"
        "Nơi nhận:\n- UBND các xã, phường;\n- Lưu: VT, NC.\n"
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNgười Ky\n"
    )


def _reviewed() -> str:
    return f"""
number_full = "213/KH-UBND"
issue_date = 2026-09-07
regime = "state"
doc_type = "Kế hoạch"
symbol = "KH-UBND"
issuer = "Ủy ban nhân dân tỉnh Thử Nghiệm"
parent_issuer = ""
header_parent = ""
header_issuer = "Ủy ban nhân dân tỉnh Thử Nghiệm"
place = "Thử Nghiệm"
title = "{TITLE}"
body = "body.txt"

[signer]
capacity = "TM."
on_behalf_of = "Ủy ban nhân dân"
position = "Chủ tịch"
name = "Người Ky"
capacity_lines = ["TM. ỦY BAN NHÂN DÂN"]

[[recipient]]
raw = "UBND các xã, phường"
role = "action"
group = true
groups = ["xa-phuong"]

[[recipient]]
raw = "Lưu: VT, NC"
role = "archive"
organisations = ["ubnd-tinh"]

[[task]]
ref = "II.1"
units = ["Ủy ban nhân dân các xã, phường"]
what = "Rà soát hồ sơ lưu trữ và báo cáo kết quả"
sentence = "{SENTENCE}"
is_report = true
deadline_raw = "trước ngày 15/10/2026"
kind = "before_date"
named_date = 2026-10-15
last_allowed_day = 2026-10-14
inclusive = false
groups = ["xa-phuong"]
"""


STEPS = (
    ("2026-09-07T08:05", "drafter", "draft"),
    ("2026-09-07T08:10", "drafter", "submit"),
    ("2026-09-07T08:20", "content_reviewer", "check_content"),
    ("2026-09-07T08:30", "form_reviewer", "check_form"),
    ("2026-09-07T08:40", "signatory", "approve"),
    ("2026-09-07T08:50", "clerk", "take_number"),
    ("2026-09-07T09:00", "signatory", "sign"),
    ("2026-09-07T09:10", "clerk", "seal"),
    ("2026-09-07T09:20", "clerk", "issue"),
    ("2026-10-12T15:00", "follow_up", "accept_reports"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """When the late ones answer, and when the story ends."""

    late: str
    end: str

    @property
    def steps(self) -> tuple[tuple[str, str, str], ...]:
        """What is done on the last day."""
        return (
            (f"{self.end}T14:00", "follow_up", "accept_reports"),
            (f"{self.end}T15:00", "follow_up", "consolidate"),
            (f"{self.end}T15:30", "drafter", "draft_upwards"),
        )


SHORT = Days(late="2026-10-16", end="2026-10-20")
THREE_MONTHS = Days(late="2026-10-28", end="2026-12-07")


def _story(parts: Cast, last: Days) -> str:
    people = "".join(f'{part} = "{who}"\n' for part, who in PEOPLE.items())
    lines = [
        'title = "Kế hoạch gửi nhiều đơn vị qua hai kênh"',
        'office = "office.toml"\nsource = "source.txt"\nreviewed = "reviewed.toml"',
        f"starts = 2026-09-07T08:00:00+07:00\nends = {last.end}T17:00:00+07:00\n",
        f'[people]\n{people}authority = "thay-mat"\n',
    ]
    for at, who, does in (*STEPS, *last.steps):
        lines.append(f'[[step]]\nat = {at}:00+07:00\nwho = "{who}"\ndoes = "{does}"\n')
    lines += [f'[[channel]]\nunit = "{one}"\nbehaves = "bounce"\n' for one in parts.bounced]
    lines += [
        f'[[channel]]\nunit = "{one}"\nbehaves = "defer"\ntimes = 1\n' for one in parts.deferred
    ]
    for one in parts.units:
        if parts.has_system(one):
            code, words = ("02", "Sai thẩm quyền") if one in parts.refused else ("03", "Đã vào sổ")
            lines.append(
                f'[[status]]\nunit = "{one}"\nat = 2026-09-08T09:00:00+07:00\ncode = "{code}"\n'
                f'description = "{words}"\n'
            )
    lines += [_answer(parts, one, "2026-10-07T10:00") for one in parts.good]
    lines += [_answer(parts, one, f"{last.late}T10:00") for one in parts.late]
    return "\n".join(lines)


def _answer(parts: Cast, unit: str, at: str) -> str:
    ways = ("edxml",) if parts.has_system(unit) else ("mail", "upload")
    via = ways[parts.units.index(unit) // 2 % len(ways)]
    return (
        f'[[answer]]\nunit = "{unit}"\nat = {at}:00+07:00\nvia = "{via}"\n'
        f'lines = [{{ label = "Số hồ sơ", value = "{parts.units.index(unit) + 1}" }}]\n'
    )
