"""A report for machines, for a terminal, and for a browser or a printer."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Any, Final

from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.verdict import Finding, Severity, Verdict
from signing.words import TEST_BANNER, say_day, say_time

__all__ = [
    "VERDICT_WORDS",
    "VerificationReport",
    "sentence",
    "to_html",
    "to_json",
    "to_text",
]

VERDICT_WORDS: Final = {
    Verdict.PASSED: "Hợp lệ",
    Verdict.INDETERMINATE: "Chưa thể kết luận",
    Verdict.FAILED: "Không hợp lệ",
    Verdict.UNSIGNED: "Không có chữ ký số",
    Verdict.UNREADABLE: "Không đọc được",
}
_COVERS: Final = {
    "whole_file": "toàn bộ tệp",
    "revision": "một phiên bản của tệp",
    "partial": "một phần",
}
_KINDS: Final = {"signature": "Chữ ký", "timestamp": "Dấu thời gian của văn bản"}
_ICONS: Final = {Severity.INFO: "•", Severity.WARNING: "▲", Severity.ERROR: "✕"}
_FOOTER: Final = "Kết quả này không phải là bằng chứng mới; giữ nguyên tệp gốc để kiểm tra lại."


def to_json(report: VerificationReport) -> dict[str, Any]:
    """The object of `trinhky verify --format json`; the caller may replace `file`."""
    return {
        "file": report.name,
        "sha256": report.sha256_hex,
        "verdict": report.verdict.value,
        "sentence": sentence(report),
        "policy": {"name": report.policy_name, "version": report.policy_version},
        "signatures": [_signature(one) for one in report.signatures],
        "findings": [_finding(one) for one in report.findings],
        "milliseconds": report.milliseconds,
    }


def _signature(one: SignatureReport) -> dict[str, Any]:
    return {
        "field": one.field,
        "kind": one.kind,
        "signer": one.signer,
        "organisation": one.organisation,
        "email": one.email,
        "serial": one.serial,
        "claimed_time": _iso(one.claimed_time),
        "proven_time": _iso(one.proven_time),
        "level": one.level,
        "covers": one.covers,
        "verdict": one.verdict.value,
        "findings": [_finding(each) for each in one.findings],
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"code": one.code, "severity": one.severity.value, "message": one.message}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _rows(one: SignatureReport) -> list[tuple[str, str]]:
    """What a card says, as pairs of label and words; empty words are left out."""
    proven, claimed = one.proven_time, one.claimed_time
    if proven is not None:
        when = f"{say_time(proven)} (chứng minh bằng dấu thời gian)"
    elif claimed is not None:
        when = f"{say_time(claimed)} (chỉ là tự khai)"
    else:
        when = ""
    rows = [
        ("Người ký", one.signer),
        ("Cơ quan", one.organisation),
        ("Thư điện tử", one.email),
        ("Thời điểm ký", when),
        ("Chứng thư", f"số {one.serial}" if one.serial else ""),
        ("Chuỗi tin cậy", " → ".join(link.name for link in one.chain)),
        ("Hạn chứng thư", say_day(one.chain[-1].not_after) if one.chain else ""),
        ("Phạm vi", _COVERS.get(one.covers, one.covers)),
        ("Mức lưu trữ", "" if one.level == "none" else one.level),
    ]
    return [(label, words) for label, words in rows if words]


def to_text(report: VerificationReport) -> str:
    """The report for a terminal; readable without colour."""
    lines = [f"{report.name}: {VERDICT_WORDS[report.verdict]}", f"  {sentence(report)}"]
    lines += [f"  {_ICONS[one.severity]} {one.message} [{one.code}]" for one in report.findings]
    for number, one in enumerate(report.signatures, 1):
        lines.append(f"  {number}. {_KINDS[one.kind]} {one.field}: {VERDICT_WORDS[one.verdict]}")
        lines += [f"     {label}: {words}" for label, words in _rows(one)]
        lines += [f"     {_ICONS[each.severity]} {each.message}" for each in one.findings]
    lines.append(f"  Chính sách: {report.policy_name} {report.policy_version}; {_asked(report)}")
    return "\n".join(lines)


def _asked(report: VerificationReport) -> str:
    return f"thời điểm kiểm tra: {say_time(report.at)}"


_STYLE: Final = """
:root{color-scheme:light dark;--ground:#f6f5f1;--paper:#fff;--ink:#1b1d21;--quiet:#5a6068;
--line:#dedbd3;--good:#1f6b3a;--goodg:#e8f3eb;--bad:#b01e23;--badg:#fbeaea;--wait:#8a5a00;
--waitg:#fff4dc}
@media(prefers-color-scheme:dark){:root{--ground:#16181b;--paper:#1f2226;--ink:#eceae4;
--quiet:#a9afb7;--line:#3a3e44;--good:#8fd3a8;--goodg:#1d3326;--bad:#ff9a9d;--badg:#3b2022;
--wait:#f0c36a;--waitg:#3a2f16}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 "Be Vietnam Pro",system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px}
h1{font-size:18px;margin:0 0 12px;overflow-wrap:anywhere}h2{font-size:15px;margin:0 0 8px}
.band{border:1px solid;border-radius:6px;padding:16px;font-size:18px;margin:0 0 16px}
.band strong{display:block;font-size:15px}
.passed{color:var(--good);background:var(--goodg)}.failed{color:var(--bad);background:var(--badg)}
.indeterminate,.unsigned,.unreadable{color:var(--wait);background:var(--waitg)}
.test{border:2px dashed var(--bad);color:var(--bad);padding:8px 16px;border-radius:6px;
font-weight:600;margin:0 0 16px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:16px}
article{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:16px}
.word{display:inline-block;border-radius:6px;padding:0 8px;font-weight:600}
dl{display:grid;grid-template-columns:112px 1fr;gap:4px 12px;margin:12px 0}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
ul{list-style:none;margin:0 0 8px;padding:0}li{padding:2px 0 2px 20px;text-indent:-20px}
li.error{color:var(--bad)}li.warning{color:var(--wait)}
code{font-size:13px;overflow-wrap:anywhere}footer{color:var(--quiet);margin-top:24px}
@media print{body{background:#fff}article{break-inside:avoid}}
"""


def to_html(report: VerificationReport) -> str:
    """The report as one self-contained page: no script, nothing fetched; every word escaped."""
    verdict = report.verdict
    test = f'<p class="test">{html.escape(TEST_BANNER)}</p>' if report.test_only else ""
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Kiểm tra chữ ký: {html.escape(report.name)}</title><style>{_STYLE}</style></head>
<body><main>
<div class="band {verdict.value}" role="status"><strong>{VERDICT_WORDS[verdict]}</strong>
{html.escape(sentence(report))}</div>
{test}<h1>{html.escape(report.name)}</h1>
{_list(_untested(report))}
<div class="cards">{"".join(map(_card, report.signatures))}</div>
<footer><p>Chính sách {html.escape(report.policy_name)}, bản {html.escape(report.policy_version)};
{html.escape(_asked(report))}.<br>SHA-256 của tệp: <code>{report.sha256_hex}</code></p>
<p>{_FOOTER}</p></footer></main></body></html>
"""


def _untested(report: VerificationReport) -> tuple[Finding, ...]:
    """The file's findings without the one that the banner already says."""
    return tuple(one for one in report.findings if one.message != TEST_BANNER)


def _card(one: SignatureReport) -> str:
    rows = "".join(
        f"<dt>{html.escape(label)}</dt><dd>{html.escape(words)}</dd>" for label, words in _rows(one)
    )
    word = f'<span class="word {one.verdict.value}">{VERDICT_WORDS[one.verdict]}</span>'
    title = f"{_KINDS[one.kind]} {html.escape(one.field)}"
    return f"<article><h2>{title}</h2>{word}<dl>{rows}</dl>{_list(one.findings)}</article>"


def _list(findings: tuple[Finding, ...]) -> str:
    items = "".join(
        f'<li class="{one.severity.value}">{_ICONS[one.severity]} {html.escape(one.message)}</li>'
        for one in findings
    )
    return f"<ul>{items}</ul>" if items else ""
