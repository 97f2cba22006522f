"""Findings about the mathematics of one signature, and what came after it."""

from __future__ import annotations

from typing import Final

from signing.glossary.shapes import Explanation, Words
from signing.glossary.todo import NOTHING, RESEND, UPGRADE, explain

SIGNATURE_CODES: Final[dict[str, Explanation]] = {
    "signature_intact": explain(
        "Nội dung được ký đúng là nội dung trong tệp.",
        "What was signed is what is in the file.",
        NOTHING,
    ),
    "content_changed": explain(
        "Ít nhất một ký tự của phần được ký đã khác đi.",
        "At least one character of the signed part is different.",
        RESEND,
    ),
    "signature_invalid": explain(
        "Chữ ký không do khoá của chứng thư này tạo ra.",
        "The signature was not made with the key of this certificate.",
        RESEND,
    ),
    "timestamp_mismatch": explain(
        "Dấu thời gian là của chữ ký khác hoặc đã bị sửa.",
        "The time stamp belongs to another signature or was changed.",
        RESEND,
    ),
    "coverage_partial": explain(
        "Có phần của văn bản mà chữ ký không bảo vệ.",
        "There are parts of the document that the signature does not protect.",
        RESEND,
    ),
    "contents_missing": explain(
        "Có ô chữ ký nhưng bên trong trống.",
        "There is a signature field with nothing in it.",
        RESEND,
    ),
    "changed_after_signing": explain(
        "Sau khi ký, có thay đổi mà chữ ký không cho phép.",
        "After signing, something was changed that the signature does not permit.",
        RESEND,
    ),
    "form_value_changed": explain(
        "Chữ trong ô nhập khác với lúc ký.",
        "The text in form fields is not what it was when signed.",
        RESEND,
    ),
    "no_later_changes": explain(
        "Chữ ký này là phần cuối của tệp.", "This signature is the last part of the file.", NOTHING
    ),
    "permitted_changes": explain(
        "Phần thêm sau chữ ký (chữ ký khác, dấu thời gian, bằng chứng) không đổi nội dung.",
        "What was added later (signatures, time stamps, evidence) leaves the content as it was.",
        NOTHING,
    ),
    "message_malformed": explain(
        "Dữ liệu của chữ ký không theo quy cách nên không tin được.",
        "The data of the signature breaks the format and cannot be believed.",
        RESEND,
    ),
    "content_encapsulated": explain(
        "Chữ ký là của một nội dung khác nằm bên trong nó.",
        "The signature is about other content, which it carries inside.",
        RESEND,
    ),
    "certificate_mismatch": explain(
        "Chứng thư có thể đã bị thay sau khi ký.",
        "The certificate may have been exchanged after signing.",
        RESEND,
    ),
    "algorithm_mismatch": explain(
        "Chữ ký ghi hai thuật toán trái nhau.",
        "The signature names two algorithms that contradict each other.",
        RESEND,
    ),
    "algorithm_unknown": explain(
        "Phần mềm này chưa biết thuật toán đó, nên không nói đúng hay sai.",
        "This software does not know the algorithm, and so says neither yes nor no.",
        UPGRADE,
    ),
    "padding_used": explain(
        "Chỗ trống trong ô chữ ký có dữ liệu; trang văn bản không đổi.",
        "The spare room of the signature holds data; the pages are not changed by it.",
        NOTHING,
    ),
    "broken_hash": explain(
        "Với thuật toán này, có thể làm hai văn bản khác nhau cùng một chữ ký.",
        "With this algorithm two different documents can be made for one signature.",
        UPGRADE,
    ),
    "sha1_historic": explain(
        "SHA-1 không còn dùng cho chữ ký mới; văn bản cũ vẫn được xét.",
        "SHA-1 is no longer used for new signatures; old documents are still judged.",
        NOTHING,
    ),
    "sha1_after_cutoff": explain(
        "Chữ ký SHA-1 chỉ được nhận khi chắc chắn là cũ.",
        "A SHA-1 signature is accepted only where it is surely old.",
        UPGRADE,
    ),
    "short_key": explain(
        "Khoá ngắn có thể bị dò ra.", "A short key can be found by trying.", UPGRADE
    ),
    "subfilter_unsupported": explain(
        "Chữ ký theo một dạng mà phần mềm này không đọc.",
        "The signature has a format that this software does not read.",
        Words(
            "Đề nghị nơi gửi ký lại theo chuẩn PAdES.",
            "Ask the sender to sign again in the PAdES format.",
        ),
    ),
    "signature_unreadable": explain(
        "Dữ liệu của chữ ký hỏng hoặc lạ, nên chưa nói được gì.",
        "The data of the signature is damaged or strange, so nothing can be said.",
        RESEND,
    ),
}
