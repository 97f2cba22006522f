"""What the command line itself says: help and wrong usage, in Vietnamese and without colour.

Typer's own words are English and its boxes need a wide terminal; here the same facts are put in
plain lines. Wrong usage ends with 64. Source: sysexits.h, EX_USAGE.
"""

import textwrap
from collections.abc import Callable, Iterable
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typing_extensions import override

WRONG_USAGE: Final = 64
"""Exit status of a command that was called wrongly."""

_WIDTH: Final = 96
_COLUMN: Final = 30


class WrongUsageError(typer.TyperException):
    """The command was called wrongly; the message says how, in Vietnamese."""

    exit_code = WRONG_USAGE


class Command(TyperCommand):
    """A command whose help is Vietnamese."""

    @override
    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # Typer's own classes are private
        formatter.write(_help(self, ctx, ()))


class Group(TyperGroup):
    """A group of commands whose help is Vietnamese."""

    @override
    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # same
        formatter.write(_help(self, ctx, self.summaries(ctx)))

    def summaries(self, ctx: typer.Context) -> tuple[tuple[str, str], ...]:
        """Returns each command's name with one line about it."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return tuple((name, _first_line(one.help)) for name, one in found if one is not None)

    @override
    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]  # same
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise WrongUsageError(f"Không có lệnh “{name}”. {_where_to_look(ctx)}")
        return super().resolve_command(ctx, args)


def make_group(help_text: str, cls: type[Group] = Group) -> typer.Typer:
    """Returns an empty group of commands; add commands with `@app.command(cls=Command)`."""
    made = typer.Typer(
        cls=cls,
        help=help_text,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        subcommand_metavar="LỆNH …",
    )
    made.callback()(_nothing)  # keeps a group of one command a group
    return made


def make_single(function: Callable[..., None]) -> typer.Typer:
    """Returns a command that has no commands below it."""
    made = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    made.command(cls=Command)(function)
    return made


def _nothing() -> None:
    """What a group does by itself."""


def _help(command: Any, ctx: typer.Context, commands: Iterable[tuple[str, str]]) -> str:  # noqa: ANN401 (Typer's own classes are private)
    shown = [one for one in command.get_params(ctx) if not getattr(one, "hidden", False)]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    options = [one for one in shown if one.param_type_name == "option"]
    parts = [
        _usage_line(command, ctx),
        *(_paragraph(part) for part in (command.help or "").split("\n\n") if part.strip()),
        _table("Tham số", ((_metavar(one), one.help or "") for one in arguments)),
        _table("Tuỳ chọn", (_option_row(one) for one in options)),
        _table("Lệnh", commands),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _usage_line(command: Any, ctx: typer.Context) -> str:  # noqa: ANN401 (same)
    pieces = [_metavar(one) for one in command.get_params(ctx) if one.param_type_name == "argument"]
    tail = [command.subcommand_metavar] if isinstance(command, Group) else pieces
    return " ".join(["Cách dùng:", ctx.command_path, "[TUỲ CHỌN]", *tail])


def _metavar(argument: Any) -> str:  # noqa: ANN401 (same)
    name = str(argument.metavar or argument.name.upper())
    return name if argument.required else f"[{name}]"


def _option_row(option: Any) -> tuple[str, str]:  # noqa: ANN401 (same)
    names = ", ".join(option.opts)
    if option.name == "help":
        return names, "Hiện phần hướng dẫn này."
    return (
        names if option.is_flag else f"{names} {option.metavar or 'GIÁ_TRỊ'}"
    ), option.help or ""


def _choices(parameter: Any) -> tuple[str, ...]:  # noqa: ANN401 (same)
    """What an option may be, which its metavar lists as `text|json`."""
    words = str(parameter.metavar or "").split("|")
    return tuple(words) if len(words) > 1 else ()


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [line for left, right in rows for line in _row(left, right)]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def _row(left: str, right: str) -> list[str]:
    words = textwrap.wrap(" ".join(right.split()), _WIDTH - _COLUMN) or [""]
    indent = " " * _COLUMN
    head = f"  {left}"
    if len(head) > _COLUMN - 2:
        return [head, *(indent + line for line in words)]
    return [head.ljust(_COLUMN) + words[0], *(indent + line for line in words[1:])]


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH)


def _first_line(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def usage_sentence(error: typer.TyperException) -> str:
    """Returns in Vietnamese what was wrong with the call."""
    if isinstance(error, WrongUsageError):
        return str(error)
    ctx = getattr(error, "ctx", None)
    return " ".join(part for part in (_what_is_wrong(error), _where_to_look(ctx)) if part)


def _what_is_wrong(error: typer.TyperException) -> str:
    option = getattr(error, "option_name", None)
    if option is not None:
        return _about_option(error, option)
    parameter: Any = getattr(error, "param", None)
    if parameter is None:
        return "Thiếu tên lệnh hoặc lời gọi chưa đúng."
    name = parameter.opts[0] if parameter.param_type_name == "option" else _metavar(parameter)
    if type(error).__name__ == "MissingParameter":
        return f"Thiếu {name}."
    choices = _choices(parameter)
    wanted = f" Chọn một trong: {', '.join(choices)}." if choices else ""
    return f"Giá trị của {name} không đúng.{wanted}"


def _about_option(error: typer.TyperException, option: str) -> str:
    close = getattr(error, "possibilities", None)
    if close is None:
        return f"Tuỳ chọn {option} dùng chưa đúng: thiếu hoặc thừa giá trị."
    hint = f" Có phải là {' hoặc '.join(sorted(close))}?" if close else ""
    return f"Không có tuỳ chọn {option}.{hint}"


def _where_to_look(ctx: typer.Context | None) -> str:
    return f"Xem: {ctx.command_path} --help" if ctx is not None else ""
