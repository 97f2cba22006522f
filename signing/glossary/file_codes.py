"""Findings about the file as a whole."""

from __future__ import annotations

from typing import Final

from signing.glossary.shapes import Explanation, Words
from signing.glossary.todo import AGAIN, ASK, NOTHING, RESEND, explain

FILE_CODES: Final[dict[str, Explanation]] = {
    "path_unreadable": explain(
        "Máy không mở được tệp theo đường dẫn đã cho.",
        "The file could not be opened at the path given.",
        Words("Kiểm tra lại đường dẫn và quyền đọc.", "Check the path and the right to read it."),
    ),
    "empty_file": explain(
        "Tệp không có nội dung, thường vì lưu hoặc truyền dở dang.",
        "The file has no content, mostly because saving or sending it was broken off.",
        Words("Lưu lại tệp, hoặc xin nơi gửi bản khác.", "Save it anew, or ask for another copy."),
    ),
    "not_pdf": explain(
        "Chỉ tệp PDF được kiểm tra; tệp này là loại khác hoặc đã hỏng phần đầu.",
        "Only PDF files are checked; this is another kind, or its beginning is damaged.",
        Words("Chọn tệp PDF đã nhận.", "Choose the PDF that was received."),
    ),
    "too_large": explain(
        "Tệp lớn hơn mức mà cơ quan cho phép nên không được đọc.",
        "The file is larger than this office allows, so it was not read.",
        Words("Đề nghị nơi gửi gửi bản nhỏ hơn.", "Ask the sender for a smaller copy."),
    ),
    "structure_unreadable": explain(
        "Tệp bị hỏng khi truyền hoặc được tạo sai quy cách.",
        "The file was damaged on its way or was made against the rules.",
        RESEND,
    ),
    "encrypted": explain(
        "Phải có mật khẩu mới đọc được tệp.",
        "The file can be read only with a password.",
        Words("Xin nơi gửi mật khẩu hoặc bản mở.", "Ask the sender for the password or a copy."),
    ),
    "password_wrong": explain(
        "Mật khẩu đã nhập không phải của tệp này.",
        "The password that was given is not that of this file.",
        Words("Nhập lại mật khẩu hoặc hỏi nơi gửi.", "Enter it again, or ask the sender."),
    ),
    "decrypted": explain(
        "Tệp được mã hoá nhưng mở được, nên đã kiểm tra như mọi tệp khác.",
        "The file is encrypted but could be opened, and was checked like any other.",
        NOTHING,
    ),
    "pages_unreadable": explain(
        "Không vẽ được trang để so sánh bản lúc ký với bản nhận được.",
        "The pages could not be drawn to compare what was signed with what was received.",
        ASK,
    ),
    "time_limit": explain(
        "Tệp bắt máy làm việc quá lâu; có thể được làm ra để gây hại.",
        "The file made the machine work too long; it may be made to do harm.",
        AGAIN,
    ),
    "resource_limit": explain(
        "Tệp đòi quá nhiều bộ nhớ hoặc thời gian; có thể được làm ra để gây hại.",
        "The file asked for too much memory or time; it may be made to do harm.",
        AGAIN,
    ),
    "judge_ended": explain(
        "Phần kiểm tra tự dừng khi đọc tệp này; các tệp khác không bị ảnh hưởng.",
        "The checking process ended while reading this file; other files are not affected.",
        AGAIN,
    ),
    "report_refused": explain(
        "Kết quả không đúng quy cách nên bị bỏ; không kết luận gì về tệp.",
        "The result was malformed and thrown away; nothing is concluded about the file.",
        AGAIN,
    ),
    "unsigned": explain(
        "Trong tệp không có chữ ký số nào. Hình chữ ký trên trang không phải là chữ ký số.",
        "There is no digital signature in the file. A picture of one on the page does not count.",
        Words("Đề nghị nơi gửi gửi bản đã ký số.", "Ask the sender for the signed file."),
    ),
    "saved_anew": explain(
        "Tệp đã ký được một phần mềm khác lưu lại (nén, in lại, ghép trang), làm mất chữ ký.",
        "Other software saved the signed file anew (smaller, reprinted, merged) and so broke it.",
        RESEND,
    ),
    "signature_removed": explain(
        "Ai đó đã xoá chữ ký khỏi ô ký sau khi ký; dữ liệu của chữ ký vẫn còn trong tệp.",
        "Somebody emptied the field after signing; the data of the signature is still there.",
        RESEND,
    ),
    "revision_unreached": explain(
        "Phần mềm đọc có thể hiện một nội dung khác với nội dung mới nhất trong tệp.",
        "A reader may show other content than the newest in the file.",
        RESEND,
    ),
    "hybrid_same": explain(
        "Tệp có hai cách tra cứu cho phần mềm cũ và mới; cả hai hiện cùng một văn bản.",
        "The file can be looked up in two ways, for old and new readers; both show the same.",
        NOTHING,
    ),
    "hybrid_differs": explain(
        "Hai phần mềm đọc có thể hiện hai văn bản khác nhau từ cùng một tệp.",
        "Two readers may show two different documents from the same file.",
        RESEND,
    ),
    "trailing_bytes": explain(
        "Có dữ liệu thêm vào cuối tệp mà không chữ ký nào bảo vệ.",
        "Data was added to the end of the file that no signature protects.",
        RESEND,
    ),
    "trailing_blank": explain(
        "Khi truyền, tệp có thêm ký tự trắng ở cuối; nội dung không đổi.",
        "White space was added to the end on its way; the content is the same.",
        NOTHING,
    ),
    "entries_doubled": explain(
        "Hai phần mềm đọc có thể chọn hai nội dung khác nhau cho cùng một chỗ.",
        "Two readers may choose two different contents for the same place.",
        RESEND,
    ),
    "revisions_overlap": explain(
        "Các lần sửa trong tệp chồng lên nhau, điều không phần mềm bình thường nào làm.",
        "The changes in the file overlap, which no ordinary software does.",
        RESEND,
    ),
    "hidden_objects": explain(
        "Sau chữ ký có dữ liệu giấu ngoài các phiên bản.",
        "Data is hidden after the signature, outside every revision.",
        RESEND,
    ),
    "entry_redirected": explain(
        "Một lần sửa sau khi ký đổi chỗ mà nội dung được lấy ra.",
        "A change after signing moved the place from which content is taken.",
        RESEND,
    ),
    "object_shared": explain(
        "Một phần của tệp vừa là khung vừa là nội dung, nên nội dung có thể đổi mà không ai thấy.",
        "One part of the file is both frame and content, so that content can change unseen.",
        RESEND,
    ),
    "metadata_unsafe": explain(
        "Thông tin mô tả (tên, tác giả) thêm sau khi ký có dạng có thể gây hại.",
        "The description (title, author) added after signing has a form that may do harm.",
        RESEND,
    ),
    "looks_regenerated": explain(
        "Phần mềm đọc sẽ vẽ lại các ô, nên điều hiện ra có thể khác điều đã ký.",
        "Readers will draw the fields anew, so what is shown may differ from what was signed.",
        RESEND,
    ),
    "later_bytes_unclear": explain(
        "Không biết chắc phần thêm sau khi ký có được hiện ra như đã ký hay không.",
        "It is not certain that what was added after signing leaves the signed text as it was.",
        RESEND,
    ),
    "script_added": explain(
        "Một ô thêm sau khi ký chạy mã lệnh khi được bấm hay được mở.",
        "A field added after signing runs a script when it is opened or clicked.",
        RESEND,
    ),
    "look_without_signature": explain(
        "Có hình được đặt lên trang sau khi ký mà không kèm chữ ký nào.",
        "A picture was put on a page after signing, and no signature goes with it.",
        RESEND,
    ),
    "look_unframed": explain(
        "Hình của một ô không có khung, nên phần mềm đọc có thể vẽ nó đè lên nội dung đã ký.",
        "The picture of a field has no frame, so readers may draw it over what was signed.",
        RESEND,
    ),
    "stamp_shows": explain(
        "Ai cũng xin được dấu thời gian; dấu này đặt một hình lên trang sau khi ký.",
        "Anybody can get a time stamp; this one puts a picture on a page after signing.",
        RESEND,
    ),
    "widget_covers_page": explain(
        "Hình của một chữ ký thêm sau lớn đến mức che nội dung đã ký.",
        "The picture of a later signature is so large that it covers what was signed.",
        RESEND,
    ),
    "test_certificates": explain(
        "Chứng thư do hệ thống thử nghiệm cấp, chỉ để tập làm quen.",
        "The certificates were issued by a test system, for practice only.",
        Words("Không dùng như văn bản chính thức.", "Do not use it as an official paper."),
    ),
}
