"""Why a document that was signed elsewhere is not taken.

The tree, below `signing.errors`:

SigningError
└── UploadRefusedError
    ├── NotPDFError, UploadTooLargeError, UploadUnreadableError, NotUnderstoodError
    ├── OtherDocumentError, SavedAnewError            not the document that was handed out
    ├── UnsignedUploadError, TwoSignaturesError       none, or more than one
    ├── OtherFieldError, OwnFieldError                not in the prepared field
    ├── OtherSignerError, SubstitutedCertificateError, UnnamedCertificateError
    ├── PartialCoverError, BytesBehindEndError, FurtherRevisionError, ChangedBesideError
    ├── WrongPermissionError, LocksFieldsError        bars what must come after, or allows more
    ├── NotCertifiedError, NumberMissingError         number and date come after the signature
    ├── WrongFormatError, EncapsulatedError, WeakAlgorithmError, NotIntactError
    └── MalformedSignatureError, BadTimeStampError
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import ClassVar, Final

from typing_extensions import override

from signing.errors import SigningError

_MOST_LETTERS: Final = 200
_AGAIN: Final = "Việc cần làm: tải lại bản để ký, ký đúng bản đó rồi nộp lại."


class UploadRefusedError(SigningError):
    """What was uploaded is not the document with one more signature."""

    code = "upload_refused"
    template: ClassVar[str] = "Không nhận được tệp đã nộp. " + _AGAIN

    def __init__(self, **facts: str) -> None:
        """Takes the facts of the sentence; texts out of a stranger's file are cut and made plain.

        Raises:
            ValueError: Not the facts that the sentence has places for.
        """
        wanted = {name for _, name, _, _ in Formatter().parse(self.template) if name}
        if set(facts) != wanted:
            raise ValueError(f"{self.code}: {sorted(facts)}")
        self.facts = {name: plain(value) for name, value in facts.items()}
        super().__init__(f"{self.code} {self.facts}" if facts else self.code)

    @override
    def diagnosis(self) -> str:
        return self.template.format_map(self.facts)


def plain(text: str) -> str:
    """A text out of a stranger's file, as it may be shown: one line of visible letters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[
        :_MOST_LETTERS
    ]


class NotPDFError(UploadRefusedError):
    """The bytes are no PDF."""

    code = "upload_not_pdf"
    template = "Tệp đã nộp không phải là tệp PDF. Việc cần làm: nộp tệp PDF mà phần mềm ký lưu ra."


class UploadTooLargeError(UploadRefusedError):
    """Larger than the product's one limit."""

    code = "upload_too_large"
    template = "Tệp đã nộp lớn hơn giới hạn {limit_mb} MB. " + _AGAIN


class UploadUnreadableError(UploadRefusedError):
    """The process that read it gave up."""

    code = "upload_unreadable"
    template = "Không đọc được tệp đã nộp: {reason} " + _AGAIN


class NotUnderstoodError(UploadRefusedError):
    """Our own reader is not sure of the file's structure."""

    code = "upload_not_understood"
    template = (
        "Phần mềm ký đã ghi tệp theo cách không kiểm tra chắc chắn được ({rule}). Việc cần làm: "
        "ký bằng phần mềm khác hoặc chọn chế độ lưu bổ sung (incremental) rồi nộp lại."
    )


class OtherDocumentError(UploadRefusedError):
    """Another document than the one that was handed out."""

    code = "upload_other_document"
    template = "Tệp đã nộp là văn bản khác, không phải bản đã tải về để ký. " + _AGAIN


class SavedAnewError(UploadRefusedError):
    """The same document, but its earlier bytes were written anew."""

    code = "upload_saved_anew"
    template = (
        "Tệp đã bị lưu lại: nội dung trước chữ ký không còn nguyên từng byte như bản đã tải về "
        "(khác từ byte thứ {place}). Việc cần làm: tải lại bản để ký, chỉ ký chứ không sửa, không "
        "in ra PDF, không nén lại, rồi nộp lại."
    )


class UnsignedUploadError(UploadRefusedError):
    """No new signature."""

    code = "upload_unsigned"
    template = "Tệp đã nộp chưa có chữ ký mới nào. Việc cần làm: ký vào ô {expected} rồi nộp lại."


class TwoSignaturesError(UploadRefusedError):
    """More than one new signature."""

    code = "upload_two_signatures"
    template = (
        "Tệp đã nộp có {count} chữ ký mới; chỉ nhận đúng một chữ ký tại ô {expected}. " + _AGAIN
    )


class OtherFieldError(UploadRefusedError):
    """Signed in another prepared field."""

    code = "upload_other_field"
    template = "Chữ ký nằm ở ô {field}, không phải ô {expected} dành cho đồng chí. " + _AGAIN


class OwnFieldError(UploadRefusedError):
    """Signed in a field that the tool made."""

    code = "upload_own_field"
    template = (
        "Phần mềm ký đã tự tạo ô {field} thay vì ký vào ô {expected} có sẵn. Việc cần làm: tải "
        "lại bản để ký, bấm vào ô chữ ký có sẵn trên trang để ký rồi nộp lại."
    )


class OtherSignerError(UploadRefusedError):
    """Signed by another certificate."""

    code = "upload_other_signer"
    template = (
        "Chữ ký dùng chứng thư của “{name}” (số {serial}), không phải chứng thư đã đăng ký của "
        "“{expected}”. Việc cần làm: ký bằng chứng thư đã đăng ký, hoặc đăng ký chứng "
        "thư mới trước."
    )


class SubstitutedCertificateError(UploadRefusedError):
    """What was signed names another certificate than the one that travels with it."""

    code = "upload_certificate_substituted"
    template = (
        "Chứng thư kèm theo chữ ký không phải chứng thư mà chữ ký đã ghi: chứng thư bị tráo. "
        "Việc cần làm: ký lại bằng phần mềm ký tin cậy; báo người vận hành nếu lặp lại."
    )


class UnnamedCertificateError(UploadRefusedError):
    """What was signed names no certificate, so that another one could be put in its place."""

    code = "upload_certificate_unnamed"
    template = (
        "Chữ ký không ghi chứng thư của người ký trong phần được ký (signing-certificate), nên có "
        "thể bị tráo chứng thư. Việc cần làm: bật chuẩn PAdES (hoặc CAdES) trong phần mềm ký, "
        "ký lại."
    )


class PartialCoverError(UploadRefusedError):
    """The signature covers only part of the file."""

    code = "upload_partial"
    template = "Chữ ký chỉ bao trùm một phần của tệp. " + _AGAIN


class BytesBehindEndError(UploadRefusedError):
    """Something stands behind what the signature covers."""

    code = "upload_bytes_behind_end"
    template = "Sau phần đã ký của tệp còn dữ liệu lạ. " + _AGAIN


class FurtherRevisionError(UploadRefusedError):
    """More revisions than the one that signs."""

    code = "upload_further_revision"
    template = (
        "Ngoài lần ký, tệp còn bị lưu thêm ({count} lần lưu sau bản đã tải về). Việc cần làm: ký "
        "một lần rồi nộp ngay tệp đó; tắt việc tự thêm dữ liệu kiểm tra (LTV), hệ thống "
        "sẽ thêm sau."
    )


class ChangedBesideError(UploadRefusedError):
    """The revision that signs changes something else, too."""

    code = "upload_changed"
    template = "Cùng lúc với chữ ký, tệp bị thay đổi thêm: {what}. " + _AGAIN


class WrongPermissionError(UploadRefusedError):
    """The signature forbids what must come after it, or allows what must not."""

    code = "upload_permission"
    template = "Chữ ký có quyền sửa đổi không đúng: {what}. " + _AGAIN


class NotCertifiedError(UploadRefusedError):
    """Number and date come after it, which only a certification allows."""

    code = "upload_not_certified"
    template = (
        "Văn bản này được cấp số sau khi ký nên chữ ký của lãnh đạo phải là chữ ký chứng nhận "
        "(certify, cho phép điền biểu mẫu). Việc cần làm: chọn “Ký chứng nhận” trong phần mềm ký, "
        "hoặc ký bằng khoá đăng ký tại máy chủ."
    )


class NumberMissingError(UploadRefusedError):
    """Number and date must be filled in by the very revision that seals."""

    code = "upload_number_missing"
    template = (
        "Số và ngày của văn bản còn trống và phải được điền đúng lúc đóng dấu; phần mềm ký khác "
        "không làm được việc này. Việc cần làm: đóng dấu trên trang đóng dấu bằng khoá của cơ quan."
    )


class LocksFieldsError(UploadRefusedError):
    """The signature locks a field that must still be signed."""

    code = "upload_locks_fields"
    template = (
        "Chữ ký khoá ô {field} còn phải ký hoặc đóng dấu sau đó. Việc cần làm: bỏ chọn “khoá văn "
        "bản sau khi ký” trong phần mềm ký, ký lại bản đã tải về rồi nộp lại."
    )


class WrongFormatError(UploadRefusedError):
    """Not a format that is taken here."""

    code = "upload_format"
    template = (
        "Dạng chữ ký {format} không được nhận. Việc cần làm: chọn dạng PAdES "
        "(ETSI.CAdES.detached) hoặc PKCS#7 tách rời (adbe.pkcs7.detached) rồi ký lại."
    )


class EncapsulatedError(UploadRefusedError):
    """The CMS carries content of its own."""

    code = "upload_encapsulated"
    template = "Chữ ký mang nội dung riêng bên trong, không ký văn bản này. " + _AGAIN


class WeakAlgorithmError(UploadRefusedError):
    """A hash or a key that is not safe any more, or that is not known."""

    code = "upload_weak_algorithm"
    template = (
        "Thuật toán của chữ ký không dùng được: {algorithm}. Việc cần làm: chọn SHA-256 trở lên "
        "và khoá RSA từ 2048 bit (hoặc EC, Ed25519) rồi ký lại."
    )


class NotIntactError(UploadRefusedError):
    """The mathematics does not hold."""

    code = "upload_not_intact"
    template = "Giá trị chữ ký không khớp với nội dung hoặc chứng thư: tệp bị hỏng hay bị sửa. " + (
        _AGAIN
    )


class MalformedSignatureError(UploadRefusedError):
    """The CMS container cannot be read, or holds what it must not."""

    code = "upload_malformed"
    template = "Giá trị chữ ký sai quy cách ({detail}). " + _AGAIN


class BadTimeStampError(UploadRefusedError):
    """A time stamp that does not stamp this signature."""

    code = "upload_time_stamp"
    template = (
        "Dấu thời gian kèm theo không thuộc về chữ ký này. Việc cần làm: ký lại, có thể tắt dấu "
        "thời gian trong phần mềm ký vì hệ thống sẽ tự thêm."
    )


REFUSALS: Final[Mapping[str, type[UploadRefusedError]]] = {
    one.code: one for one in UploadRefusedError.__subclasses__()
}
"""By code; so they come back out of the sandbox."""
