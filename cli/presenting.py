"""Shows reports: a JSON line, words for a terminal, or a file in a folder."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import typer

from cli.usage import WrongUsageError
from cli.visible import visible
from cli.writing import write_whole
from signing.language import Language
from signing.outcome import VerificationReport
from signing.report import to_html, to_json, to_text, verdict_word
from signing.verdict import Verdict

Show = Callable[[str, VerificationReport], Verdict]
"""Shows the report of a named file; returns its verdict."""

Draw = Callable[[VerificationReport], bytes]

SUFFIXES: Final = {"html": ".html", "pdf": ".pdf", "etsi": ".etsi.xml"}
"""Forms that are files, and how their names end."""

_LONGEST_STEM: Final = 160
"""Bytes; file systems take 255 for a whole name."""


def presenter(
    form: str,
    out: Path | None,
    *,
    language: Language = Language.VI,
    judged: Sequence[str] = (),
    seal: Callable[[bytes], bytes] | None = None,
) -> Show:
    """Returns how reports are shown.

    Args:
        form: `text`, `json`, `html`, `pdf` or `etsi`.
        out: folder of the files; made where it is missing.
        language: of everything that is words.
        judged: the files that are judged; none of them is ever written over.
        seal: signs a PDF report.

    Raises:
        WrongUsageError: the folder cannot be made.
    """
    if form == "json":
        return partial(_show_json, language)
    if form not in SUFFIXES or out is None:
        return partial(_show_text, language)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUsageError(f"Không tạo được thư mục {out} ({error.strerror}).") from error
    return _Files(out, SUFFIXES[form], _drawer(form, language, seal), language, judged).show


def _show_json(language: Language, name: str, report: VerificationReport) -> Verdict:
    typer.echo(json.dumps({**to_json(report, language), "file": name}, ensure_ascii=False))
    return report.verdict


def _show_text(language: Language, _name: str, report: VerificationReport) -> Verdict:
    typer.echo(to_text(report, language) + "\n")
    return report.verdict


def _drawer(form: str, language: Language, seal: Callable[[bytes], bytes] | None) -> Draw:
    if form == "html":
        return lambda report: to_html(report, language).encode()
    if form == "etsi":
        from signing.report.etsi import to_etsi  # noqa: PLC0415 (slow to import)

        return lambda report: to_etsi(report, language).encode()
    from signing.report.pdf import to_pdf  # noqa: PLC0415 (same)
    from wiring.settings import TINOS  # noqa: PLC0415 (same)

    def draw(report: VerificationReport) -> bytes:
        page = to_pdf(report, language, fonts=TINOS)
        return page if seal is None else seal(page)

    return draw


class _Files:
    """One file a report; files of one name get reports under names of their own."""

    def __init__(
        self, folder: Path, suffix: str, draw: Draw, language: Language, judged: Sequence[str]
    ) -> None:
        self._folder = folder
        self._suffix = suffix
        self._draw = draw
        self._language = language
        self._used = {name.casefold() for one in judged for name in _names_in(folder, Path(one))}

    def show(self, name: str, report: VerificationReport) -> Verdict:
        path = self._folder / self._name_for(name)
        write_whole(path, self._draw(report))
        word = verdict_word(report.verdict, self._language)
        typer.echo(f"{visible(name)}: {word} → {visible(str(path))}")
        return report.verdict

    def _name_for(self, name: str) -> str:
        stem = visible(Path(name).stem).encode()[:_LONGEST_STEM].decode(errors="ignore") or "tep"
        made, ordinal = stem + self._suffix, 1
        while made.casefold() in self._used:
            ordinal += 1
            made = f"{stem}-{ordinal}{self._suffix}"
        self._used.add(made.casefold())
        return made


def _names_in(folder: Path, path: Path) -> set[str]:
    """The names under which a file lies in a folder, by itself or where a link leads."""
    try:
        places = (path.parent.resolve() / path.name, path.resolve())
        return {place.name for place in places if place.parent == folder.resolve()}
    except (OSError, RuntimeError, ValueError):  # no path of this system: it lies in no folder
        return set()
