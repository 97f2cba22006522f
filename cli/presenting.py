"""Shows reports: a JSON line, words for a terminal, or a page in a folder."""

import json
from collections.abc import Callable
from pathlib import Path

import typer

from cli.usage import WrongUsageError
from cli.visible import made_visible, visible
from signing.outcome import VerificationReport
from signing.report import VERDICT_WORDS, to_html, to_json, to_text
from signing.verdict import Verdict

Show = Callable[[str, VerificationReport], Verdict]
"""Shows the report of a named file; returns its verdict."""


def presenter(form: str, out: Path | None) -> Show:
    """Returns how reports are shown.

    Args:
        form: `text`, `json` or `html`.
        out: folder of the pages; made where it is missing.

    Raises:
        WrongUsageError: the folder cannot be made.
    """
    if form == "json":
        return _show_json
    if form == "text" or out is None:
        return _show_text
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUsageError(f"Không tạo được thư mục {out} ({error.strerror}).") from error
    return _Pages(out).show


def _show_json(name: str, report: VerificationReport) -> Verdict:
    typer.echo(json.dumps({**to_json(report), "file": name}, ensure_ascii=False))
    return report.verdict


def _show_text(_name: str, report: VerificationReport) -> Verdict:
    typer.echo(to_text(made_visible(report)) + "\n")
    return report.verdict


class _Pages:
    """One page a file; files of one name get pages of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def show(self, name: str, report: VerificationReport) -> Verdict:
        page = self._folder / self._name_for(name)
        page.write_text(to_html(made_visible(report)), encoding="utf-8")
        typer.echo(f"{visible(name)}: {VERDICT_WORDS[report.verdict]} → {visible(str(page))}")
        return report.verdict

    def _name_for(self, name: str) -> str:
        stem = visible(Path(name).stem) or "tep"
        made, ordinal = stem, 1
        while made.casefold() in self._used:
            ordinal += 1
            made = f"{stem}-{ordinal}"
        self._used.add(made.casefold())
        return f"{made}.html"
