"""The comparison as one page for people: words, and the pictures that lie beside it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Final

from signing.change_words import say_change
from signing.compare.shapes import ADDED, REMOVED, Comparison, PageDifference
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.verdict import Verdict
from signing.words import say_time

_KINDS: Final = {"signature": "Chữ ký", "timestamp": "Dấu thời gian của văn bản"}
WHOLE_FILE: Final = "Sau chữ ký này tệp không có thêm gì: bản nhận được chính là bản khi ký."
NO_REVISION: Final = "Không tách được bản khi ký: chữ ký không bao trùm trọn một phiên bản của tệp."
_ABSENT: Final = ": không có trang này"
ALLOWED: Final = " Chữ ký này cho phép thêm những gì đã thêm, ví dụ chữ ký hoặc dấu sau đó."
_CLOSING: Final = (
    "Hình so sánh chỉ cho thấy những gì nhìn được; kết luận về chữ ký ở phần kiểm tra chữ ký. "
    "Kết quả này không phải là bằng chứng mới; giữ nguyên tệp gốc."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the page says of one signature."""

    number: int
    """Of the signature in the report, from 1."""

    signature: SignatureReport
    pdf: str = ""
    """Name of the file as signed, beside the page; empty where there is none."""

    comparison: Comparison | None = None
    """None where the file as signed is the file as received, or is not to be had."""

    pictures: tuple[str, ...] = ()
    """Names of the pictures beside the page, one for each difference; empty where there is none."""

    @property
    def title(self) -> str:
        """Which signature, and whose."""
        one = self.signature
        words = f"{self.number}. {_KINDS[one.kind]} {one.field}"
        return f"{words} – {one.signer}" if one.signer else words

    @property
    def said(self) -> str:
        """The outcome in a sentence or two."""
        if not self.pdf:
            return NO_REVISION
        if self.comparison is None:
            return WHOLE_FILE
        said = say_comparison(self.comparison)
        return said + ALLOWED if self.comparison.differences and self.is_allowed else said

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against what came after the signature.

        A signature of which nothing can be concluded may still allow all that came after it.
        """
        if self.signature.verdict is Verdict.PASSED:
            return True
        changes = self.signature.changes
        is_unsure = self.signature.verdict is Verdict.INDETERMINATE
        return is_unsure and bool(changes) and all(one.allowed for one in changes)

    @property
    def tone(self) -> str:
        """Class of the sentence: `same`, `allowed` or `differs`."""
        if self.pdf and (self.comparison is None or self.comparison.is_same):
            return "same"
        seen = self.comparison is not None and self.comparison.fault is None
        return "allowed" if seen and self.is_allowed else "differs"


def say_comparison(one: Comparison) -> str:
    """The outcome in a sentence or two."""
    if one.fault is not None:
        return f"Không so sánh được: {one.fault.message}"
    differing = len(one.differences)
    if differing:
        said = f"{differing} trang khác với bản khi ký."
    elif one.complete:
        pages = "Trang duy nhất" if one.pages_after == 1 else f"Cả {one.pages_after} trang"
        said = f"{pages} trông giống hệt bản khi ký."
    else:
        said = "Các trang đã so sánh trông giống hệt bản khi ký."
    if not one.complete:
        most = max(one.pages_before, one.pages_after)
        said += f" Chỉ so sánh {one.compared} trang đầu trong số {most} trang."
    return said


def say_page(one: PageDifference) -> str:
    """Which page, and what became of it."""
    if one.kind == ADDED:
        return f"Trang {one.after} được thêm sau khi ký"
    if one.kind == REMOVED:
        return f"Trang {one.before} của bản khi ký không còn"
    if one.before == one.after:
        return f"Trang {one.after} đã thay đổi"
    return f"Trang {one.before} của bản khi ký, nay là trang {one.after}, đã thay đổi"


_STYLE: Final = """
:root{color-scheme:light dark;--ground:#f6f5f1;--paper:#fff;--ink:#1b1d21;--quiet:#5a6068;
--line:#dedbd3;--blue:#1d4e89;--bad:#b01e23;--good:#1f6b3a}
@media(prefers-color-scheme:dark){:root{--ground:#16181b;--paper:#1f2226;--ink:#eceae4;
--quiet:#a9afb7;--line:#3a3e44;--blue:#9cc4f0;--bad:#ff9a9d;--good:#8fd3a8}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 "Be Vietnam Pro",system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 16px}h1{font-size:20px;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 4px;overflow-wrap:anywhere}h3{font-size:15px;margin:20px 0 8px}
section{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:16px;
margin:16px 0}a{color:var(--blue)}p{margin:4px 0}.quiet,footer{color:var(--quiet)}
.differs{color:var(--bad);font-weight:600}.allowed{font-weight:600}.same{color:var(--good);font-weight:600}
figure{margin:0}img{max-width:100%;height:auto;border:1px solid var(--line)}
figcaption{display:grid;grid-template-columns:1fr 1fr;color:var(--quiet)}
table{border-collapse:collapse;width:100%;margin:8px 0;table-layout:fixed}
th,td{border:1px solid var(--line);padding:4px 8px;text-align:left;vertical-align:top;
overflow-wrap:anywhere}th{color:var(--quiet);font-weight:500}
@media print{body{background:#fff}figure{break-inside:avoid}}
"""


def to_page(name: str, report: VerificationReport, sections: tuple[Section, ...]) -> str:
    """The whole page: no script, nothing fetched but the pictures beside it; every word escaped.

    Args:
        name: How the file is called.
        report: What was judged of it.
        sections: One for each signature that is told about.
    """
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:">
<title>So sánh với bản khi ký: {html.escape(name)}</title><style>{_STYLE}</style></head>
<body><main><h1>So sánh với bản khi ký: {html.escape(name)}</h1>
<p>{html.escape(sentence(report))}</p>
{"".join(map(_section, sections))}
<footer><p>{_CLOSING}</p>
<p>SHA-256 của tệp nhận được: <code>{report.sha256_hex}</code>;
thời điểm so sánh: {say_time(report.at)}.</p></footer></main></body></html>
"""


def _section(one: Section) -> str:
    link = f'<p><a href="{html.escape(one.pdf)}">Mở bản khi ký</a></p>' if one.pdf else ""
    differences = one.comparison.differences if one.comparison is not None else ()
    pages = "".join(map(_page, differences, one.pictures))
    return f"""<section><h2>{html.escape(one.title)}</h2>
<p class="{one.tone}">{html.escape(one.said)}</p>{_changes(one.signature)}{link}{pages}</section>
"""


def _changes(signature: SignatureReport) -> str:
    if not signature.changes:
        return ""
    # Each revision brings evidence of its own; once is enough.
    said = dict.fromkeys(map(say_change, signature.changes))
    items = "".join(f"<li>{html.escape(one)}</li>" for one in said)
    return f'<p class="quiet">Thay đổi sau khi ký:</p><ul>{items}</ul>'


def _page(one: PageDifference, picture: str) -> str:
    said = html.escape(say_page(one))
    if not picture:
        return f"<h3>{said}</h3>"
    left = "Bản khi ký" + (_ABSENT if one.before is None else "")
    right = "Bản nhận được" + (_ABSENT if one.after is None else "")
    return f"""<h3>{said}</h3>
<figure><figcaption><span>{left}</span><span>{right}</span></figcaption>
<img src="{html.escape(picture)}" alt="{said}; vùng khác nhau được đóng khung đỏ"></figure>
{_words(one)}"""


def _words(one: PageDifference) -> str:
    if not one.words:
        return ""
    rows = "".join(
        f"<tr><td><bdi>{html.escape(each.old)}</bdi></td><td><bdi>{html.escape(each.new)}</bdi></td></tr>"
        for each in one.words
    )
    return f"<table><tr><th>Chữ khi ký</th><th>Chữ nhận được</th></tr>{rows}</table>"
