"""What single entries of an office file cannot know: identifiers, references, periods.

Each rule yields the places it finds wrong; all rules run, so that one reading of the answer is
enough to correct the file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

from actions.office_file.lines import Place
from actions.office_file.shapes import MembersEntry, OfficeFile, is_email
from deadlines.errors import LadderInvalidError
from deadlines.ladder import Audience, LadderStep, Wording, check_ladder
from documents.content import Regime
from documents.regimes.deputies import deputy_mark, is_deputy
from models.officer import Capacity

Finding = tuple[Place, str]
"""A place and the reason why it is wrong, in Vietnamese."""

SATURDAY = 5
"""`date.weekday()` of the first rest day of a week."""


LONGEST_BREAK = 31
"""Days off in one entry; more is a slip in the year."""


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


class _Held(Protocol):
    @property
    def organisation(self) -> str | None: ...


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def check_entries(entries: OfficeFile) -> list[Finding]:
    """Returns everything that is wrong between the entries of a file."""
    return [finding for rule in _RULES for finding in rule(entries)]


def _doubled(kind: str, keys: Iterable[tuple[Place, object]]) -> Iterator[Finding]:
    seen: set[object] = set()
    for place, key in keys:
        if key in seen:
            yield place, f"{kind} “{key}” đã có ở trên; mỗi {kind} chỉ được khai một lần"
        seen.add(key)


def _identifiers(entries: OfficeFile) -> Iterator[Finding]:
    lists: dict[str, Iterable[_Identified]] = {
        "organisation": entries.organisation,
        "group": entries.group,
        "officer": entries.officer,
        "authority": entries.authority,
        "series": entries.series,
    }
    for name, items in lists.items():
        yield from _doubled("mã", (((name, i, "id"), item.id) for i, item in enumerate(items)))
    steps = enumerate(entries.ladder)
    yield from _doubled("bậc", ((("ladder", i, "key"), f"{s.doc_type}/{s.key}") for i, s in steps))
    names = ((("certificate", i, "file"), item.file) for i, item in enumerate(entries.certificate))
    yield from _doubled("chứng thư", names)


def _names(entries: OfficeFile) -> Iterator[Finding]:
    """A name that two bear at one time names neither: recipients would go to either, or nobody.

    Units below different ones may share a name, as wards of two towns do; the drafter chooses.
    """
    spans: dict[tuple[str | None, str], list[tuple[Place, date, date | None]]] = {}
    for i, unit in enumerate(entries.organisation):
        span = (("organisation", i, "name"), unit.valid_from, unit.valid_to)
        spans.setdefault((unit.parent, _plain(unit.name)), []).append(span)
    for periods in spans.values():
        for place in _overlaps(periods):
            name = entries.organisation[int(place[1])].name
            yield place, f"“{name}” đã là tên của một đơn vị đang hoạt động; đặt tên khác"
    borne: dict[str, int] = {}
    for i, group in enumerate(entries.group):
        for name in (group.name, *group.aliases):
            if borne.setdefault(_plain(name), i) != i:
                where = "name" if name == group.name else "aliases"
                yield ("group", i, where), f"“{name}” đã là tên của nhóm khác; đặt tên khác"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _organisation_references(entries: OfficeFile) -> Iterator[tuple[Place, str | None]]:
    yield ("office", "organisation"), entries.office.organisation
    for i, unit in enumerate(entries.organisation):
        yield ("organisation", i, "parent"), unit.parent
        for j, successor in enumerate(unit.successors):
            yield ("organisation", i, "successors", j, "organisation"), successor.organisation
    for place, member, _, _ in _members(entries):
        yield place, member
    for i, officer in enumerate(entries.officer):
        for j, post in enumerate(officer.posts):
            yield ("officer", i, "posts", j, "organisation"), post.organisation
    holders: dict[str, Sequence[_Held]] = {
        "authority": entries.authority,
        "certificate": entries.certificate,
        "series": entries.series,
    }
    for name, items in holders.items():
        for i, item in enumerate(items):
            yield (name, i, "organisation"), item.organisation


def _members(entries: OfficeFile) -> Iterator[tuple[Place, str, int, MembersEntry]]:
    """Yields each membership: its place, the organisation, the ordinal of the group, the entry."""
    for i, group in enumerate(entries.group):
        for j, members in enumerate(group.members):
            for k, unit in enumerate(members.organisations):
                yield ("group", i, "members", j, "organisations", k), unit, i, members


def _references(entries: OfficeFile) -> Iterator[Finding]:
    units = {unit.id for unit in entries.organisation}
    for place, key in _organisation_references(entries):
        if key is not None and key not in units:
            yield place, f"không có cơ quan nào mang mã “{key}” trong tệp"
    officers = {officer.id for officer in entries.officer}
    for i, authority in enumerate(entries.authority):
        if authority.officer not in officers:
            yield ("authority", i, "officer"), f"không có cán bộ nào mang mã “{authority.officer}”"
    for i, certificate in enumerate(entries.certificate):
        if certificate.officer is not None and certificate.officer not in officers:
            reason = f"không có cán bộ nào mang mã “{certificate.officer}”"
            yield ("certificate", i, "officer"), reason


def _periods(entries: OfficeFile) -> Iterator[Finding]:
    for place, start, end in _all_periods(entries):
        if end is not None and end < start:
            yield place, f"ngày kết thúc {end:%d/%m/%Y} đứng trước ngày bắt đầu {start:%d/%m/%Y}"


def _all_periods(entries: OfficeFile) -> Iterator[tuple[Place, date, date | None]]:
    for place, one in _dated(entries):
        yield (*place, "valid_to"), one.valid_from, one.valid_to
    for i, series in enumerate(entries.series):
        yield ("series", i, "period_to"), series.period_from, series.period_to
    for i, off in enumerate(entries.day_off):
        yield ("day_off", i, "to"), off.day, off.to


def _dated(entries: OfficeFile) -> Iterator[tuple[Place, _Dated]]:
    lists: dict[str, Sequence[_Dated]] = {
        "organisation": entries.organisation,
        "authority": entries.authority,
        "certificate": entries.certificate,
    }
    for name, items in lists.items():
        yield from (((name, i), item) for i, item in enumerate(items))
    for i, group in enumerate(entries.group):
        yield from ((("group", i, "members", j), one) for j, one in enumerate(group.members))
    for i, officer in enumerate(entries.officer):
        yield from ((("officer", i, "posts", j), one) for j, one in enumerate(officer.posts))


def _overlaps(spans: list[tuple[Place, date, date | None]]) -> Iterator[Place]:
    """Yields each span that begins before an earlier one has ended."""
    for (_, _, end), (place, start, _) in pairwise(sorted(spans, key=lambda span: span[1])):
        if end is None or start <= end:
            yield place


def _memberships(entries: OfficeFile) -> Iterator[Finding]:
    spans: dict[tuple[int, str], list[tuple[Place, date, date | None]]] = {}
    for place, unit, i, members in _members(entries):
        spans.setdefault((i, unit), []).append((place, members.valid_from, members.valid_to))
    for (i, unit), periods in spans.items():
        for place in _overlaps(periods):
            yield place, f"“{unit}” đã thuộc nhóm “{entries.group[i].id}” trong cùng thời gian"


def _series(entries: OfficeFile) -> Iterator[Finding]:
    spans: dict[object, list[tuple[Place, date, date | None]]] = {}
    for i, series in enumerate(entries.series):
        key = (series.organisation, series.regime, series.doc_type)
        place: Place = ("series", i, "period_from")
        spans.setdefault(key, []).append((place, series.period_from, series.period_to))
    for periods in spans.values():
        for place in _overlaps(periods):
            yield place, "trùng thời gian với một dãy số khác của cùng loại văn bản"


def _cycle(start: str, above: dict[str, list[str]]) -> bool:
    """Tells whether one comes back to `start` by going up."""
    ways, seen = list(above.get(start, [])), set[str]()
    while ways:
        here = ways.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            ways.extend(above.get(here, []))
    return False


def _cycles(entries: OfficeFile) -> Iterator[Finding]:
    parents = {unit.id: [unit.parent] for unit in entries.organisation if unit.parent}
    heirs = {
        unit.id: [one.organisation for one in unit.successors] for unit in entries.organisation
    }
    for i, unit in enumerate(entries.organisation):
        if _cycle(unit.id, parents):
            yield ("organisation", i, "parent"), f"“{unit.id}” trở thành cấp trên của chính mình"
        if _cycle(unit.id, heirs):
            yield ("organisation", i, "successors"), f"“{unit.id}” kế thừa chính mình"


def _successions(entries: OfficeFile) -> Iterator[Finding]:
    for i, unit in enumerate(entries.organisation):
        place: Place = ("organisation", i, "successors")
        if unit.successors and unit.valid_to is None:
            yield place, f"“{unit.id}” có đơn vị kế thừa nhưng không có valid_to"
        for j, successor in enumerate(unit.successors):
            if successor.since <= unit.valid_from:
                yield (*place, j, "since"), "ngày kế thừa phải sau ngày cơ quan bắt đầu hoạt động"
        heirs = [(((*place, j)), one.organisation) for j, one in enumerate(unit.successors)]
        yield from _doubled("đơn vị kế thừa", heirs)


def _addresses(entries: OfficeFile) -> Iterator[Finding]:
    for i, unit in enumerate(entries.organisation):
        if unit.channel == "smtp" and unit.address is not None and not is_email(unit.address):
            yield ("organisation", i, "address"), f"địa chỉ thư “{unit.address}” không đúng dạng"


def _channels(entries: OfficeFile) -> Iterator[Finding]:
    for i, unit in enumerate(entries.organisation):
        place: Place = ("organisation", i, "channels")
        named: list[tuple[Place, object]] = [(("organisation", i, "channel"), unit.channel)]
        named += [((*place, j, "channel"), one.channel) for j, one in enumerate(unit.channels)]
        yield from _doubled("kênh", named)
        for j, one in enumerate(unit.channels):
            if one.address is None and one.channel != "paper":
                yield (*place, j), f"kênh “{one.channel}” phải có địa chỉ ở mục address"
            elif one.channel == "smtp" and one.address and not is_email(one.address):
                yield (*place, j, "address"), f"địa chỉ thư “{one.address}” không đúng dạng"


def _delegations(entries: OfficeFile) -> Iterator[Finding]:
    for i, authority in enumerate(entries.authority):
        if authority.capacity is Capacity.TUQ:
            if authority.basis is None:
                yield ("authority", i), "thừa uỷ quyền (TUQ) phải ghi văn bản uỷ quyền ở mục basis"
            if authority.valid_to is None:
                yield ("authority", i), "thừa uỷ quyền (TUQ) phải có thời hạn ở mục valid_to"
        if authority.capacity is not Capacity.HEAD and not authority.lines:
            yield ("authority", i, "lines"), "phải ghi dòng quyền hạn in trên chức vụ"


def _deputies(entries: OfficeFile) -> Iterator[Finding]:
    """What the form check would refuse in every paper that is signed so."""
    regimes = {unit.id: unit.regime for unit in entries.organisation}
    for i, authority in enumerate(entries.authority):
        regime = regimes.get(authority.organisation)
        lacks = not authority.lines and authority.capacity is not Capacity.HEAD  # said already
        if regime is None or lacks or not is_deputy(authority.position):
            continue
        mark = deputy_mark(Regime(regime))
        if not any(line.startswith(mark) for line in authority.lines):
            reason = f"cấp phó ký phải ghi “{mark}” trước chức vụ của cấp trưởng"
            yield ("authority", i, "lines"), reason


def _certificates(entries: OfficeFile) -> Iterator[Finding]:
    for i, certificate in enumerate(entries.certificate):
        if (certificate.officer is None) == (certificate.organisation is None):
            yield ("certificate", i), "phải ghi đúng một trong hai: officer hoặc organisation"


def _services(entries: OfficeFile) -> Iterator[Finding]:
    for i, officer in enumerate(entries.officer):
        for j, post in enumerate(officer.posts):
            if officer.left_on is not None and post.valid_from > officer.left_on:
                place = ("officer", i, "posts", j, "valid_from")
                yield place, f"chức vụ bắt đầu sau ngày nghỉ việc {officer.left_on:%d/%m/%Y}"
        keys = (
            (("officer", i, "posts", j), f"{post.title} từ {post.valid_from:%d/%m/%Y}")
            for j, post in enumerate(officer.posts)
        )
        yield from _doubled("chức vụ", keys)


def _days(entries: OfficeFile) -> Iterator[Finding]:
    days: list[tuple[Place, object]] = []
    for i, one in enumerate(entries.working_saturday):
        days.append((("working_saturday", i, "day"), one.day))
        if one.day.weekday() < SATURDAY:
            reason = f"{one.day:%d/%m/%Y} vốn là ngày làm việc, không phải ngày làm bù"
            yield ("working_saturday", i, "day"), reason
    for i, off in enumerate(entries.day_off):
        if off.to is not None and (off.to - off.day).days > LONGEST_BREAK:
            yield ("day_off", i, "to"), f"đợt nghỉ dài hơn {LONGEST_BREAK} ngày; kiểm tra lại năm"
        else:
            days += [(("day_off", i), day) for day in days_between(off.day, off.to)]
    yield from _doubled("ngày", days)
    years = (
        (("calendar_year", i, "year"), one.year) for i, one in enumerate(entries.calendar_year)
    )
    yield from _doubled("năm", years)


def _quiet_hours(entries: OfficeFile) -> Iterator[Finding]:
    given = {name: getattr(entries.office, name) for name in ("quiet_from", "quiet_to")}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == 1:
        yield ("office",), f"giờ yên lặng phải ghi cả quiet_from và quiet_to; thiếu {missing[0]}"


def _ladder_steps(entries: OfficeFile) -> Iterator[Finding]:
    for i, one in enumerate(entries.ladder):
        step = LadderStep(
            key=one.key, working_days=one.working_days, audience=Audience(one.audience),
            wording=Wording(one.wording),
        )  # fmt: skip
        try:
            check_ladder([step])
        except LadderInvalidError:
            said = (
                "nhắc (reminder) có số ngày không lớn hơn 0; đôn đốc quá hạn (overdue) và báo "
                "cấp trên (escalation) có số ngày lớn hơn 0"
            )
            yield ("ladder", i, "working_days"), said


def days_between(first: date, last: date | None) -> list[date]:
    """Returns every day from the first to the last; the first alone where there is no last."""
    count = (last - first).days if last is not None else 0
    return [date.fromordinal(first.toordinal() + step) for step in range(count + 1)]


_RULES: tuple[Callable[[OfficeFile], Iterator[Finding]], ...] = (
    _identifiers, _names, _references, _periods, _memberships, _series, _cycles, _successions,
    _addresses, _channels, _delegations, _deputies, _certificates, _services, _days,
    _quiet_hours, _ladder_steps,
)  # fmt: skip
