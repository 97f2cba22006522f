"""The English sentences of `signing.words`, by the same codes and with the same named places."""

from __future__ import annotations

from typing import Final

TEST_BANNER: Final = "TEST ONLY: the certificates have no legal value."

SENTENCES: Final[dict[str, str]] = {
    # The file as a whole.
    "path_unreadable": "{reason}",
    "empty_file": "The file is empty (0 bytes): there is nothing to check.",
    "not_pdf": "The file is not a PDF.",
    "too_large": "The file is larger than the limit of {limit_mb} MB.",
    "structure_unreadable": "The structure of the PDF is damaged or not supported.",
    "encrypted": "The file is protected by a password.",
    "password_wrong": "The file is protected by a password; the password given does not open it.",
    "decrypted": "The file is encrypted; it could be opened for this check.",
    "time_limit": "The check took longer than is allowed ({seconds} seconds).",
    "resource_limit": "The check needed more memory or processing time than is allowed.",
    "judge_ended": "The checking process ended unexpectedly (status {status}).",
    "report_refused": "The answer of the checking process was malformed and cannot be used.",
    "pages_unreadable": "The pages of the file could not be drawn for comparison.",
    "unsigned": "This file has no digital signature.",
    "saved_anew": (
        "The file was saved anew by other software after signing, so the signature no longer "
        "belongs to the document."
    ),
    "signature_removed": (
        "The file holds a signature that is the value of no field: it was removed or concealed."
    ),
    "revision_unreached": (
        "The file contains a concealed revision: what is shown is not the newest content."
    ),
    "hybrid_same": (
        "The file has two lookup tables (usually made by Word); both give the same content."
    ),
    "hybrid_differs": "The file has two lookup tables that give two different contents.",
    "trailing_bytes": "There is unknown data after the end of the file's last part.",
    "trailing_blank": "There is added white space after the end of the file's last part.",
    "entries_doubled": "The file's lookup table gives two positions for the same object.",
    "revisions_overlap": "The revisions in the file overlap.",
    "object_shared": "An object that was changed after signing has another use in the file too.",
    "metadata_unsafe": "The metadata added after signing holds unsafe content.",
    "looks_regenerated": "After signing the file was set to draw the signature fields anew.",
    "later_bytes_unclear": (
        "Data was added after signing, and the file's lookup table is not written as it should be."
    ),
    "script_added": "A field that was added after signing runs a script.",
    "look_without_signature": "After signing an unsigned field was added that shows something.",
    "look_unframed": "The look of a field added or filled later has no frame: it may cover a page.",
    "stamp_shows": "A time stamp added after signing shows a picture that no signer answers for.",
    "widget_covers_page": "The look of a signature added later covers most of a page.",
    "hidden_objects": "After the signature there is data that belongs to no revision of the file.",
    "entry_redirected": (
        "A revision made after signing points an object to the content of another revision."
    ),
    "test_certificates": TEST_BANNER,
    # One signature: mathematics and changes.
    "signature_intact": "The signature matches the signed content.",
    "content_changed": "The signed content was changed.",
    "signature_invalid": "The signature value does not fit the signer's certificate.",
    "timestamp_mismatch": "The time stamp does not match the signature.",
    "coverage_partial": "The signature covers only a part of the file.",
    "contents_missing": "The signature field contains no signature value.",
    "changed_after_signing": "The document was changed after signing ({detail}).",
    "form_value_changed": "Values of form fields were changed after signing: {fields}.",
    "no_later_changes": "Nothing was changed after this signature.",
    "permitted_changes": "After this signature there are only permitted changes: {detail}.",
    "message_malformed": "The signature value is damaged or malformed ({detail}).",
    "content_encapsulated": "The signature carries content of its own, not this document.",
    "certificate_mismatch": "The signature names another certificate than the one that signed.",
    "algorithm_mismatch": "The hash and signature algorithms do not fit each other ({detail}).",
    "algorithm_unknown": "The signature algorithm {algorithm} is not supported.",
    "padding_used": "There is surplus data after the signature value in its container.",
    "broken_hash": "The hash algorithm {algorithm} is no longer secure.",
    "sha1_historic": "The signature uses SHA-1, which counts for old documents only.",
    "sha1_after_cutoff": (
        "The signature uses SHA-1 and cannot be proven to be older than {cutoff}."
    ),
    "short_key": "An RSA key of {bits} bits is too short for the time of signing.",
    "subfilter_unsupported": "The signature format {subfilter} is not supported.",
    "signature_unreadable": "This signature cannot be read: it is damaged or malformed.",
    # One signature: who and when.
    "time_proven": "The time of signing is proven by a time stamp: {time}.",
    "time_not_proven": (
        "The time of signing is only claimed; this result ends when the certificate expires."
    ),
    "timestamp_untrusted": "The time stamp cannot be trusted yet: {detail}.",
    "timestamp_in_future": "The time stamp names an instant after the time of this check ({time}).",
    "last_archive_stamp_evidence": (
        "The rule last_archive_stamp_evidence was applied: evidence gathered when the time stamp "
        "was made is accepted while the time-stamping certificate is valid; renew before {renew}."
    ),
    "chain_trusted": "The certificate was issued by {issuer} and leads to the trust anchor {root}.",
    "issuer_unknown": "There is no trust anchor yet for the issuer {issuer}.",
    "anchor_purpose": "This office does not trust the anchor {anchor} for this use.",
    "anchor_days": "This office trusts the anchor {anchor} only {days}.",
    "anchor_organisation": (
        "This office does not trust the anchor {anchor} for certificates of {organisation}."
    ),
    "chain_invalid": "The certificate chain is not valid ({detail}).",
    "algorithm_disallowed": "The certificate chain uses an algorithm that is no longer accepted.",
    "certificate_expired": "The certificate had expired before the time of signing ({time}).",
    "certificate_expired_time_unproven": (
        "The certificate has expired and the document cannot be proven to be signed before that."
    ),
    "certificate_not_yet_valid": "The certificate was not yet valid at the time of signing.",
    "certificate_revoked": "The certificate was revoked on {day}, before the time of signing.",
    "revoked_time_unproven": (
        "The certificate was revoked on {day} and the document cannot be proven to be signed "
        "before that."
    ),
    "wrong_key_usage": "The certificate was not issued for signing documents.",
    "evidence_missing": "There is no current evidence that the certificate was not revoked.",
    "evidence_stale": "The evidence about revocation is out of date.",
    "claimed_time_differs": "The claimed signing time ({claimed}) is later than the time stamp.",
    "registered": "The certificate is registered to {name}.",
    "registration_unknown": "The certificate is not in this office's register.",
    "registered_to_other": "The certificate is not the one registered to {name}.",
    "registration_ended": (
        "This office accepted this certificate of {name} until {day} only, before the signing."
    ),
    "registration_ended_unproven": (
        "This office accepted this certificate of {name} until {day} only, and the document cannot "
        "be proven to be signed before that."
    ),
}

ADVICE: Final[dict[str, str]] = {
    "issuer_unknown": "if this office trusts the issuer, its administrator adds the root "
    "certificate (Trust anchors, or trinhky trust add); then check again",
    "anchor_purpose": "if this office trusts it for this use too, its administrator says so "
    "(Trust anchors, or trinhky trust add)",
    "anchor_days": "its administrator looks at the days that were declared (Trust anchors, or "
    "trinhky trust show)",
    "anchor_organisation": "if that organisation may be certified under this anchor, the "
    "administrator adds its name (Trust anchors, or trinhky trust add)",
    "evidence_missing": "check a copy that carries enough evidence, or ask the sender",
    "evidence_stale": "check an archived copy with a time stamp, or ask the sender",
    "subfilter_unsupported": "ask the sender to sign again in the PAdES format",
    "trailing_bytes": "ask the sender for the original again",
    "saved_anew": "ask the sender for the original again",
}
"""What a person can do, by code; the same codes as in `signing.words.ADVICE`."""

DEFAULT_ADVICE: Final = "confirm with the sender before using it"

DETAILS: Final[dict[str, str]] = {
    "không rõ": "an unknown day",
    "lãnh đạo": "the officer",
    "cơ quan": "the agency",
    "ô {name} đã bị khoá": "the field {name} is locked",
    "chữ ký chứng nhận không cho phép thay đổi": "the certifying signature permits no change",
    "thêm ô chữ ký {name} sau chữ ký chứng nhận": (
        "the signature field {name} was added after the certifying signature"
    ),
    "thêm chữ ký hoặc dấu tại {name}": "a signature or seal was added at {name}",
    "thêm bằng chứng để kiểm tra lâu dài": "evidence for long-term validation was added",
    "thêm chữ ký": "a signature was added",
    "thêm dấu thời gian": "a time stamp was added",
    "điền ô nhập": "a form field was filled in",
    "đổi giá trị ô nhập": "the value of a form field was changed",
    "thêm hoặc đổi chú thích": "an annotation was added or changed",
    "đổi nội dung trang": "the content of a page was changed",
    "thêm hoặc đổi tệp đính kèm": "an attachment was added or changed",
    "thêm hoặc đổi mã lệnh": "a script was added or changed",
    "thêm bằng chứng": "evidence was added",
    "đổi thông tin mô tả tệp": "the description of the file was changed",
    "đổi biểu mẫu": "the form was changed",
    "đổi đối tượng khác trong tệp": "another object of the file was changed",
    "từ ngày {since} đến ngày {until}": "from {since} to {until}",
    "từ ngày {since}": "from {since}",
    "đến ngày {until}": "until {until}",
    "không ghi thời điểm": "it names no instant",
    "chứng thư dấu thời gian đã bị thu hồi": "the time-stamping certificate was revoked",
    "chứng thư dấu thời gian đã hết hạn": "the time-stamping certificate has expired",
    "dấu thời gian dùng thuật toán không còn được chấp nhận": (
        "the time stamp uses an algorithm that is no longer accepted"
    ),
    "chưa có chứng thư gốc của cơ quan cấp dấu thời gian": (
        "there is no trust anchor for the time-stamping authority"
    ),
    "thiếu bằng chứng thu hồi còn hạn của cơ quan cấp dấu thời gian": (
        "there is no current revocation evidence for the time-stamping authority"
    ),
    "bằng chứng thu hồi của cơ quan cấp dấu thời gian đã cũ": (
        "the revocation evidence for the time-stamping authority is out of date"
    ),
    "chứng thư không được cấp để đóng dấu thời gian": (
        "the certificate was not issued for time-stamping"
    ),
    "chuỗi chứng thư dấu thời gian không hợp lệ": "the time-stamping certificate chain is invalid",
    "Không tìm thấy tệp.": "The file was not found.",
    "Không có quyền đọc tệp.": "There is no permission to read the file.",
    "Đường dẫn là thư mục, không phải tệp.": "The path is a folder, not a file.",
    "Đường dẫn không phải tệp thông thường (ống dẫn, thiết bị).": (
        "The path is no regular file (a pipe or a device)."
    ),
    "Hệ điều hành không cho đọc tệp ({name}).": "The system did not let the file be read ({name}).",
}
"""Details that are words, as the judge says them in Vietnamese; what is in braces stands for any
text. Several may be joined by commas."""
