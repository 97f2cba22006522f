"""The terms, in the order in which a reader meets them."""

from __future__ import annotations

from typing import Final

from signing.glossary.shapes import Term, Words

TERMS: Final[dict[str, Term]] = {
    "verdict": Term(
        Words("kết luận", "verdict"),
        Words(
            "Hợp lệ: dùng được. Không hợp lệ: không dùng bản này. Chưa thể kết luận: thiếu căn cứ "
            "để khẳng định, chưa phải là sai. Kết luận của tệp là kết luận xấu nhất trong các "
            "chữ ký của tệp.",
            "Valid: may be relied on. Not valid: do not use this copy. No conclusion: something "
            "needed to decide is missing, which does not mean that it is false. The verdict of a "
            "file is the worst of its signatures.",
        ),
        "ETSI EN 319 102-1, 5.1.3",
    ),
    "signature": Term(
        Words("chữ ký số", "digital signature"),
        Words(
            "Dữ liệu do khoá bí mật của người ký tạo ra từ nội dung văn bản. Sửa một ký tự của "
            "nội dung thì chữ ký không còn khớp. Hình chữ ký hay hình con dấu trên trang chỉ để "
            "nhìn, không chứng minh gì.",
            "Data made from the content with the signer's secret key. One changed character and "
            "it no longer fits. The picture of a signature or seal on the page is for the eye "
            "only and proves nothing.",
        ),
        "Luật Giao dịch điện tử 20/2023/QH15, Điều 3; ISO 32000-2, 12.8",
    ),
    "seal": Term(
        Words("chữ ký số cơ quan", "agency seal"),
        Words(
            "Chữ ký số bằng chứng thư cấp cho cơ quan, thay cho con dấu; khác với chữ ký của người "
            "có thẩm quyền.",
            "A digital signature made with a certificate issued to the agency, in place of the "
            "stamp; apart from the signature of the officer.",
        ),
        "Nghị định 30/2020/NĐ-CP, Phụ lục I",
    ),
    "certificate": Term(
        Words("chứng thư", "certificate"),
        Words(
            "Giấy chứng nhận điện tử rằng một khoá thuộc về một người hoặc một cơ quan, do một tổ "
            "chức cấp và có thời hạn.",
            "An electronic statement that a key belongs to a person or an agency, given by an "
            "issuer and for a limited time.",
        ),
        "RFC 5280, 4.1",
    ),
    "chain": Term(
        Words("chuỗi tin cậy", "chain of trust"),
        Words(
            "Đường đi từ gốc tin cậy, qua cơ quan cấp, tới chứng thư của người ký; mỗi mắt xích "
            "được mắt xích trước ký xác nhận.",
            "The way from the trust anchor through the issuer to the signer's certificate; each "
            "link is signed by the one before.",
        ),
        "RFC 5280, 6",
    ),
    "anchor": Term(
        Words("gốc tin cậy", "trust anchor"),
        Words(
            "Chứng thư gốc mà cơ quan này đã quyết định tin. Phần mềm không tự tin "
            "ai thay cơ quan.",
            "A root certificate that this office has decided to trust. The software trusts nobody "
            "on the office's behalf.",
        ),
        "RFC 5280, 6.1.1 (d)",
    ),
    "usage": Term(
        Words("mục đích sử dụng khoá", "key usage"),
        Words(
            "Việc mà chứng thư được cấp để làm, thí dụ ký văn bản hay mã hoá. Khoá cấp cho việc "
            "khác thì không được dùng để ký.",
            "What a certificate was issued for, such as signing documents or encryption. A key for "
            "another purpose must not sign.",
        ),
        "RFC 5280, 4.2.1.3",
    ),
    "registration": Term(
        Words("đăng ký chứng thư", "registration"),
        Words(
            "Dữ liệu của cơ quan này ghi chứng thư nào là của cán bộ, cơ quan nào. Nơi chưa đăng "
            "ký thì không vì thế mà sai.",
            "This office's own record of which certificate belongs to which officer or agency. "
            "Not being registered does not make a signature false.",
        ),
        "docs/trust.md",
    ),
    "revocation": Term(
        Words("thu hồi", "revocation"),
        Words(
            "Nơi cấp huỷ chứng thư trước hạn, thí dụ khi mất khoá. Chữ ký được chứng minh là có "
            "trước khi thu hồi thì vẫn còn giá trị.",
            "The issuer ends a certificate early, for example after a lost key. A signature "
            "proven to be older than the revocation keeps its value.",
        ),
        "RFC 5280, 3.3; RFC 6960",
    ),
    "evidence": Term(
        Words("bằng chứng thu hồi", "revocation evidence"),
        Words(
            "Câu trả lời (OCSP) hoặc danh sách (CRL) có ký của nơi cấp, cho biết chứng thư có bị "
            "thu hồi hay không. Bằng chứng cũng có hạn.",
            "A signed answer (OCSP) or list (CRL) of the issuer that tells whether a certificate "
            "was revoked. Such evidence ages too.",
        ),
        "RFC 6960 (OCSP); RFC 5280, 5 (CRL)",
    ),
    "timestamp": Term(
        Words("dấu thời gian", "time stamp"),
        Words(
            "Xác nhận có ký của một tổ chức thứ ba rằng dữ liệu đã tồn tại vào một thời điểm. Dấu "
            "thời gian của văn bản bao trùm cả tệp cùng các chữ ký trước nó.",
            "A third party's signed statement that data existed at an instant. A document time "
            "stamp covers the whole file with the signatures before it.",
        ),
        "RFC 3161; ISO 32000-2, 12.8.5",
    ),
    "proven_time": Term(
        Words("thời điểm được chứng minh", "proven time"),
        Words(
            "Thời điểm mà dấu thời gian tin cậy chứng minh là chữ ký đã có. Mọi hiệu lực được xét "
            "theo thời điểm này.",
            "The instant at which a trusted time stamp proves that the signature existed. All "
            "validity is judged at this instant.",
        ),
        "ETSI EN 319 102-1, 5.5",
    ),
    "claimed_time": Term(
        Words("thời điểm tự khai", "claimed time"),
        Words(
            "Giờ của máy người ký ghi vào chữ ký. Ai cũng chỉnh được, nên chỉ để tham khảo.",
            "The time that the signer's machine wrote. Anybody can set it, so it never decides.",
        ),
        "ISO 32000-2, 12.8.1, table 255 (M)",
    ),
    "level": Term(
        Words("mức lưu trữ", "level"),
        Words(
            "B-B: chỉ có chữ ký. B-T: thêm dấu thời gian. B-LT: thêm bằng chứng thu hồi trong tệp. "
            "B-LTA: thêm dấu thời gian lưu trữ, kiểm tra được lâu dài.",
            "B-B: the signature alone. B-T: with a time stamp. B-LT: with revocation evidence in "
            "the file. B-LTA: with an archive time stamp, so that it can be checked for long.",
        ),
        "ETSI EN 319 142-1, 6",
    ),
    "renewal": Term(
        Words("gia hạn dấu thời gian", "renewal"),
        Words(
            "Thêm một dấu thời gian lưu trữ mới trước khi chứng thư của dấu cũ hết hạn. Quá ngày "
            "đó, tệp vẫn đọc được nhưng khó chứng minh hơn.",
            "Adding a new archive time stamp before the certificate of the last one expires. After "
            "that day the file can still be read but is harder to prove.",
        ),
        "ETSI EN 319 142-1, 5.4.3",
    ),
    "scope": Term(
        Words("phạm vi", "scope"),
        Words(
            "Phần của tệp mà chữ ký bảo vệ: toàn bộ tệp; một phiên bản, phần thêm sau được xét "
            "riêng; hoặc chỉ một phần, khi đó không dùng được.",
            "The part of the file that the signature protects: the whole file; a revision, with "
            "what was added later judged apart; or only a part, which cannot be relied on.",
        ),
        "ISO 32000-2, 12.8.1 (ByteRange)",
    ),
    "revision": Term(
        Words("phiên bản", "revision"),
        Words(
            "Tệp PDF được sửa bằng cách thêm vào cuối. Mỗi lần thêm là một phiên bản; phiên bản đã "
            "ký vẫn nằm nguyên ở phía trước.",
            "A PDF is changed by adding at its end. Each addition is a revision; the revision that "
            "was signed still lies unchanged before it.",
        ),
        "ISO 32000-2, 7.5.6",
    ),
    "certifying": Term(
        Words("chữ ký chứng nhận", "certifying signature"),
        Words(
            "Chữ ký đầu tiên, ghi rõ sau nó được phép thay đổi những gì, thí dụ chỉ được thêm chữ "
            "ký vào ô có sẵn.",
            "The first signature, which states what may be changed after it, for example only "
            "signatures in fields that are already there.",
        ),
        "ISO 32000-2, 12.8.2.2 (DocMDP)",
    ),
    "hash": Term(
        Words("mã băm", "hash"),
        Words(
            "Dãy ký tự ngắn tính từ toàn bộ tệp (SHA-256); hai tệp cùng mã băm là cùng một tệp.",
            "A short string computed from the whole file (SHA-256); two files with the same hash "
            "are the same file.",
        ),
        "FIPS 180-4",
    ),
    "policy": Term(
        Words("chính sách kiểm tra", "policy"),
        Words(
            "Bộ quy tắc có tên và số bản. integrity: văn bản có bị thay đổi không. official: thêm "
            "ai ký, chứng thư và thời điểm.",
            "A set of rules with name and version. integrity: was the document changed. official: "
            "also who signed, certificates and time.",
        ),
        "ETSI EN 319 102-1, 5.1.4; docs/trust.md",
    ),
}
"""By key; keys are the same in every language."""
