"""`trinhky explain`: what a word or a finding of a report means. Needs no settings."""

from difflib import get_close_matches
from typing import Annotated

import typer

from cli.usage import WrongUsageError
from signing.glossary import CODES, TERMS, Term, find_term
from signing.language import Language
from signing.words import RULES
from signing.words_en import SENTENCES


def explain(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TỪ...",
            help="Một từ (“gốc tin cậy”) hoặc một mã nhận xét (issuer_unknown); bỏ trống để xem "
            "tất cả.",
        ),
    ] = None,
    *,
    lang: Annotated[
        Language, typer.Option(metavar="vi|en", help="Ngôn ngữ; mặc định vi.")
    ] = Language.VI,
) -> None:
    """Giải thích từ ngữ và mã nhận xét trong kết quả kiểm tra chữ ký."""
    if not words:
        typer.echo("\n".join(_everything(lang)))
        return
    asked = " ".join(" ".join(words).split())
    term = find_term(asked)
    if term is not None:
        typer.echo("\n".join(_term(term, lang)))
    elif asked in CODES:
        typer.echo("\n".join(_code(asked, lang)))
    else:
        raise WrongUsageError(_unknown(asked))


def _everything(lang: Language) -> list[str]:
    lines = [line for term in TERMS.values() for line in (*_term(term, lang), "")]
    lines += [line for code in CODES for line in (*_code(code, lang), "")]
    return lines[:-1]


def _term(term: Term, lang: Language) -> list[str]:
    source = "Nguồn" if lang is Language.VI else "Source"
    return [term.name(lang), f"  {term.meaning(lang)}", f"  {source}: {term.source}"]


def _code(code: str, lang: Language) -> list[str]:
    """The finding's sentence with its places open, its meaning, what to do."""
    known = CODES[code]
    rule = RULES.get(code)
    said = SENTENCES[code] if lang is Language.EN or rule is None else rule.template
    todo = "Việc cần làm" if lang is Language.VI else "What to do"
    lines = [code] if rule is None else [code, f"  “{said}”"]
    return [*lines, f"  {known.meaning(lang)}", f"  {todo}: {known.todo(lang)}"]


def _unknown(asked: str) -> str:
    names = [term.name.vi for term in TERMS.values()]
    close = get_close_matches(asked.casefold(), [*names, *CODES], n=3)
    hint = f" Có phải là: {', '.join(close)}?" if close else ""
    return f"Không có từ hoặc mã “{asked}”.{hint} Xem tất cả: trinhky explain"
