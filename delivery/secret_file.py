"""Secrets of addresses in a file of the office: one line each, ``ADDRESS SECRET``.

Read anew for each channel that is opened, so that a secret is changed without a restart. The file
is for its owner alone; what it holds goes into no database, no log, no error.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077


def read_secret_file(path: Path, *, shortest: int = 1) -> Mapping[str, str]:
    """Return secret by address; empty lines and lines that begin with ``#`` are passed over.

    Args:
        path: the file.
        shortest: characters that a secret has at least.

    Raises:
        OSError: it cannot be read, others than its owner may, or a line is none; no secret is said.
    """
    found: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.stat().st_mode & _OTHERS:
        raise PermissionError(f"tệp {path.name} phải chỉ chủ tệp được đọc (chmod 600)")
    for number, line in enumerate(lines, start=1):
        address, _, secret = line.strip().partition(" ")
        if not address or address.startswith("#"):
            continue
        if len(secret.strip()) < shortest:
            raise OSError(
                f"tệp {path.name}, dòng {number}: ghi ĐỊA_CHỈ BÍ_MẬT, bí mật từ {shortest} ký tự"
            )
        found[address] = secret.strip()
    return found


def secrets_of(path: Path, *, shortest: int = 32) -> Callable[[str], bytes | None]:
    """Return how to look up a secret; the file is read at the first question.

    The lookup raises OSError as `read_secret_file` does; without the file nobody has a secret.
    """
    held: list[Mapping[str, str]] = []

    def look_up(address: str) -> bytes | None:
        if not held:
            held.append(read_secret_file(path, shortest=shortest) if path.exists() else {})
        secret = held[0].get(address)
        return secret.encode() if secret is not None else None

    return look_up
