"""Compares one file with each of its signed revisions and writes what was found."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from cli.judgement import Order, judge_one, open_sandbox, parse_instant
from cli.usage import WrongUsageError
from cli.visible import made_visible, visible
from cli.writing import write_whole
from signing.compare.comparing import Comparing
from signing.compare.page import Section, to_page
from signing.outcome import SignatureReport, VerificationReport
from signing.revisions import as_signed
from signing.trust import TrustStore

PAGE: Final = "so-sanh.html"
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A file with what was judged of it."""

    data: bytes
    report: VerificationReport
    password: bytes


def compare_file(file: str, *, out: Path, field: str | None, password: bytes) -> bool:
    """Writes the files as signed, the pictures and the page, and says where they are.

    Returns:
        Whether every signature asked for could be compared.

    Raises:
        WrongUsageError: the file has no signature in a field of that name.
        FolderUnwritableError: nothing can be written there.
    """
    order = Order(
        profile="integrity", trust=TrustStore(), at=parse_instant(None), password=password
    )
    with open_sandbox(1, 1) as sandbox:
        found = judge_one(file, order, sandbox)
    report, data = found.report, found.data
    if data is None or not report.signatures:
        _say_why(file, report)
        return False
    chosen = _chosen(report, field)
    judged = _Judged(data=data, report=report, password=password)
    with Comparing() as comparing:
        sections = tuple(_section(number, judged, out, comparing) for number in chosen)
    shown = made_visible(report)
    write_whole(out / PAGE, to_page(visible(Path(file).name), shown, sections).encode())
    for section in sections:
        typer.echo(visible(f"{section.title}: {section.said}"))
    typer.echo(f"→ {visible(str(out / PAGE))}")
    return all(_is_told(one) for one in sections)


def _say_why(file: str, report: VerificationReport) -> None:
    for one in report.findings:
        typer.echo(f"{visible(file)}: {visible(one.message)}")


def _chosen(report: VerificationReport, field: str | None) -> list[int]:
    """Numbers of the signatures asked for, from 1."""
    found = [
        number
        for number, one in enumerate(report.signatures, 1)
        if field is None or one.field == field
    ]
    if not found:
        names = ", ".join(visible(one.field) for one in report.signatures)
        raise WrongUsageError(f"Tệp không có chữ ký trong ô “{field}”. Các ô đã ký: {names}.")
    return found


def _is_told(one: Section) -> bool:
    return bool(one.pdf) and (one.comparison is None or one.comparison.fault is None)


def _section(number: int, judged: _Judged, out: Path, comparing: Comparing) -> Section:
    signature = judged.report.signatures[number - 1]
    shown = made_visible(signature)
    front = as_signed(judged.data, signature)
    if front is None:
        return Section(number=number, signature=shown)
    stem = _stem(number, signature)
    pdf = f"{stem}-ban-khi-ky.pdf"
    write_whole(out / pdf, front)
    if len(front) == len(judged.data):
        return Section(number=number, signature=shown, pdf=pdf)
    comparison = comparing.compare(judged.data, signed_length=len(front), password=judged.password)
    pictures = []
    for ordinal, page in enumerate(comparison.differences, 1):
        name = f"{stem}-khac-{ordinal}.png" if page.png else ""
        if name:
            write_whole(out / name, page.png)
        pictures.append(name)
    return Section(
        number=number,
        signature=shown,
        pdf=pdf,
        comparison=comparison,
        pictures=tuple(pictures),
    )


def _stem(number: int, signature: SignatureReport) -> str:
    """A file name out of a field's name, which is a stranger's."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", signature.field)[:_LONGEST_NAME].strip("-")
    return f"{number}-{plain or 'chu-ky'}"
