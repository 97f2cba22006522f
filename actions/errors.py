"""Refusals of deeds.

    ActionRefusedError
    ├── NotFoundError              no such thing
    ├── NotAuthorisedError         this person may not do this
    ├── SeparationError            two steps must not be taken by the same person
    ├── WrongStateError            the thing has moved on (or not yet come) to another state
    ├── AlreadyDoneError           done before; nothing was done twice
    ├── TakenError                 a colleague has taken it up
    ├── StaleRevisionError         what was looked at is not what is there now
    ├── PaperWithdrawnError        the paper was taken back; its file is not handed out any more
    ├── InvalidInputError          what was entered cannot be right; names each place
    ├── NotEntitledError           the signatory has no authority for this paper on this day
    ├── CertificateUnfitError      the certificate must not be used
    ├── PinRefusedError            the key did not open
    ├── NotAcceptedError           a signature did not pass our own judgement
    ├── KeyReusedError             an idempotency key that belongs to another request
    ├── KeyUnderWayError           the request with this idempotency key is not answered yet
    └── UnavailableError           a service that the deed needs does not answer; try again

Every error holds facts, a stable `code`, and `diagnosis()`: a Vietnamese sentence that says what
is wrong and what to do.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override


class ActionRefusedError(Exception):
    """A deed was refused; nothing was changed."""

    code: ClassVar[str] = "refused"

    def diagnosis(self) -> str:
        """Returns the sentence for the person, in Vietnamese."""
        return "Thao tác không thực hiện được."

    def facts(self) -> dict[str, Any]:
        """Returns what goes into the audit event of the refusal; never a secret."""
        return {key: str(value) for key, value in vars(self).items()}

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.diagnosis()}"


class NotFoundError(ActionRefusedError):
    """There is no such thing."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    @override
    def diagnosis(self) -> str:
        return f"Không tìm thấy {self.kind} “{self.key}”. Kiểm tra lại tên hoặc đường dẫn."


class NotAuthorisedError(ActionRefusedError):
    """This person may not do this."""

    code = "not_authorised"

    def __init__(self, actor: str, deed: str, needed: str) -> None:
        super().__init__(actor, deed, needed)
        self.actor = actor
        self.deed = deed
        self.needed = needed

    @override
    def diagnosis(self) -> str:
        return (
            f"{self.actor} không có quyền {self.deed}: việc này thuộc về {self.needed}. "
            "Đề nghị chuyển cho người có thẩm quyền."
        )


class SeparationError(ActionRefusedError):
    """Two steps that must be taken by different people."""

    code = "separation"

    def __init__(self, actor: str, first: str, second: str) -> None:
        super().__init__(actor, first, second)
        self.actor = actor
        self.first = first
        self.second = second

    @override
    def diagnosis(self) -> str:
        return (
            f"{self.actor} không thể vừa {self.first} vừa {self.second} cùng một văn bản. "
            "Đề nghị phân công người khác."
        )


STATE_WORDS = {
    "drafting": "đang soạn thảo",
    "in_review": "đang kiểm tra",
    "returned": "đã trả lại người soạn",
    "taken_back": "đã được người soạn rút lại",
    "approved": "đã phê duyệt",
    "numbered": "đã cấp số",
    "signed": "đã ký",
    "sealed": "đã đóng dấu, chờ phát hành",
    "issued": "đã phát hành",
    "closed": "đã kết thúc",
    "cancelled": "đã huỷ",
    "recalled": "đã thu hồi",
    "replaced": "đã được thay thế",
    "corrected": "đã đính chính",
    "open": "chưa báo cáo",
    "reported": "đã báo cáo, chờ xem xét",
    "extension_requested": "đang xin gia hạn",
    "accepted": "đã nhận báo cáo",
    "transferred": "đã chuyển đơn vị kế thừa",
}
"""How a state is called to people; `taken_back` is `returned` by the drafter's own deed."""


class WrongStateError(ActionRefusedError):
    """The thing is not in the state that the deed needs."""

    code = "wrong_state"

    def __init__(self, what: str, *, expected: tuple[str, ...], actual: str) -> None:
        super().__init__(what, expected, actual)
        self.what = what
        self.expected = expected
        self.actual = actual

    @override
    def diagnosis(self) -> str:
        wanted = " hoặc ".join(STATE_WORDS.get(state, state) for state in self.expected)
        return (
            f"{self.what} {STATE_WORDS.get(self.actual, self.actual)}; "
            f"việc này chỉ làm được khi {wanted}. Tải lại trang để xem bước tiếp theo."
        )


class AlreadyDoneError(ActionRefusedError):
    """It was done before; nothing was done twice."""

    code = "already_done"

    def __init__(self, what: str, by: str = "") -> None:
        super().__init__(what, by)
        self.what = what
        self.by = by

    @override
    def diagnosis(self) -> str:
        if self.by:
            return f"{self.what} đã được thực hiện bởi {self.by} trước đó; không thực hiện lại."
        return f"{self.what} đã được thực hiện trước đó; không thực hiện lại."


class TakenError(ActionRefusedError):
    """A colleague has taken up what waited for several."""

    code = "taken"

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by

    @override
    def diagnosis(self) -> str:
        return f"{self.by} đã nhận việc này trước. Đồng chí chọn việc khác trong hàng chờ."


class StaleRevisionError(ActionRefusedError):
    """What was looked at is not what is there now."""

    code = "stale_revision"

    def __init__(self, seen: str, current: str) -> None:
        super().__init__(seen, current)
        self.seen = seen
        self.current = current

    @override
    def diagnosis(self) -> str:
        return (
            "Bản đồng chí vừa xem không còn là bản hiện hành: văn bản đã thay đổi sau đó. "
            "Tải lại trang và xem bản mới trước khi quyết định."
        )


class PaperWithdrawnError(ActionRefusedError):
    """The paper was recalled, replaced or taken back; its file is not handed out any more."""

    code = "paper_withdrawn"

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__(heading, sentence)
        self.heading = heading
        self.sentence = sentence
        """Number, day and reason."""

    @override
    def diagnosis(self) -> str:
        return (
            f"{self.heading}. {self.sentence.rstrip('.')}. Cơ quan ban hành không cung cấp tệp văn "
            "bản này nữa. Đề nghị ngừng sử dụng và huỷ bản đã nhận trên hệ thống của đơn vị."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with what was entered."""

    place: str
    """Where: a field, a line of a file, a paragraph."""
    reason: str
    """What is wrong and what to do, in Vietnamese."""


class InvalidInputError(ActionRefusedError):
    """What was entered cannot be right; every problem is named."""

    code = "invalid_input"

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @override
    def diagnosis(self) -> str:
        return " ".join(f"{problem.place}: {problem.reason}" for problem in self.problems)

    @override
    def facts(self) -> dict[str, Any]:
        return {"problems": [[problem.place, problem.reason] for problem in self.problems]}


class NotEntitledError(ActionRefusedError):
    """Nobody entitled to sign this paper on this day was named."""

    code = "not_entitled"

    def __init__(self, officer: str, doc_type: str, day: str) -> None:
        super().__init__(officer, doc_type, day)
        self.officer = officer
        self.doc_type = doc_type
        self.day = day

    @override
    def diagnosis(self) -> str:
        return (
            f"{self.officer} không có thẩm quyền ký {self.doc_type} ngày {self.day}. "
            "Chọn người ký khác hoặc bổ sung văn bản giao quyền."
        )


class CertificateUnfitError(ActionRefusedError):
    """The certificate must not be used: expired, revoked, wrong usage, somebody else's."""

    code = "certificate_unfit"

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(subject, reason)
        self.subject = subject
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            f"Chứng thư “{self.subject}” không dùng để ký được: {self.reason} "
            "Liên hệ cơ quan cấp chứng thư hoặc chọn chứng thư khác."
        )


class PinRefusedError(ActionRefusedError):
    """The key did not open with this PIN. The PIN itself is never kept."""

    code = "pin_refused"

    def __init__(self, sentence: str = "") -> None:
        super().__init__()
        self.sentence = sentence
        """What the key's keeper says, for instance of the tries that are left."""

    @override
    def diagnosis(self) -> str:
        said = self.sentence or "Mã PIN không đúng. Việc cần làm: nhập lại mã PIN cẩn thận."
        return f"Chưa có gì được ký. {said}"


class NotAcceptedError(ActionRefusedError):
    """A signature or document did not pass our own judgement."""

    code = "not_accepted"

    def __init__(self, what: str, sentence: str) -> None:
        super().__init__(what, sentence)
        self.what = what
        self.sentence = sentence

    @override
    def diagnosis(self) -> str:
        return f"{self.what} không được chấp nhận. {self.sentence}"


class UnavailableError(ActionRefusedError):
    """A service that the deed needs does not answer; trying again later is right."""

    code = "unavailable"

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(service, reason)
        self.service = service
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"{self.service} chưa trả lời ({self.reason}). Hệ thống sẽ thử lại."


class KeyReusedError(ActionRefusedError):
    """The idempotency key belongs to another request."""

    code = "idempotency_key_reused"

    @override
    def diagnosis(self) -> str:
        return (
            "Khoá chống lặp (Idempotency-Key) này đã dùng cho một yêu cầu khác. "
            "Gửi lại đúng yêu cầu cũ, hoặc dùng khoá mới cho yêu cầu mới."
        )


class KeyUnderWayError(ActionRefusedError):
    """The request with this idempotency key is not answered yet."""

    code = "idempotency_key_under_way"
    retry_after_s: ClassVar[int] = 2

    @override
    def diagnosis(self) -> str:
        return (
            "Yêu cầu mang khoá chống lặp (Idempotency-Key) này đang được thực hiện. "
            "Đợi vài giây rồi gửi lại y như cũ để nhận kết quả."
        )
