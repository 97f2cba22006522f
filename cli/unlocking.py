"""The password of an encrypted file: from a file or typed, never in the command's own words.

What stands in a command can be read by everybody on the machine, and stays in the shell's history.
"""

from pathlib import Path

import typer

from cli.usage import WrongUsageError

LONGEST = 4096
"""Bytes."""


def read_password(file: Path | None, *, ask: bool) -> bytes:
    """Returns the password; empty where none is given.

    Args:
        file: its first line is the password.
        ask: whether it is to be typed, unseen.

    Raises:
        WrongUsageError: both ways were asked for, or the file cannot be read.
    """
    if file is None:
        return typer.prompt("Mật khẩu của tệp", hide_input=True, err=True).encode() if ask else b""
    if ask:
        raise WrongUsageError("Chỉ dùng một trong hai: --password-file hoặc --ask-password.")
    try:
        with file.open("rb") as stream:
            return stream.readline(LONGEST).rstrip(b"\r\n")
    except OSError as error:
        reason = error.strerror or "lỗi đọc"
        raise WrongUsageError(f"Không đọc được tệp mật khẩu {file} ({reason}).") from error
