"""What the deeds around accounts share: their rows, their audit event, their refusal.

ActionRefusedError
├── SignInRefusedError      not signed in; the sentence never says which of the reasons it was
├── OwnPasswordError        the person who is signed in did not prove it by their password
├── TemporaryPasswordError  the password was given by somebody else and must be changed first
├── CodeRefusedError        the second factor's code is wrong, used, or the account is locked
└── StepOverError           too long between the two halves of something, or done already
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from typing_extensions import override

from actions.auditing import Actor, append_event
from actions.errors import ActionRefusedError, NotFoundError
from models.officer import Account, Officer

FREE_FAILURES = 5
"""Wrong passwords in a row before an account is locked."""

LOCK_WORDS = (
    f"Sau {FREE_FAILURES} lần sai liên tiếp tài khoản tự khoá 1 phút, mỗi lần sai nữa lâu gấp đôi, "
    "nhiều nhất 1 giờ, rồi tự mở."
)
"""How long a lock lasts; the same for everybody, so that it tells nothing of an account."""


class SignInRefusedError(ActionRefusedError):
    """Nobody was signed in. `reason` goes to the audit trail, never to the person."""

    code = "sign_in_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm "
            f"khoá. {LOCK_WORDS} Đợi rồi thử lại, hoặc liên hệ người quản trị."
        )


class OwnPasswordError(ActionRefusedError):
    """The current password is wrong, or too many wrong ones were given."""

    code = "own_password_refused"

    def __init__(self, *, locked: bool) -> None:
        super().__init__()
        self.locked = locked

    @override
    def diagnosis(self) -> str:
        if self.locked:
            return (
                f"Tài khoản đang tạm khoá vì nhập sai nhiều lần; chưa có gì thay đổi. {LOCK_WORDS}"
            )
        return "Mật khẩu hiện tại không đúng; chưa có gì thay đổi. Nhập lại mật khẩu hiện tại."


class TemporaryPasswordError(ActionRefusedError):
    """The password was given by somebody else; nothing else is done before it is changed."""

    code = "temporary_password"

    @override
    def diagnosis(self) -> str:
        return (
            "Mật khẩu này do người khác đặt và chỉ dùng tạm. Đổi mật khẩu trước: đăng nhập cổng "
            "thông tin, hoặc dùng lệnh trinhky account password với --as là chính mình."
        )


class CodeRefusedError(ActionRefusedError):
    """A one-time or recovery code was not taken. `reason` goes to the audit trail alone."""

    code = "code_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Mã không đúng, đã dùng rồi, hoặc tài khoản đang tạm khoá. Đợi mã mới hiện trên điện "
            f"thoại rồi nhập lại; nếu vẫn sai, xem giờ của điện thoại. {LOCK_WORDS}"
        )


class StepOverError(ActionRefusedError):
    """The second half came too late, twice, or without the first."""

    code = "step_over"

    @override
    def diagnosis(self) -> str:
        return "Bước này đã quá 5 phút hoặc đã làm xong; chưa có gì thay đổi. Làm lại từ đầu."


def account_of(session: Session, officer_id: str) -> Account:
    """Returns the account of an officer.

    Raises:
        NotFoundError: there is none.
    """
    account = session.get(Account, officer_id)
    if account is None:
        raise NotFoundError("tài khoản của", officer_id)
    return account


def officer_of(session: Session, officer_id: str) -> Officer:
    """Returns an officer.

    Raises:
        NotFoundError: there is none.
    """
    officer = session.get(Officer, officer_id)
    if officer is None:
        raise NotFoundError("cán bộ", officer_id)
    return officer


def note_done(
    session: Session,
    actor: Actor,
    deed: str,
    *,
    officer_id: str,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Writes the audit event of a deed on an officer's account. Does not commit."""
    append_event(
        session, actor=actor, deed=deed, outcome="done", subject_kind="account",
        subject_id=officer_id, detail=detail or {}, at=at,
    )  # fmt: skip
