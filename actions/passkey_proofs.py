"""What a browser sends back of a passkey, judged: proof, or nothing.

Strangers' bytes come in here: whatever is stumbled over is no proof.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override
from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.registration.verify_registration_response import VerifiedRegistration

from actions.errors import ActionRefusedError
from models.credential import Passkey

LONGEST_RESPONSE: Final = 64 * 1024
"""Characters of what a browser sends back."""


class PasskeyRefusedError(ActionRefusedError):
    """What the browser sent is no proof. `reason` goes to the audit trail, never to the person."""

    code = "passkey_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Khoá đăng nhập này không dùng được ở đây: chưa được thêm vào tài khoản, đã bị xoá, "
            "hoặc thiết bị chưa xác minh người dùng. Đăng nhập bằng mật khẩu, rồi thêm lại khoá "
            "nếu cần."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Under which name the browser knows the portal."""

    rp_id: str
    """Host name: passkeys belong to it."""
    origin: str
    """Scheme, host and port from which answers come."""


def registered(response: str, expected: dict[str, Any]) -> VerifiedRegistration | None:
    """Returns a new passkey, where the answer proves it; None otherwise.

    Args:
        response: what the browser sent, JSON.
        expected: `challenge` (base64url), `rp_id` and `origin` of the question.
    """
    try:
        return verify_registration_response(
            credential=_parsed(response),
            expected_challenge=base64url_to_bytes(expected["challenge"]),
            expected_rp_id=expected["rp_id"],
            expected_origin=expected["origin"],
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 (strangers' bytes: whatever is stumbled over is no proof)
        return None


def authenticated(
    response: str, expected: dict[str, Any], row: Passkey
) -> VerifiedAuthentication | None:
    """Returns that a passkey was used, where the answer proves it; None otherwise.

    A counter that did not go forward is no proof. `expected`: as in `registered`.
    """
    try:
        return verify_authentication_response(
            credential=_parsed(response),
            expected_challenge=base64url_to_bytes(expected["challenge"]),
            expected_rp_id=expected["rp_id"],
            expected_origin=expected["origin"],
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 (strangers' bytes: whatever is stumbled over is no proof)
        return None


def _parsed(response: str) -> dict[str, Any]:
    """Returns the answer as an object; raises ValueError or RecursionError for anything else."""
    found = json.loads(response) if len(response) <= LONGEST_RESPONSE else None
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 (strangers' bytes, not a programmer's slip)
    return found


def named(response: str) -> tuple[str, str]:
    """Returns credential ID and user handle as the answer names them, both unproved."""
    try:
        found = _parsed(response)
        inner = found.get("response")
        handle = inner.get("userHandle") if isinstance(inner, dict) else ""
        return str(found.get("id", "")), str(handle or "").rstrip("=")
    except (ValueError, RecursionError):
        return "", ""


def transports(response: str) -> list[str]:
    """Returns how the browser reached the authenticator, of an answer that was proved."""
    inner = _parsed(response).get("response")
    given = inner.get("transports") if isinstance(inner, dict) else None
    return [str(one)[:20] for one in given[:8]] if isinstance(given, list) else []
