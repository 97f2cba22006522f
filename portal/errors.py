"""What the portal itself refuses.

PortalError
├── NotSignedInError       nobody is signed in
├── PasswordMustChangeError  the password was given by somebody else and must be changed first
├── ForgedFormError        a form that did not come from one of our own pages
├── LinkUnknownError       a unit's link that we did not make
├── LinkEndedError         a unit's link that is over, or was ended by an officer
├── TokenRefusedError      no API token, or one that is not good
├── ScopeMissingError      a token that was not made for this
├── BadUploadError         what was sent is no form with a file
├── UnstorableTextError    a character that no table can hold
├── UploadTooLargeError    more bytes than the office takes
├── CheckGoneError         a result of a check that is over, or another visitor's
└── TooManyRequestsError   asked too often
"""

from typing import ClassVar

from typing_extensions import override

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


class PortalError(Exception):
    """A request that the portal does not serve."""

    code: ClassVar[str] = "portal"

    def diagnosis(self) -> str:
        """Returns the sentence for the person, in Vietnamese."""
        return "Không thực hiện được yêu cầu này."


class NotSignedInError(PortalError):
    """Nobody is signed in, or the session is over."""

    code = "not_signed_in"

    @override
    def diagnosis(self) -> str:
        return "Phiên làm việc đã kết thúc hoặc chưa đăng nhập. Đề nghị đăng nhập lại."


class PasswordMustChangeError(PortalError):
    """The password was given by somebody else; nothing else is done before it is changed."""

    code = "password_must_change"

    @override
    def diagnosis(self) -> str:
        return "Mật khẩu đang dùng là mật khẩu tạm do người khác đặt. Đổi mật khẩu trước."


class ForgedFormError(PortalError):
    """A form without the token of the page it should come from."""

    code = "forged_form"

    @override
    def diagnosis(self) -> str:
        return (
            "Biểu mẫu này không còn hiệu lực hoặc không được gửi từ trang của hệ thống; "
            "chưa có gì được thực hiện. Tải lại trang rồi làm lại."
        )


class LinkUnknownError(PortalError):
    """A unit's link that was cut off, altered or made up."""

    code = "link_unknown"

    @override
    def diagnosis(self) -> str:
        return (
            "Đường dẫn này không đúng hoặc bị cắt mất một đoạn. "
            "Mở lại từ thư đã nhận, hoặc hỏi nơi gửi văn bản."
        )


class LinkEndedError(PortalError):
    """A unit's link that was good once: its time is over, or an officer ended it."""

    code = "link_ended"

    def __init__(self, standing: str, mailbox: str) -> None:
        super().__init__(standing, mailbox)
        self.standing = standing
        """`expired` or `revoked`."""
        self.mailbox = mailbox

    @override
    def diagnosis(self) -> str:
        why = "đã được thay hoặc thu hồi" if self.standing == "revoked" else "đã hết hạn sử dụng"
        return (
            f"Đường dẫn này {why}. Mở đường dẫn trong thư mới nhất của cơ quan gửi văn bản; "
            f"nếu không có, đề nghị gửi thư đến {self.mailbox} để được cấp đường dẫn mới. "
            "Báo cáo vẫn có thể gửi bằng cách trả lời thư đã nhận."
        )


class TokenRefusedError(PortalError):
    """No API token, or one that is unknown or ended."""

    code = "token_refused"

    @override
    def diagnosis(self) -> str:
        return "Cần mã truy cập API còn hiệu lực (Authorization: Bearer …)."


class ScopeMissingError(PortalError):
    """A token whose owner did not allow this."""

    code = "scope_missing"

    def __init__(self, scope: str, words: str) -> None:
        super().__init__(scope)
        self.scope = scope
        self.words = words

    @override
    def diagnosis(self) -> str:
        return (
            f"Mã truy cập này không có phạm vi “{self.scope}” ({self.words}). "
            "Tạo mã khác có phạm vi ấy ở trang Tài khoản của tôi."
        )


class BadUploadError(PortalError):
    """What was sent is no form with a file in it."""

    code = "bad_upload"

    @override
    def diagnosis(self) -> str:
        return "Chưa nhận được tệp nào. Chọn tệp rồi gửi lại."


class UnstorableTextError(PortalError):
    """A text with a character that no table can hold: NUL, or half a character."""

    code = "unstorable_text"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """Where it stands."""

    @override
    def diagnosis(self) -> str:
        where = f" (mục “{self.field[:60]}”)" if self.field else ""
        return (
            f"Nội dung gửi lên{where} có ký tự không lưu được, thường do dán từ tệp hỏng; chưa có "
            "gì được ghi. Quay lại trang trước, gõ lại đoạn đã dán rồi gửi lại."
        )


class UploadTooLargeError(PortalError):
    """More bytes than the office takes anywhere."""

    code = "too_large"

    def __init__(self, limit_bytes: int, name: str = "") -> None:
        super().__init__(limit_bytes, name)
        self.limit_bytes = limit_bytes
        self.name = name

    @override
    def diagnosis(self) -> str:
        many = self.limit_bytes >= MEBIBYTE
        limit = f"{self.limit_bytes // (MEBIBYTE if many else KIBIBYTE)} {'MB' if many else 'KB'}"
        return (
            f"Tệp lớn hơn giới hạn {limit}; "
            "phần đã nhận không được giữ lại. Giảm dung lượng tệp rồi gửi lại."
        )


class CheckGoneError(PortalError):
    """A result of a check that is not kept any more, or was never this visitor's."""

    code = "check_gone"

    @override
    def diagnosis(self) -> str:
        return (
            "Kết quả kiểm tra này không còn được giữ. Kết quả chỉ giữ 30 phút, riêng cho người đã "
            "kiểm tra. Chọn lại tệp để kiểm tra."
        )


class TooManyRequestsError(PortalError):
    """Asked too often from one address."""

    code = "too_many_requests"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s

    @override
    def diagnosis(self) -> str:
        return f"Có quá nhiều yêu cầu từ địa chỉ này. Đợi {self.retry_after_s} giây rồi thử lại."
