"""The result of a check as people see it: a card for each signature, boxes on pages, history."""

from dataclasses import dataclass
from typing import Final

from portal.i18n.choosing import spoken
from portal.i18n.said import said
from portal.i18n.writing import day
from portal.words import moment
from signing import words_en
from signing.change_words import say_change
from signing.language import Language
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.outcome import ChangeReport, SignatureReport, VerificationReport, sentence
from signing.policy import PROFILES
from signing.report.history import Step, read_history
from signing.report.labels import verdict_word
from signing.report.layout import Line, lay_out
from signing.saying import say_finding
from signing.verdict import Verdict
from signing.viewing.shapes import Outline, Place
from signing.visible import made_visible
from signing.words import ADVICE

SHOWN_CHANGES: Final = 8
_COVERS: Final = {
    "whole_file": "Toàn bộ tệp.",
    "revision": "Một phiên bản của tệp; phần thêm sau được xét riêng ở mục dưới.",
    "partial": "Chỉ một phần của tệp.",
}
_KINDS: Final = {"signature": "Chữ ký số", "timestamp": "Dấu thời gian của văn bản"}
_FIELDS: Final = {OFFICER_FIELD: "ô ký của lãnh đạo", SEAL_FIELD: "ô dấu của cơ quan"}
_PROFILE_WORDS: Final = {
    "integrity": "chỉ kiểm tra tính toàn vẹn",
    "official": "kiểm tra đầy đủ theo nguồn tin cậy của cơ quan",
}
_REVOKED: Final = (
    "certificate_revoked",
    "revoked_time_unproven",
    "evidence_missing",
    "evidence_stale",
)
_REGISTERED: Final = (
    "registered",
    "registered_to_other",
    "registration_ended",
    "registration_ended_unproven",
    "registration_unknown",
)
_ISSUED: Final = (
    "issuer_unknown", "anchor_purpose", "anchor_days", "anchor_organisation", "chain_invalid",
)  # fmt: skip
_TIMED: Final = ("time_proven", "time_not_proven")
_TOLD_APART: Final = frozenset(
    {*_REVOKED, *_REGISTERED, *_ISSUED, *_TIMED, "chain_trusted", "no_later_changes",
     "permitted_changes"}
)  # fmt: skip
"""Findings that have a row of their own."""
_OFFICE_ADVICE: Final = ("issuer_unknown", "anchor_purpose", "anchor_days", "anchor_organisation")
"""Findings whose advice is for those who keep this office's system."""
_AGAIN: Final = {
    "empty_file": "Việc cần làm: lưu lại tệp, hoặc đề nghị nơi gửi gửi bản khác.",
    "not_pdf": "Việc cần làm: chọn lại tệp PDF gốc; ảnh chụp, tệp Word không mang chữ ký số.",
    "encrypted": "Việc cần làm: đề nghị nơi gửi gửi bản không đặt mật khẩu.",
    **dict.fromkeys(
        ("structure_unreadable", "time_limit", "resource_limit", "judge_ended"),
        "Việc cần làm: đề nghị nơi gửi gửi lại bản gốc.",
    ),
}
"""What to do about a file that cannot be read, by code."""
_ASK: Final = (
    "hỏi nơi gửi chứng thư do ai cấp; nếu cơ quan tin nơi cấp ấy, nhờ người quản trị hệ thống này "
    "khai chứng thư gốc rồi kiểm tra lại"
)

PROVEN: Final = (
    "Được chứng minh bằng dấu thời gian: một máy chủ tin cậy đã xác nhận chữ ký có từ lúc đó."
)
CLAIMED: Final = (
    "Chỉ là tự khai: giờ trên máy của người ký, không ai xác nhận; kết quả này hết hiệu lực khi "
    "chứng thư hết hạn."
)
CLAIMED_BESIDE: Final = "Giờ trên máy của người ký, ghi kèm theo chữ ký."
UNPROVEN: Final = "Không có dấu thời gian tin cậy nào chứng minh chữ ký có từ bao giờ."
NO_CHAIN: Final = "Chưa dẫn được tới gốc tin cậy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a chain of certificates."""

    role: str
    name: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time of signing, and what it is worth."""

    words: str
    worth: str
    is_doubtful: bool
    """Whether nothing better is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One signature or document time stamp."""

    number: int
    is_stamp: bool
    title: str
    who: str
    organisation: str
    verdict: str
    word: str
    times: tuple[Time, ...]
    chain: tuple[Link, ...]
    """From the signer to the anchor."""
    chain_fault: str
    """Why the chain leads to no anchor that the office trusts."""
    revocation: str
    registration: str
    scope: str
    after: str
    """What came after it, in a sentence."""
    changes: tuple[str, ...]
    """One line each, where there is more to say."""
    may_compare: bool
    """Whether the file as it was signed is to be had and is not the whole file."""
    pages: tuple[int, ...]
    """Where its mark stands."""
    lines: tuple[Line, ...]
    """The other findings, the loud ones first, with their meaning."""
    facts: tuple[tuple[str, str], ...]
    """Label and words of what only experts ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The mark of a signature on a page, in thousandths."""

    number: int
    label: str
    verdict: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page to look at."""

    number: int
    width: int
    height: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A checked file."""

    report: VerificationReport
    verdict: str
    word: str
    sentence: str
    lines: tuple[Line, ...]
    """About the whole file."""
    signatures: tuple[Card, ...]
    stamps: tuple[Card, ...]
    marked: tuple[Sheet, ...]
    """Pages on which signatures stand; the first page where there are none."""
    other: tuple[Sheet, ...]
    count: int
    """Pages of the file; 0 where they cannot be shown."""
    history: tuple[Step, ...]
    policy: str


def check_view(report: VerificationReport, outline: Outline | None = None) -> CheckView:
    """Returns a report as a page shows it; characters that cannot be seen are shown as escapes.

    Args:
        report: Of any verdict.
        outline: The file's pages, where they can be shown.
    """
    seen = made_visible(report)
    laid = lay_out(report, spoken())
    outline = outline or Outline()
    cards = tuple(
        _card(seen, number, laid.cards[number - 1].lines, outline)
        for number in range(1, len(seen.signatures) + 1)
    )
    marked, other = _sheets(outline, cards, seen)
    judged = public_sentence(seen)
    return CheckView(
        report=seen,
        verdict=report.verdict.value,
        word=laid.word,
        sentence=judged,
        lines=tuple(line for line in laid.lines if not _is_said(line, judged)),
        signatures=tuple(one for one in cards if not one.is_stamp),
        stamps=tuple(one for one in cards if one.is_stamp),
        marked=marked,
        other=other,
        count=0 if outline.fault else outline.count,
        history=read_history(seen, spoken()),
        policy=said(_PROFILE_WORDS.get(report.policy_name, "")),
    )


def public_sentence(report: VerificationReport) -> str:
    """Returns the judgement in a sentence or two, with what somebody without an account can do."""
    judged = sentence(report, spoken())
    advice = ADVICE if spoken() is Language.VI else words_en.ADVICE
    for code in _OFFICE_ADVICE:
        judged = judged.replace(advice[code], said(_ASK))
    again = next((_AGAIN[one.code] for one in report.findings if one.code in _AGAIN), "")
    if report.verdict is Verdict.UNREADABLE and again:
        judged = f"{judged} {said(again)}"
    return judged


def _is_said(line: Line, sentence: str) -> bool:
    """Tells whether the judgement in a sentence says the same already."""
    return line.words.casefold().rstrip(".") in sentence.casefold()


def _card(
    report: VerificationReport, number: int, lines: tuple[Line, ...], outline: Outline
) -> Card:
    one = report.signatures[number - 1]
    where = _FIELDS.get(one.field)
    title = f"{said(_KINDS.get(one.kind, one.kind))} {number}"
    return Card(
        number=number,
        is_stamp=one.kind == "timestamp",
        title=f"{title} · {said(where)}" if where else title,
        who=one.signer or said("Chưa rõ người ký"),
        organisation="" if one.organisation == one.signer else one.organisation,
        verdict=one.verdict.value,
        word=verdict_word(one.verdict, spoken()),
        times=_times(one),
        chain=_chain(one),
        chain_fault=_told(one, _ISSUED) or ("" if one.chain else said(NO_CHAIN)),
        revocation=said(_revocation(one, report)),
        registration=_told(one, _REGISTERED),
        scope=said(_COVERS.get(one.covers, one.covers)),
        after=said(_after(one, number, report)),
        changes=_changes(one),
        may_compare=_is_front(one, report),
        pages=tuple(sorted({place.page for place in outline.places if place.field == one.field})),
        lines=tuple(line for line in lines if line.code not in _TOLD_APART),
        facts=_facts(one),
    )


def _times(one: SignatureReport) -> tuple[Time, ...]:
    proven = moment(one.proven_time) if one.proven_time is not None else ""
    claimed = moment(one.claimed_time) if one.claimed_time and one.kind == "signature" else ""
    if not proven:
        worth = said(CLAIMED if claimed else UNPROVEN)
        return (Time(words=claimed, worth=worth, is_doubtful=True),)
    first = Time(words=proven, worth=said(PROVEN), is_doubtful=False)
    if claimed in ("", proven):
        return (first,)
    return first, Time(words=claimed, worth=said(CLAIMED_BESIDE), is_doubtful=False)


def _chain(one: SignatureReport) -> tuple[Link, ...]:
    last = len(one.chain) - 1
    names = {last: "Người ký", 0: "Gốc tin cậy"}
    return tuple(
        Link(
            role=said(names.get(at, "Nơi cấp chứng thư")),
            name=link.name,
            until=day(link.not_after),
        )
        for at, link in reversed(list(enumerate(one.chain)))
    )


def _revocation(one: SignatureReport, report: VerificationReport) -> str:
    if not _is_trusting(report):
        return "Không xét: chỉ kiểm tra tính toàn vẹn."
    told = _told(one, _REVOKED)
    if told:
        return told
    if one.kind == "timestamp" and one.chain and one.proven_time is not None:
        return "Chưa bị thu hồi tại thời điểm đóng dấu thời gian."
    if one.chain and any(each.code == "chain_trusted" for each in one.findings):
        when = "ký" if one.proven_time is not None else "kiểm tra"
        return f"Chưa bị thu hồi tại thời điểm {when}."
    return "Chưa xét được, vì chưa có chuỗi chứng thư hợp lệ dẫn tới gốc tin cậy."


def _is_trusting(report: VerificationReport) -> bool:
    policy = PROFILES.get(report.policy_name)
    return policy is not None and policy.trust


def _told(one: SignatureReport, codes: tuple[str, ...]) -> str:
    heard = (say_finding(each, spoken()) for each in one.findings if each.code in codes)
    return next(heard, "")


def _after(one: SignatureReport, number: int, report: VerificationReport) -> str:
    if any(not change.allowed for change in one.changes):
        return "Sau chữ ký này văn bản đã bị thay đổi."
    if not one.changes:
        if one.covers == "whole_file" or one.verdict is Verdict.PASSED:
            return "Sau chữ ký này không có thay đổi nào."
        return "Không xác định được những gì thêm sau chữ ký này."
    return f"Sau chữ ký này có thay đổi được phép: {'; '.join(_allowed(one, number, report))}."


def _allowed(one: SignatureReport, number: int, report: VerificationReport) -> list[str]:
    """Added signatures by their signers' names, everything else as it is called; each once."""
    later = report.signatures[number:]
    named = {
        each.field: said(f"thêm chữ ký của {each.signer}")
        for each in later
        if each.kind == "signature"
    }
    return list(dict.fromkeys(_clause(change, named) for change in one.changes))


def _clause(change: ChangeReport, named: dict[str, str]) -> str:
    if change.kind == "signature_added" and named.get(change.detail):
        return named[change.detail]
    return say_change(change, spoken())


def _changes(one: SignatureReport) -> tuple[str, ...]:
    """What this signature does not allow; the rest is in the sentence."""
    told = dict.fromkeys(
        say_change(change, spoken()) for change in one.changes if not change.allowed
    )
    shown = [f"{words[:1].upper()}{words[1:]}" for words in told]
    more = len(shown) - SHOWN_CHANGES
    return (*shown[:SHOWN_CHANGES], *([said(f"và {more} thay đổi khác")] if more > 0 else []))


def _is_front(one: SignatureReport, report: VerificationReport) -> bool:
    return one.signed_length is not None and 0 < one.signed_length < report.size_bytes


def _facts(one: SignatureReport) -> tuple[tuple[str, str], ...]:
    rows = (
        ("Thư điện tử", one.email),
        ("Số chứng thư", one.serial),
        ("Vân tay chứng thư (SHA-256)", one.certificate_sha256_hex),
        ("Ô chữ ký", one.field),
        ("Mức chữ ký", "" if one.level == "none" else one.level),
        ("Lý do ghi khi ký", one.reason),
    )
    return tuple((said(label), words) for label, words in rows if words)


def _sheets(
    outline: Outline, cards: tuple[Card, ...], report: VerificationReport
) -> tuple[tuple[Sheet, ...], tuple[Sheet, ...]]:
    fields = {each.field: number for number, each in enumerate(report.signatures, 1)}
    boxes: dict[int, list[Box]] = {}
    for place in outline.places:
        number = fields.get(made_visible(place.field))
        if number is not None:
            card = cards[number - 1]
            boxes.setdefault(place.page, []).append(
                Box(number=number, label=f"{card.title}: {card.who}", verdict=card.verdict,
                    place=place)
            )  # fmt: skip
    for found in boxes.values():
        found.sort(key=lambda box: box.number)
    sheets = [
        Sheet(number=at, width=size.width, height=size.height, boxes=tuple(boxes.get(at, ())))
        for at, size in enumerate(outline.sizes, 1)
    ]
    marked = tuple(sheet for sheet in sheets if sheet.boxes) or tuple(sheets[:1])
    return marked, tuple(sheet for sheet in sheets if sheet not in marked)
