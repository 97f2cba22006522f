"""Who acts at a terminal: an officer with a password, or the operator of the server."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from getpass import GetPassWarning
from typing import TYPE_CHECKING

import typer

from actions.account_rows import TemporaryPasswordError
from actions.accounts import SecondStep, finish_sign_in, session_officer, sign_in
from actions.auditing import MACHINE, Actor
from actions.errors import NotFoundError
from actions.sessions import end_session
from cli.errors import NoTerminalError, SecretsDifferError
from cli.opening import Tables, opened_tables
from wiring.settings import load_settings

if TYPE_CHECKING:
    from models.session import Database

OPERATOR = MACHINE
"""Whoever can run commands over the office's own files; recorded as the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """The office's tables, and who does something with them now."""

    tables: Tables
    actor: Actor
    password: str | None
    """What was typed; None for the operator."""

    at: datetime
    """Aware, UTC."""


def ask_secret(prompt: str, *, from_stdin: bool) -> str:
    """Returns a password or PIN: a line of standard input, or typed without being shown.

    Never an argument: arguments are seen by every user of the machine.

    Raises:
        NoTerminalError: it would be shown while it is typed.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return str(typer.prompt(prompt, hide_input=True, default="", show_default=False))
        except GetPassWarning as err:
            raise NoTerminalError from err


def ask_new_secret(prompt: str, *, from_stdin: bool) -> str:
    """Returns a new password, typed twice unless it comes from standard input.

    Raises:
        SecretsDifferError: it is empty, or the two differ.
    """
    secret = ask_secret(prompt, from_stdin=from_stdin)
    again = secret if from_stdin else ask_secret(f"{prompt} (lần nữa)", from_stdin=False)
    if not secret or secret != again:
        raise SecretsDifferError
    return secret


def sign_in_as(
    database: "Database",
    username: str,
    *,
    at: datetime,
    from_stdin: bool = False,
    changing: bool = False,
) -> tuple[Actor, str]:
    """Signs an officer in for one deed; returns the officer and the password that was typed.

    The session ends at once: a terminal keeps nothing. Where the account has a second factor its
    code is asked for, from standard input as a line after the password.

    Args:
        database: the office's tables.
        username: who acts.
        at: aware, UTC.
        from_stdin: whether secrets are lines of standard input.
        changing: whether the deed is to change the password, so that a temporary one will do.

    Raises:
        SignInRefusedError: unknown name, wrong password, locked, disabled.
        CodeRefusedError: the code is wrong, used, or the account is locked.
        TemporaryPasswordError: the password must be changed before anything else is done.
    """
    password = ask_secret(f"Mật khẩu của {username}", from_stdin=from_stdin)
    opened = sign_in(database, username, password, at=at)
    if isinstance(opened, SecondStep):
        from wiring.bootstrap import read_account_key  # noqa: PLC0415 (slow to load)

        code = ask_secret("Mã trên điện thoại hoặc mã khôi phục", from_stdin=from_stdin)
        key = read_account_key(load_settings())
        opened = finish_sign_in(database, opened.token, code, key=key, at=at)
    signed_in = session_officer(database, opened.token, at)
    end_session(database, opened.token, at)
    if signed_in is None:  # disabled in this very instant
        raise NotFoundError("tài khoản", username)
    if signed_in.must_change and not changing:
        raise TemporaryPasswordError
    return signed_in.actor, password


@contextmanager
def acting(
    username: str | None, *, from_stdin: bool = False, changing: bool = False
) -> Iterator[Acting]:
    """Opens the tables for one deed of the officer named by `--as`; else of the operator.

    `changing`: as in `sign_in_as`.

    Raises:
        NoOfficeError: there is no office where the settings say.
        SignInRefusedError: as in `sign_in_as`.
    """
    with opened_tables() as tables:
        at = tables.clock.now()
        actor, password = actor_for(
            tables.database, username, at=at, from_stdin=from_stdin, changing=changing
        )
        yield Acting(tables=tables, actor=actor, password=password, at=at)


def actor_for(
    database: "Database",
    username: str | None,
    *,
    at: datetime,
    from_stdin: bool = False,
    changing: bool = False,
) -> tuple[Actor, str | None]:
    """Returns the officer named by `--as` and the password typed; else the operator and None.

    Raises:
        SignInRefusedError: as in `sign_in_as`.
    """
    if username is None:
        return OPERATOR, None
    return sign_in_as(database, username, at=at, from_stdin=from_stdin, changing=changing)
