"""What can go wrong with a consignment.

DeliveryError
├── EnvelopeError             cannot be written: an address, a header or a file name is unfit
├── InboxUnavailableError     the mailbox cannot be read or written
└── ChannelError              the other side said no, or nothing; carries its own code and words
    ├── TransientDeliveryError    try again later: nothing has been delivered
    ├── PermanentDeliveryError    do not try again: this recipient or this message is refused
    └── UnknownOutcomeError       it may or may not have been delivered; nobody can say from here

Silence is never success. The three channel errors say all that the caller needs to decide: again,
never, or by policy (a repeat under the same Message-ID, or a person).
"""

from typing import ClassVar


class DeliveryError(Exception):
    """Base of this room's errors; ``code`` is stable, ``diagnosis()`` is what a person reads."""

    code: ClassVar[str] = "delivery.error"

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self._advice = advice

    def diagnosis(self) -> str:
        """Return one Vietnamese sentence that says what to do."""
        return self._advice


class EnvelopeError(DeliveryError):
    """The envelope cannot be written; ``part`` names the field, ``reason`` the fault."""

    code: ClassVar[str] = "delivery.envelope"

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(
            f"{part}: {reason}",
            advice=f"Không lập được thư gửi vì trường “{part}” không hợp lệ; đề nghị sửa lại.",
        )
        self.part = part
        self.reason = reason


class InboxUnavailableError(DeliveryError):
    """The mailbox cannot be read or written; ``reason`` is the system's own sentence."""

    code: ClassVar[str] = "delivery.inbox_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            advice=f"Không mở được hộp thư đến ({reason}); đề nghị kiểm tra máy chủ thư.",
        )
        self.reason = reason


class ChannelError(DeliveryError):
    """The channel did not confirm the consignment."""

    code: ClassVar[str] = "delivery.channel"
    _meaning: ClassVar[str] = "Chưa gửi được văn bản đến {recipient} ({words})."

    def __init__(
        self,
        *,
        channel: str,
        recipient: str,
        reply_code: str,
        reply_text: str,
        enhanced_code: str | None = None,
    ) -> None:
        words = " ".join(part for part in (reply_code, enhanced_code, reply_text) if part)
        super().__init__(
            f"{channel} to {recipient}: {words}",
            advice=self._meaning.format(recipient=recipient, words=words),
        )
        self.channel = channel
        self.recipient = recipient
        self.reply_code = reply_code
        """Three digits over SMTP, else a word such as ``connection_lost``."""
        self.enhanced_code = enhanced_code
        """Three numbers such as ``5.1.1``, where the server gave them (RFC 3463)."""
        self.reply_text = reply_text
        """The other side's or the system's own words."""


class TransientDeliveryError(ChannelError):
    """Nothing was delivered, and a later attempt may succeed."""

    code: ClassVar[str] = "delivery.transient"
    _meaning: ClassVar[str] = (
        "Tạm thời chưa gửi được văn bản đến {recipient} ({words}); hệ thống sẽ tự gửi lại."
    )


class PermanentDeliveryError(ChannelError):
    """The other side refuses this recipient or this message for good."""

    code: ClassVar[str] = "delivery.permanent"
    _meaning: ClassVar[str] = (
        "Nơi nhận {recipient} từ chối văn bản ({words}); "
        "đề nghị kiểm tra địa chỉ hoặc gửi bằng kênh khác."
    )


class UnknownOutcomeError(ChannelError):
    """The consignment was handed over whole and no answer came: it may have arrived."""

    code: ClassVar[str] = "delivery.unknown"
    _meaning: ClassVar[str] = (
        "Không rõ {recipient} đã nhận được văn bản hay chưa ({words}); "
        "đề nghị liên hệ nơi nhận hoặc gửi lại với cùng mã thư."
    )
