"""The filters of the list of directives as they stand in its address, and what was wrong in them.

A value that means nothing is said so in a sentence and lets everything through; it stays in its
field. Everything else about the search is in `actions.searching`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode

from actions.listing.sight import Reader
from actions.searching.finding import Filters
from actions.searching.terms import LONGEST, Terms
from actions.searching.units import Meant, unit_meant
from models.lifecycle import DirectiveState
from portal.i18n.catalogue import gettext, noted

FIELDS: Final = ("q", "loc", "trang-thai", "loai", "don-vi", "nam", "tu", "den")
"""Names in the address, in the order in which it shows them."""
MOST_QUERY: Final = 12_000
MOST_TYPED: Final = 300
"""Characters of any other field than the words."""
GROUPS: Final[Mapping[str, tuple[str, frozenset[DirectiveState]]]] = {
    "": (noted("Tất cả"), frozenset(DirectiveState)),
    "dang-xu-ly": (
        noted("Đang xử lý"),
        frozenset(
            {
                DirectiveState.DRAFTING, DirectiveState.RETURNED, DirectiveState.IN_REVIEW,
                DirectiveState.APPROVED, DirectiveState.NUMBERED, DirectiveState.SIGNED,
                DirectiveState.SEALED,
            }
        ),
    ),
    "da-phat-hanh": (
        noted("Đã phát hành"), frozenset({DirectiveState.ISSUED, DirectiveState.CORRECTED})
    ),
    "ket-thuc": (
        noted("Đã kết thúc"),
        frozenset(
            {
                DirectiveState.CLOSED, DirectiveState.CANCELLED, DirectiveState.RECALLED,
                DirectiveState.REPLACED,
            }
        ),
    ),
}  # fmt: skip
_YEARS: Final = range(1900, 2201)
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_PAPER: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(slots=True, kw_only=True)
class Asked:
    """What an address asks for."""

    typed: dict[str, str]
    """Each field as it stands in the address; empty where it does not."""
    filters: Filters = field(default_factory=Filters)
    faults: dict[str, str] = field(default_factory=dict)
    """By field: what was not understood, in a sentence."""
    meant: Meant = field(default_factory=Meant)
    """What the typed unit came to."""

    @property
    def group(self) -> str:
        """The chosen group of states."""
        return self.typed["loc"] if self.typed["loc"] in GROUPS else ""

    @property
    def is_filtered(self) -> bool:
        """Tells whether anything is asked for beyond words and a group of states."""
        return any(self.typed[one] for one in FIELDS[2:])

    @property
    def is_loose(self) -> bool:
        """Tells whether several words were typed that need not follow each other."""
        return len(self.filters.terms.phrases) > 1 and '"' not in self.typed["q"]

    @property
    def quoted(self) -> str:
        """The words in quotes: to be found as they follow each other."""
        return f'"{self.typed["q"]}"'

    @property
    def kept(self) -> dict[str, str]:
        """The fields that say something."""
        return {name: value for name, value in self.typed.items() if value}

    @property
    def lasting(self) -> dict[str, str]:
        """The same with the unit by its identifier: names change, and others become like them."""
        unit = self.meant.unit
        return {**self.kept, "don-vi": unit.id} if unit else self.kept

    def address(self, **changed: str) -> str:
        """Returns the address of the same search with some fields changed; `_` stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        return address_of({name: it for name, it in {**self.typed, **named}.items() if it})

    @property
    def query(self) -> str:
        """What stands behind the question mark, without a place to go on from."""
        return urlencode(self.kept)


def address_of(fields: Mapping[str, str]) -> str:
    """Returns the address of the list with some fields."""
    return f"/van-ban?{urlencode(fields)}" if fields else "/van-ban"


def fields_of(query: str) -> dict[str, str]:
    """Returns the fields of the query of such an address."""
    return dict(parse_qsl(query[:MOST_QUERY]))


def read_search(reader: Reader, given: Mapping[str, str]) -> Asked:
    """Reads the fields of an address; never refuses."""
    typed = {name: given.get(name, "").strip() for name in FIELDS}
    asked = Asked(typed=typed)
    states = _states(asked)
    since, until = _days(asked)
    asked.filters = Filters(
        terms=_terms(asked), states=states, doc_type=_short(asked, "loai"),
        unit=_unit(reader, asked), since=since, until=until,
    )  # fmt: skip
    if since and until and since > until:
        asked.faults["den"] = gettext("Ngày cuối đứng trước ngày đầu, nên không có văn bản nào.")
    return asked


def _terms(asked: Asked) -> Terms:
    typed = asked.typed["q"]
    terms = Terms.read(typed)
    if typed and not terms:
        asked.faults["q"] = gettext("Ô tìm không có chữ hay số nào, nên chưa tìm theo từ.")
    elif len(typed) > LONGEST:
        asked.typed["q"] = typed[:LONGEST]
        asked.faults["q"] = gettext("Chỉ tìm theo %(most)s ký tự đầu của ô tìm.", most=LONGEST)
    return terms


def _states(asked: Asked) -> frozenset[DirectiveState] | None:
    chosen, one = asked.typed["loc"], asked.typed["trang-thai"]
    states = GROUPS[chosen][1] if chosen in GROUPS else None
    if states is None:
        asked.typed["loc"] = ""
        asked.faults["loc"] = gettext("Không có mục lọc như trong địa chỉ; đang hiện tất cả.")
    if one in {state.value for state in DirectiveState}:
        named = frozenset({DirectiveState(one)})
        return named if states is None else named & states
    if one:
        asked.typed["trang-thai"] = ""
        asked.faults["trang-thai"] = gettext("Không có trạng thái như trong địa chỉ; đã bỏ qua.")
    return states if chosen else None


def _short(asked: Asked, name: str) -> str | None:
    asked.typed[name] = asked.typed[name][:MOST_TYPED]
    return asked.typed[name] or None


def _unit(reader: Reader, asked: Asked) -> str | None:
    typed = _short(asked, "don-vi")
    if typed is None:
        return None
    asked.meant = unit_meant(reader, typed)
    if asked.meant.unit is not None:
        return asked.meant.unit.id
    asked.faults["don-vi"] = (
        gettext("Nhiều đơn vị có tên như vậy. Chọn một đơn vị ở dưới, hoặc ghi rõ hơn.")
        if asked.meant.others
        else gettext("Không có đơn vị nào tên như vậy; chưa lọc theo đơn vị.")
    )
    return None


def _days(asked: Asked) -> tuple[date | None, date | None]:
    """First and last day; the year narrows both."""
    since, until, year = _day(asked, "tu"), _day(asked, "den"), asked.typed["nam"]
    if not year:
        return since, until
    if not re.fullmatch("[0-9]{4}", year) or int(year) not in _YEARS:
        asked.typed["nam"] = year[:MOST_TYPED]
        asked.faults["nam"] = gettext("Năm ghi bằng bốn chữ số, ví dụ 2022; chưa lọc theo năm.")
        return since, until
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    return max(first, since or first), min(last, until or last)


def _day(asked: Asked, name: str) -> date | None:
    typed = asked.typed[name] = asked.typed[name][:MOST_TYPED]
    if not typed:
        return None
    found = _ISO.fullmatch(typed)
    parts = found.groups() if found else ()
    if not parts and (paper := _PAPER.fullmatch(typed)):
        parts = paper.groups()[::-1]
    try:
        day = date(*map(int, parts)) if parts else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        asked.faults[name] = gettext("Ngày ghi như 21/9/2022; chưa lọc theo ngày này.")
        return None
    asked.typed[name] = day.isoformat()
    return day
