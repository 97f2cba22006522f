"""Who has to act: names of units in the sentences of a paper."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from documents.intake.folding import LOWER, UPPER, fold

_HEADS: Final = "|".join(
    (
        *("cac", "bo(?! luat| sung| tri| chi so| may)", "so(?! ket| voi| luong| lieu| ho)"),
        *("ban(?! sao| hanh| than| chat)", "uy ban", "ubnd", "hdnd", "hoi dong"),
        *("hoi(?! nghi| thao| hop)", "van phong", "vpub", "thanh tra", "cong an", "tap chi"),
        *("dai(?! hoi| dien| bieu)", "bao(?! cao| dam| ve| gom)", "cong thong tin", "cong ttdt"),
        *("trung tam", "doanh nghiep", "don vi", "co quan", "thuong truc", "tinh uy", "thanh uy"),
        *("huyen uy", "dang uy", "mttq", "mat tran", "lien doan", "tinh doan", "cuc", "chi cuc"),
        *("vu", "phong(?!,| chong)", "vien", "hoc vien", "truong (?:dai hoc|cao dang|chinh tri)"),
        *(
            "ngan hang",
            "kho bac",
            "chu dau tu",
            "ben moi thau",
            "chu tich",
            "giam doc",
        ),  # codespell:ignore tich
        *("thu truong", "nguoi dung dau", "bql", "to chuc (?:dang|chinh tri|doan|ca nhan)"),
        *("dia phuong", "cap uy", "tong cong ty", "cong ty", "lanh dao", "chi huy", "bo chi huy"),
    )
)
"""First words of names of units, folded; what follows rules out other words with these letters."""

_STARTS_WITH_HEAD = re.compile(rf"^(?:{_HEADS})\b")
_ORDERS = re.compile(
    r"\b(?:yeu cau|de nghi|(?<!tuyen )(?<!ban )(?<!ton )giao(?: cho| nhiem vu cho)?"
    r"|phan cong|chi dao)\s+(?=\S)"
)
_VERBS: Final = "|".join(
    (
        *("xay dung", "bao cao", "chu tri", "chu dong", "theo doi", "theo", "can cu", "tong hop"),
        *("to chuc", "thuc hien", "phoi hop", "ra soat", "tiep tuc", "khan truong", "nghien cuu"),
        *("phai", "co trach nhiem", "chiu trach nhiem", "se", "can", "tang cuong", "day manh"),
        *("tham muu", "huong dan", "bao dam", "dam bao", "nghiem tuc", "thuong xuyen", "kip thoi"),
        *("trien khai", "quan triet", "pho bien", "gui", "lap", "hoan thanh", "kiem tra"),
        *("don doc", "phe duyet", "ban hanh", "bo tri", "kien toan", "nang cao", "thong bao"),
        *("tuyen truyen", "quan tam", "uu tien", "cap nhat", "trinh", "de xuat", "tham dinh"),
        *("co y kien", "nhan thuc", "dinh ky", "truoc ngay", "cham nhat", "trong thang"),
        *("trong quy", "trong nam", "cu the", "duy tri", "ap dung", "khai thac", "thong nhat"),
        *("lam dau moi", "tap trung", "giai quyet", "xu ly", "lanh dao", "chi dao", "tiep nhan"),
        *("dang ky", "chuan bi", "cung cap", "chuyen", "day nhanh"),
    )
)
_VERB = re.compile(rf"(?:^|[\s,])(?:{_VERBS})(?=[\s,.;:]|$)")
_VERB_IN_NAME = re.compile(r"(?:chi dao|lanh dao|kiem tra|to chuc|tuyen truyen|tham muu|tong hop)$")
_NOUN_BEFORE = re.compile(r"\b(?:co quan|ban|phong|cuc|vu|hoi|nguoi|cap uy|cong tac)$")
_NAME_JOINS = re.compile(r",\s+|\s+và\s+|\s+va\s+|;\s+")
_LONGEST: Final = 220
_AREA = re.compile(r"\s+trên địa bàn .*$", re.IGNORECASE)
_LABELLED = re.compile(
    r"^\s*[-–•+]?\s*(?:don vi|co quan)?\s*(?:chu tri|thuc hien|chu tri thuc hien|chu tri tham muu)"
    r"[^:]{0,30}:"
)
_LABEL = re.compile(
    r"^\s*[-–•+*]?\s*(?:[ĐD]i[ềe]u \d{1,3}[.:]\s+)?(?:\(?[\dIVXa-zđ]{1,4}(?:\.\d{1,2})*[.)]+\s+)?"
)


def starts_with_unit(text: str) -> bool:
    """Tell whether a text opens with the head word of a unit's name."""
    return bool(_STARTS_WITH_HEAD.match(fold(text.strip())))


def labelled_units(text: str) -> str | None:
    """Return what follows "Đơn vị chủ trì thực hiện:" and its like; None without such a label."""
    folded = fold(text)
    if len(folded) != len(text):
        return None
    match = _LABELLED.match(folded)
    if match is None:
        return None
    label = folded[: match.end()]
    if "phoi hop" in label:
        return None
    return text[match.end() :].strip(" .;") or None


def unit_list(text: str) -> tuple[str, ...]:
    """Split a list of units where a new name begins."""
    names: list[str] = []
    last = 0
    for joint in _NAME_JOINS.finditer(text):
        if _opens_name(text[joint.end() :], strong=joint.group().strip() == ";"):
            names.append(text[last : joint.start()])
            last = joint.end()
    names.append(text[last:])
    return tuple(name.strip(" .,;:") for name in names if name.strip(" .,;:"))


def _opens_name(text: str, *, strong: bool) -> bool:
    if strong:
        return True
    if re.match(r"các\b|cac\b|Các\b", text):
        return True
    return text[:1].isupper() and starts_with_unit(text)


def ordered_units(sentence: str, *, before: int) -> tuple[str, ...]:
    """Return the units after the last order word ("yêu cầu", "giao") before a place."""
    folded = fold(sentence)
    if len(folded) != len(sentence):
        return ()
    for order in reversed(list(_ORDERS.finditer(folded, 0, max(before, 1)))):
        units = _subject(sentence[order.end() :])
        if units:
            return units
    return ()


def subject_units(sentence: str) -> tuple[str, ...]:
    """Return the units that a sentence opens with, also after "Báo cáo tháng: "."""
    text = _LABEL.sub("", sentence, count=1)
    units = _subject(text)
    if units:
        return units
    colon = text.find(": ")
    if 0 < colon < 60:  # noqa: PLR2004 - a short opening, not a whole sentence
        return _subject(text[colon + 2 :])
    return ()


def later_subject(sentence: str) -> tuple[str, ...]:
    """Return a subject after an opening clause: ", doanh nghiệp cho thuê lại phải nộp …"."""
    folded = fold(sentence)
    if len(folded) != len(sentence):
        return ()
    for comma in re.finditer(r",\s+", folded):
        rest = folded[comma.end() :]
        if _STARTS_WITH_HEAD.match(rest) and re.match(
            r"[^,.;:]{4,90}? (?:phai|co trach nhiem|chiu trach nhiem|se|can) ", rest
        ):
            return _subject(sentence[comma.end() :])
    return ()


def _subject(text: str) -> tuple[str, ...]:
    """Return the units that a text opens with, up to its verb."""
    folded = fold(text)
    if len(folded) != len(text) or not starts_with_unit(text):
        return ()
    end = _verb_at(folded[:_LONGEST])
    if end is None:
        return ()
    return unit_list(text[:end].rstrip(" ,;:"))


def _verb_at(folded: str) -> int | None:
    """Find the first word that is a verb here and not part of a name."""
    stop = re.search(r"[.;:]\s", folded)
    limit = stop.start() if stop else len(folded)
    for match in _VERB.finditer(folded, 0, limit + 1):
        if match.start() < 3:  # noqa: PLR2004 - a name has letters
            continue
        in_name = _VERB_IN_NAME.match(match.group().strip(" ,"))
        if in_name and _NOUN_BEFORE.search(folded[: match.start()]):
            continue
        return match.start()
    return None


def whole_name(units: Sequence[str], context: str) -> tuple[str, ...]:
    """Complete a short name from its context: "Văn phòng" of "Văn phòng Trung ương Đảng"."""
    return tuple(_completed(unit, context) for unit in units)


def _completed(unit: str, context: str) -> str:
    if len(unit.split()) > 2:  # noqa: PLR2004 - long names are whole
        return unit
    longer = re.findall(
        rf"\b{re.escape(unit)}(?:\s+[{UPPER}][^\W\d_]*(?:\s+[{LOWER}]+(?=\s+[{UPPER}]))?)+", context
    )
    return max(longer, key=longer.count) if longer and unit[:1].isupper() else unit


def without_area(names: Iterable[str]) -> tuple[str, ...]:
    """Drop "trên địa bàn …" from addressees, which says where and not who."""
    return tuple(_AREA.sub("", name) for name in names)
