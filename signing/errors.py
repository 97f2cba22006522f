"""What can go wrong while signing, and while a signed file cannot even be judged.

    SigningRoomError
    ├── SigningError                    signing did not happen
    │   ├── KeyUnavailableError         transient: token unplugged, file missing
    │   ├── KeyRefusedError             PIN, expired, revoked, wrong usage
    │   ├── TimestampUnavailableError   transient: no time-stamping service gave a usable token
    │   ├── EvidenceUnavailableError    transient: no OCSP or CRL to be had
    │   ├── DocumentChangedError        not the bytes that were approved or prepared
    │   ├── SignatureMismatchError      raw signature and certificate do not match
    │   ├── OfferRefusedError           a portal asks a key to sign something else than was seen
    │   ├── HandwritingRefusedError     a picture of handwriting that cannot be a mark
    │   └── DocumentUnsignableError     no such field, wrong order, unreadable
    ├── TrustStoreError                 an anchor file cannot be read
    └── NotAcceptedError                `report.require` refused

A bad signature in a file is no error: `signing.verify` reports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override


class SigningRoomError(Exception):
    """Base of all errors of this room."""

    code: ClassVar[str] = "signing"
    transient: ClassVar[bool] = False
    """True where the same call may succeed later without anybody doing anything."""

    def diagnosis(self) -> str:
        """One Vietnamese sentence for a person: what happened and what to do."""
        return "Có lỗi khi xử lý chữ ký số. Việc cần làm: liên hệ người vận hành hệ thống."


class SigningError(SigningRoomError):
    """Signing did not happen."""


class KeyUnavailableError(SigningError):
    """The key cannot be reached now."""

    code = "key_unavailable"
    transient = True

    def __init__(self, where: str, sentence: str | None = None) -> None:
        self.where = where
        self.sentence = sentence
        super().__init__(f"key not available: {where}")

    @override
    def diagnosis(self) -> str:
        """Says where the key was looked for, or what more is known."""
        return self.sentence or (
            f"Không mở được khoá ký số ({self.where}). "
            "Việc cần làm: kiểm tra thiết bị hoặc tệp khoá rồi ký lại."
        )


class KeyRefusedError(SigningError):
    """The key may not be used: wrong PIN, or a certificate that is not fit."""

    code = "key_refused"

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        self.sentence = sentence
        super().__init__(f"key refused: {reason}")

    @override
    def diagnosis(self) -> str:
        """The reason in Vietnamese."""
        return self.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampFailure:
    """Why one time-stamping service gave nothing usable."""

    service: str
    """How it is called to people."""

    url: str
    code: str
    """unreachable, too_slow, busy, http_status, unreadable, too_large, refused, wrong_imprint,
    wrong_nonce, wrong_time, wrong_signature, wrong_usage, untrusted, expired, revoked or
    no_evidence."""

    sentence: str
    """The reason in Vietnamese, without the name of the service."""

    detail: str = ""
    """What a library said, for the log."""


class TimestampUnavailableError(SigningError):
    """No time-stamping service gave a usable token."""

    code = "timestamp_unavailable"
    transient = True

    def __init__(self, failures: tuple[TimestampFailure, ...] = ()) -> None:
        self.failures = failures
        """One for each service, in the order in which they were asked; none where none is set."""
        said = "; ".join(f"{one.url}: {one.code} {one.detail}".rstrip() for one in failures)
        super().__init__(f"no time stamp: {said or 'no service is set'}")

    @property
    def reasons(self) -> str:
        """Each service with its own reason, in Vietnamese."""
        return "; ".join(f"{one.service}: {one.sentence}" for one in self.failures)

    @override
    def diagnosis(self) -> str:
        """Says that the work goes on by itself."""
        if not self.failures:
            return (
                "Chưa khai máy chủ cấp dấu thời gian; chữ ký đã được giữ lại. Việc cần làm: báo "
                "người vận hành đặt TRINHKY_TIMESTAMPS__URL, không phải ký lại."
            )
        return (
            f"Chưa lấy được dấu thời gian ({self.reasons}); chữ ký đã được giữ lại "
            "và hệ thống sẽ tự thử tiếp. "
            "Việc cần làm: không phải ký lại; báo người vận hành nếu kéo dài."
        )


class EvidenceUnavailableError(SigningError):
    """Revocation evidence (OCSP or CRL) could not be gathered."""

    code = "evidence_unavailable"
    transient = True

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"revocation evidence unavailable: {reason}")

    @override
    def diagnosis(self) -> str:
        """Says that the work goes on by itself."""
        return (
            "Chưa lấy được tình trạng thu hồi của chứng thư; hệ thống sẽ tự thử tiếp. "
            "Việc cần làm: không phải ký lại; báo người vận hành nếu kéo dài."
        )


class DocumentChangedError(SigningError):
    """The bytes are not those that were approved, or not those that were prepared."""

    code = "document_changed"

    def __init__(self, expected_hex: str, actual_hex: str) -> None:
        self.expected_hex = expected_hex
        self.actual_hex = actual_hex
        super().__init__(f"expected SHA-256 {expected_hex}, found {actual_hex}")

    @override
    def diagnosis(self) -> str:
        """Sends the reader back to the document."""
        return (
            "Văn bản đã thay đổi so với bản được phê duyệt. "
            "Việc cần làm: mở lại văn bản, xem bản hiện tại rồi mới ký."
        )


class SignatureMismatchError(SigningError):
    """The raw signature was not made over these attributes by the key of this certificate."""

    code = "signature_mismatch"

    def __init__(self) -> None:
        super().__init__("raw signature does not verify with the certificate")

    @override
    def diagnosis(self) -> str:
        """Asks for the right certificate."""
        return (
            "Giá trị chữ ký không khớp với chứng thư đã chọn. "
            "Việc cần làm: chọn đúng chứng thư của đồng chí rồi ký lại."
        )


class HandwritingRefusedError(SigningError):
    """A picture of handwriting cannot be an officer's mark."""

    code = "handwriting_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"handwriting refused: {reason}")

    @override
    def diagnosis(self) -> str:
        """Says what is wrong with the picture."""
        what = {
            "unreadable": "không đọc được như tệp PNG",
            "too_large": "quá lớn (tối đa 2 MB và 8 triệu điểm ảnh)",
            "empty": "không có nét chữ nào",
            "opaque": "không có nền trong suốt",
            "not_blue": "nét chữ không phải màu xanh",
        }
        return (
            f"Ảnh chữ ký tay không dùng được: {what.get(self.reason, self.reason)}. "
            "Việc cần làm: quét lại chữ ký mực xanh, bỏ nền, lưu thành PNG trong suốt."
        )


class OfferRefusedError(SigningError):
    """What a portal wants signed is not what its person has seen."""

    code = "offer_refused"

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"offer refused: {reason}: {detail}")

    @override
    def diagnosis(self) -> str:
        """Says what does not fit; nothing was signed."""
        what = {
            "other_document": "bản chuẩn bị ký không phải bản đã xem",
            "place": "chỗ dành cho chữ ký không đúng",
            "certificate": "chứng thư không phải chứng thư đã báo",
            "field": "chữ ký sẽ nằm ở ô khác",
            "digest": "giá trị băm không phải của bản đã xem",
            "attributes": "dữ liệu cần ký không đúng với chứng thư hoặc cách ký đã báo",
            "document": "văn bản có mã lệnh, lớp ẩn, chú thích hoặc ô lạ nên có thể hiện khác đi",
            "unsigned": "văn bản chờ đóng dấu chưa có chữ ký đúng của lãnh đạo",
            "revision": "phần thêm vào không chỉ là chữ ký và hình chữ ký",
        }.get(self.reason, self.reason)
        return (
            f"Không ký: {what}. Khoá chưa được dùng. "
            "Việc cần làm: không nhập mã PIN; báo ngay người vận hành cổng thông tin."
        )


class DocumentUnsignableError(SigningError):
    """The document cannot take this signature."""

    code = "document_unsignable"

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        self.sentence = sentence
        super().__init__(f"document cannot be signed: {reason}")

    @override
    def diagnosis(self) -> str:
        """The reason in Vietnamese."""
        return self.sentence


class TrustStoreError(SigningRoomError):
    """A file of trust anchors cannot be read."""

    code = "trust_store"

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")

    @override
    def diagnosis(self) -> str:
        """Names the file."""
        return (
            f"Không đọc được chứng thư tin cậy trong tệp {self.path}. "
            "Việc cần làm: dùng tệp PEM, DER hoặc P7B."
        )


class NotAcceptedError(SigningRoomError):
    """A report does not permit the way on."""

    code = "not_accepted"

    def __init__(self, verdict: str, sentence: str) -> None:
        self.verdict = verdict
        self.sentence = sentence
        super().__init__(f"not accepted: {verdict}")

    @override
    def diagnosis(self) -> str:
        """The report's own sentence."""
        return self.sentence
