"""Why `trinhky agent` did nothing.

AgentRefusedError
├── NotPairedError            this machine knows no portal yet
├── HomeUnusableError         its own folder cannot be read or written
├── PortalAddressError        no address of a portal, or one that is not protected
├── PortalUnreachableError    the portal does not answer
├── PortalKeyChangedError     somebody else answers in its place
├── PortalRefusedError        the portal says no, and why
├── PortalUnclearError        the portal's answer cannot be understood
├── DocumentDiffersError      what came is not what the portal announced
├── WorkUnclearError          what was typed names no document, or several
└── KeyNotFoundError          the key of the certificate is not where it was looked for
"""

from typing import ClassVar

from typing_extensions import override

from cli.errors import CommandRefusedError


class AgentRefusedError(CommandRefusedError):
    """Base: nothing was signed."""

    code: ClassVar[str] = "agent_refused"


class NotPairedError(AgentRefusedError):
    """This machine knows no portal yet."""

    code = "not_paired"

    @override
    def diagnosis(self) -> str:
        return (
            "Máy này chưa ghép nối với cổng thông tin nào. Việc cần làm: lấy mã ở trang “Máy ký "
            "của tôi” rồi chạy: trinhky agent pair ĐỊA_CHỈ"
        )


class HomeUnusableError(AgentRefusedError):
    """The agent's own folder cannot be read or written."""

    code = "home_unusable"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            f"Không dùng được {self.path} ({self.reason}). Việc cần làm: kiểm tra quyền của thư "
            "mục, hoặc ghép nối lại máy này: trinhky agent pair ĐỊA_CHỈ"
        )


class PortalAddressError(AgentRefusedError):
    """No address of a portal, or one where others can read along."""

    code = "portal_address"

    def __init__(self, address: str, sentence: str) -> None:
        super().__init__(address, sentence)
        self.address = address
        self.sentence = sentence

    @override
    def diagnosis(self) -> str:
        return self.sentence


class PortalUnreachableError(AgentRefusedError):
    """The portal does not answer."""

    code = "portal_unreachable"

    def __init__(self, portal: str, reason: str) -> None:
        super().__init__(portal, reason)
        self.portal = portal
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            f"Không liên lạc được với {self.portal} ({self.reason}). Việc đã làm được giữ lại. "
            "Việc cần làm: kiểm tra đường mạng rồi chạy lại đúng lệnh này."
        )


class PortalKeyChangedError(AgentRefusedError):
    """Whoever answers does not have the key that was pinned."""

    code = "portal_key_changed"

    @override
    def diagnosis(self) -> str:
        return (
            "Máy chủ trả lời không có khoá đã ghim khi ghép nối: có thể có kẻ đứng giữa. "
            "Chưa gửi gì. Việc cần làm: báo người vận hành; nếu cổng vừa đổi khoá thì ghép nối lại."
        )


class PortalRefusedError(AgentRefusedError):
    """The portal says no."""

    code = "portal_refused"

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        super().__init__(status, reason, sentence)
        self.status = status
        self.reason = reason
        """The portal's code of the refusal."""
        self.sentence = sentence

    @override
    def diagnosis(self) -> str:
        if self.reason == "token_refused":
            return (
                "Cổng thông tin không nhận máy này nữa: máy đã bị ngừng, hoặc đồng chí không còn "
                "giữ việc ký. Việc cần làm: ghép nối lại máy từ trang “Máy ký của tôi”."
            )
        return f"Cổng thông tin từ chối: {self.sentence}"


class PortalUnclearError(AgentRefusedError):
    """The portal's answer cannot be understood."""

    code = "portal_unclear"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    @override
    def diagnosis(self) -> str:
        return (
            f"Không hiểu được câu trả lời của cổng thông tin ({self.what}). Không ký gì. "
            "Việc cần làm: kiểm tra địa chỉ và phiên bản của trinhky trên hai máy."
        )


class DocumentDiffersError(AgentRefusedError):
    """What came is not what the portal announced."""

    code = "document_differs"

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual

    @override
    def diagnosis(self) -> str:
        return (
            "Văn bản tải về không đúng mã băm đã báo; đã bỏ bản này và không ký. "
            "Việc cần làm: chạy lại; nếu vẫn vậy, báo ngay người vận hành cổng thông tin."
        )


class WorkUnclearError(AgentRefusedError):
    """What was typed names no document that waits, or several."""

    code = "work_unclear"

    def __init__(self, typed: str, candidates: tuple[str, ...]) -> None:
        super().__init__(typed, candidates)
        self.typed = typed
        self.candidates = candidates

    @override
    def diagnosis(self) -> str:
        if self.candidates:
            return f"“{self.typed}” chỉ nhiều văn bản: {', '.join(self.candidates)}. Gõ đủ hơn."
        return f"Không có văn bản nào chờ ký là “{self.typed}”. Xem: trinhky agent list"


class KeyNotFoundError(AgentRefusedError):
    """The key of the certificate is not where it was looked for."""

    code = "key_not_found"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    @override
    def diagnosis(self) -> str:
        return self.sentence
