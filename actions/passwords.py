"""Passwords: which ones are taken, and how they are kept.

Source: NIST SP 800-63B-4, 3.1.1.2: length counts, no rules of composition; what is common or
derived from the name is refused; Unicode is normalised before it is hashed.
"""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actions.errors import Problem

MIN_LENGTH = 12
"""Characters, after normalisation."""
MAX_LENGTH = 256
"""A limit so that hashing cannot be made to work on megabytes; far above the 64 asked for."""

PLAIN_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
"""Of passwords that one person reads to another: no 0 and o, no 1, i and l, no u beside v."""

COMMON = frozenset(
    {
        "123456789012", "1234567890123", "012345678910", "0123456789012", "987654321098",
        "abcdefghijkl", "abcdefghijklm", "abcd12345678", "abc123456789", "aa1234567890",
        "qwertyuiop12", "qwertyuiop123", "qwertyuiopas", "qwerty123456", "1q2w3e4r5t6y",
        "1qaz2wsx3edc", "password1234", "password12345", "passwordpassword", "p@ssword1234",
        "matkhau12345", "matkhau123456", "matkhaumatkhau", "matkhaukhongco", "khongcomatkhau",
        "vietnam12345", "vietnam123456", "vietnamvietnam", "hanoi1234567", "saigon123456",
        "lamdong12345", "lamdong123456", "lamdonglamdong", "dalat1234567", "tuyengiao123",
        "trinhky12345", "trinhky123456", "trinhkytrinhky", "congchuc1234", "vanthu123456",
        "administrator", "administrator1", "admin1234567", "administrator123", "adminadminadmin",
        "iloveyou1234", "letmein12345", "welcome12345", "anhyeuem1234", "emyeuanh1234",
        "hoilamgi1234", "chucmungnammoi", "motconvitxoera", "samsung12345",
    }
)  # fmt: skip
"""Common ones of a length that would otherwise do; compared without case and spaces."""

_HASHER = PasswordHasher()
"""argon2id with the library's parameters, which follow RFC 9106, 4 (64 MiB, 3 passes)."""


def normalise(password: str) -> str:
    """Returns the form that is hashed: the same for every way of typing Vietnamese marks."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, username: str, name: str) -> tuple[Problem, ...]:
    """Tells why a password is not taken; empty where it is.

    Args:
        password: as typed.
        username: the account's.
        name: the officer's.
    """
    text = normalise(password)
    bare = _bare(text)
    reasons = []
    if len(text) < MIN_LENGTH:
        reasons.append(
            f"ngắn hơn {MIN_LENGTH} ký tự; nên dùng một câu dài dễ nhớ, không cần ký tự đặc biệt"
        )
    if len(text) > MAX_LENGTH:
        reasons.append(f"dài hơn {MAX_LENGTH} ký tự")
    if bare in COMMON or (text and len(set(bare)) <= 2):  # noqa: PLR2004 (aaaa…, abababab…)
        reasons.append("quá phổ biến, dễ bị đoán; chọn câu khác")
    if bare in {_bare(username), _bare(name), _bare(username) * 2}:
        reasons.append("trùng với tên đăng nhập hoặc họ tên; chọn câu khác")
    return tuple(Problem(place="Mật khẩu", reason=reason) for reason in reasons)


def temporary_password() -> str:
    """Returns a password to be handed over and changed at once: 16 signs in groups of four."""
    signs = [secrets.choice(PLAIN_SIGNS) for _ in range(16)]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, 16, 4))


def _bare(text: str) -> str:
    return "".join(normalise(text).casefold().split())


def hash_password(password: str) -> str:
    """Returns the encoded argon2id hash."""
    return _HASHER.hash(normalise(password))


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("nobody has this password")


def verify_password(encoded: str | None, password: str) -> bool:
    """Tells whether a password belongs to a hash; with no hash it takes as long and says no."""
    try:
        _HASHER.verify(encoded or _hash_of_nobody(), normalise(password)[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return encoded is not None


def needs_rehash(encoded: str) -> bool:
    """Tells whether a hash was made with parameters that are no longer ours."""
    return _HASHER.check_needs_rehash(encoded)
