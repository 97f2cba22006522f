"""The portal in English: whole, with the same places, and without a Vietnamese word but data."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import takewhile

from sqlalchemy import select
from typing_extensions import override

from models.audit import AuditEvent
from models.base import DirectiveId
from portal.i18n.choosing import LANGUAGE_COOKIE
from tests.portal.all_pages import visits
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded
from tests.portal.test_outsiders import dump, real_names
from tests.support.catalogue import JOINED, ROOMS, brought_up, catalogue
from tests.support.rooms import VIETNAMESE, said_by_rooms

PLACE = re.compile(r"%\((\w+)\)s|%[sd]")
MAY_GO = frozenset({"address", "you", "who"})
"""English has one form of address."""
SHOWN = ("placeholder", "title", "aria-label", "alt", "data-question", "data-busy", "data-label")
QUOTED = (
    "Trình Ký", "CA phục vụ cơ quan THỬ NGHIỆM", "CA gốc THỬ NGHIỆM", "“Lưu”", "“báo cáo”",
    "đồng chí or ông/bà",
    "“thực hiện nhiệm vụ”", "trước ngày 15/12/2026", "HỎA TỐC", "THƯỢNG KHẨN", "KHẨN", "-QĐ/",
    "Các cấp ủy, chính quyền, cơ quan chỉ đạo, quản lý báo chí, các cơ quan báo chí",
    "Sao lục", "Trích sao", "(sao lục)", "(trích sao)", "LỤC", "TRÍCH",
)  # fmt: skip
"""Names, and words of papers that English quotes."""
LEAST_CUT = 60
"""Characters that a data text keeps where it is cut short."""
VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "rect", "path", "circle"})


def forms(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value or ""),)


def test_every_text_has_its_english_and_none_is_doubtful_or_too_many() -> None:
    wanted = {message.id for message in brought_up() if message.id}
    there = {message.id: message for message in catalogue() if message.id}
    assert wanted - there.keys() == set()
    assert there.keys() - wanted == set()
    assert [key for key, message in there.items() if not all(forms(message.string))] == []
    assert [key for key, message in there.items() if message.fuzzy] == []


def test_english_has_the_same_places_as_vietnamese() -> None:
    wrong = []
    for message in catalogue():
        for said in forms(message.string) if message.id else ():
            one = set(PLACE.findall(forms(message.id)[0])) - MAY_GO
            if one != set(PLACE.findall(said)) - MAY_GO:
                wrong.append((message.id, said))
    assert wrong == []


def test_forms_of_one_and_many_stand_behind_what_they_count() -> None:
    counting = re.compile(r"\{[^{}]*\|[^{}]*\}")
    found = [
        (said, said[: forms_at.start()])
        for message in catalogue() if message.id
        for said in forms(message.string)
        for forms_at in counting.finditer(said)
    ]  # fmt: skip
    assert len(found) > 90
    assert [said for said, before in found if not PLACE.search(before)] == []


def test_what_rooms_say_is_still_said_by_them() -> None:
    lists = [path.read_text(encoding="utf-8").splitlines() for path in (ROOMS, JOINED)]
    said = said_by_rooms()
    assert set(lists[0]) - {*said, *map(str.strip, said)} == set()
    assert [one for one in lists if one != sorted(set(one))] == []


def test_signatures_are_checked_and_drafts_approved_never_the_other_way() -> None:
    mixed = []
    for message in catalogue():
        for said in forms(message.string) if message.id else ():
            vietnamese, english = forms(message.id)[0].lower(), said.lower()
            approves, checks = "phê duyệt" in vietnamese, "kiểm tra chữ ký" in vietnamese
            if ("approv" in english) is not approves:
                mixed.append((vietnamese, english))
            if checks and not re.search("check|validat|verif", english):
                mixed.append((vietnamese, english))
    assert mixed == []


class Words(HTMLParser):
    """What a page says: texts and attributes that people meet, save what is marked Vietnamese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        silent = known.get("lang") == "vi" or tag in ("script", "style") or self._silent
        if not silent:
            self.found += [known[name] or "" for name in SHOWN if name in known]
        if tag not in VOID:
            self._open.append((tag, silent))

    @override
    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def strings(value: object) -> Iterator[str]:
    """Every text within a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


def same(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def without(said: str, data: str) -> str:
    """A text without what stands in it of the data, cut short for want of room."""
    at = said.find(data[:LEAST_CUT]) if len(data) > LEAST_CUT else -1
    if at < 0:
        return said
    end = at + sum(1 for _ in takewhile(same, zip(said[at:], data, strict=False)))
    return said[:at] + " " + said[end:]


def is_said(text: str, known: Sequence[str]) -> bool:
    """Tells whether Vietnamese is left of a text without the data in it, whole or cut short.

    Either way of taking it out counts: what is cut short may be torn by a shorter piece that is
    there as a whole, and what is there as a whole by a longer one that begins alike.
    """
    return all(
        VIETNAMESE.search(rest)
        for rest in (cut_out(whole_out(text, known), known), whole_out(cut_out(text, known), known))
    )


def whole_out(text: str, known: Sequence[str]) -> str:
    for each in known if VIETNAMESE.search(text) else ():
        text = text.replace(each, " ")
    return text


def cut_out(text: str, known: Sequence[str]) -> str:
    for each in known if VIETNAMESE.search(text) else ():
        text = without(text, each)
    return text


def test_a_directive_on_its_way_says_in_english_what_it_waits_for(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.submitted("Rút lại, đọc bằng tiếng Anh")
    browsing.sign_in(PEOPLE.drafter)
    browsing.decide(key, "take_back", reason="Chờ ký")
    browsing.client.cookies.set(LANGUAGE_COOKIE, "en")
    said = {}
    for one in (key, *seeded.by_state.values()):
        found = re.findall('class="state-words">(.*?)</p>', browsing.get(f"/van-ban/{one}").text)
        assert found
        said[seeded.directive(one).state, one == key] = " ".join(found)
    ways = ("Waits for ", "Issued;", "The drafter took it back to change it; waits for ")
    assert [one for one in said.values() if not one.startswith(ways)] == []
    assert said["returned", True].endswith("Why it was taken back: Chờ ký")


def test_who_was_quicker_is_said_in_english_by_the_whole_name(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.submitted("Ai nhanh hơn, bằng tiếng Anh")
    browsing.sign_in(PEOPLE.form_reviewer)
    browsing.decide(key, "return", reason="Sửa địa danh")
    browsing.client.cookies.set(LANGUAGE_COOKIE, "en")
    late = browsing.decide(key, "return", reason="Sửa địa danh nữa")
    whole = "The document was returned by Phạm Thu Hà, Chánh Văn phòng Ban at "
    assert whole in words_of(late)
    assert "; this page is out of date." in words_of(late)


def test_pages_in_english_say_nothing_vietnamese_but_data(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    pages = visits(browsing, seeded, real_names(seeded, issued))
    data = {" ".join(each.split()) for each in strings(list(dump(seeded).values()))}
    with seeded.office.database.reading() as session:
        # Of the trail only who did it and why: its other words are said by rooms.
        for actor, detail in session.execute(select(AuditEvent.actor_name, AuditEvent.detail)):
            data |= {" ".join(str(one).split()) for one in (actor, detail.get("reason", ""))}
    data |= {*QUOTED}
    known = sorted((each for each in data if VIETNAMESE.search(each)), key=len, reverse=True)
    left: dict[str, set[str]] = {}
    for visit in pages:
        if visit.reader:
            browsing.sign_in(visit.reader)
        else:
            browsing.client.cookies.clear()
        browsing.client.cookies.set(LANGUAGE_COOKIE, "en")
        words = Words()
        words.feed(browsing.get(visit.path).text)
        for said in words.found:
            if is_said(said, known):
                left.setdefault(visit.route, set()).add(said)
    assert left == {}
