"""What the deeds around accounts share: their rows, their audit event, their refusal.

ActionRefusedError
└── SignInRefusedError    not signed in; the sentence never says which of the reasons it was
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
            f"khoá (sau {FREE_FAILURES} lần sai liên tiếp). Đợi ít phút rồi thử lại, hoặc liên hệ "
            "người quản trị."
        )


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
