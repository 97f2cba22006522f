"""Words of official papers with their marks, for texts that lost them.

Everything here is data: kinds of papers, capacities, and the words that titles, unit names and
recipient lists are made of. Names of particular units come from the office's own directory.
"""

from typing import Final

DOC_TYPES: Final[dict[str, str]] = {
    "HD": "Hướng dẫn",
    "KL": "Kết luận",
    "CT": "Chỉ thị",
    "QĐ": "Quyết định",
    "QĐi": "Quy định",
    "QyĐ": "Quy định",
    "NQ": "Nghị quyết",
    "CV": "Công văn",
    "KH": "Kế hoạch",
    "CTr": "Chương trình",
    "CTHĐ": "Chương trình hành động",
    "TB": "Thông báo",
    "BC": "Báo cáo",
    "TTr": "Tờ trình",
    "ĐA": "Đề án",
    "DA": "Dự án",
    "PA": "Phương án",
    "QC": "Quy chế",
    "TC": "Thông cáo",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "NĐ": "Nghị định",
    "BB": "Biên bản",
    "HĐ": "Hợp đồng",
    "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ",
    "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
    "L": "Luật",
    "TU": "Thông tri",
}
"""Type code to name of the kind of paper. Source: NĐ 30/2020 PL III; HD 36-HD/VPTW."""

CITED_KINDS: Final = (
    *dict.fromkeys(DOC_TYPES.values()),
    "Văn bản",
    "Pháp lệnh",
    "Sắc lệnh",
)
"""Kinds of papers that other papers cite."""

POSITIONS: Final = (
    "Trưởng ban",
    "Phó Trưởng ban",
    "Phó Trưởng ban Thường trực",
    "Trưởng Ban Tuyên giáo",
    "Chánh Văn phòng",
    "Phó Chánh Văn phòng",
    "Chủ tịch",
    "Phó Chủ tịch",
    "Phó Chủ tịch Thường trực",
    "Quyền Chủ tịch",
    "Giám đốc",
    "Phó Giám đốc",
    "Giám đốc Sở",
    "Tổng Giám đốc",
    "Phó Tổng Giám đốc",
    "Bộ trưởng",
    "Bộ trưởng, Chủ nhiệm",
    "Thứ trưởng",
    "Chủ nhiệm",
    "Phó Chủ nhiệm",
    "Phó Chủ nhiệm Thường trực",
    "Bí thư",
    "Phó Bí thư",
    "Phó Bí thư Thường trực",
    "Cục trưởng",
    "Phó Cục trưởng",
    "Vụ trưởng",
    "Phó Vụ trưởng",
    "Chi cục trưởng",
    "Trưởng phòng",
    "Phó Trưởng phòng",
    "Viện trưởng",
    "Phó Viện trưởng",
    "Chánh án",
    "Phó Chánh án",
    "Chánh Thanh tra",
    "Phó Chánh Thanh tra",
    "Tổng Thanh tra",
    "Thủ tướng",
    "Phó Thủ tướng",
    "Tổng Bí thư",
    "Chủ tịch nước",
    "Hiệu trưởng",
    "Phó Hiệu trưởng",
    "Thủ trưởng",
    "Tư lệnh",
    "Chỉ huy trưởng",
    "Chính ủy",
    "Ủy viên Thường trực",
    "Ủy viên Thường vụ",
    "Tổng Biên tập",
    "Phó Tổng Biên tập",
)
"""Posts as they stand above a signature."""

BODIES: Final = (
    "Ủy ban nhân dân",
    "Ủy ban nhân dân tỉnh",
    "Ủy ban nhân dân thành phố",
    "Hội đồng nhân dân",
    "Ban Thường vụ",
    "Ban Thường vụ Tỉnh ủy",
    "Ban Chấp hành",
    "Ban Bí thư",
    "Bộ Chính trị",
    "Chính phủ",
    "Thường trực",
    "Ban Chỉ đạo",
    "Hội đồng",
    "Đảng ủy",
    "Ủy ban Kiểm tra",
    "Ủy ban Mặt trận Tổ quốc",
    "Ban Quản lý",
)
"""Collective bodies on whose behalf one signs."""

_RECIPIENT_WORDS = """
các|của|và|tỉnh|huyện|trung ương|về|trên|tại|theo|cho|nhân dân|cơ quan|đơn vị|địa phương
thường trực|thường trực tỉnh ủy|thường trực thành ủy|thường trực huyện ủy
thường trực ủy ban nhân dân|thường trực hội đồng nhân dân
tỉnh ủy|thành ủy|huyện ủy|đảng ủy|quận ủy|cấp ủy|các cấp ủy|chi bộ|đảng bộ|ban cán sự đảng
ban tuyên giáo|ban tuyên giáo tỉnh ủy|ban tuyên giáo trung ương|ban tuyên giáo và dân vận
ban tổ chức|ban dân vận|ban nội chính|ban kinh tế|ủy ban kiểm tra|ban thường vụ tỉnh ủy
ban thường vụ|ban chấp hành|ban bí thư|bộ chính trị|văn phòng tỉnh ủy|văn phòng trung ương
văn phòng chính phủ|văn phòng|chính phủ|thủ tướng chính phủ|quốc hội|chính quyền
ủy ban nhân dân|hội đồng nhân dân|ủy ban nhân dân tỉnh|hội đồng nhân dân tỉnh
ubnd và hđnd tỉnh|ubnd tỉnh|hđnd tỉnh|mặt trận tổ quốc|mặt trận tổ quốc việt nam
mttq và các tổ chức chính trị xã hội tỉnh|các tổ chức chính trị xã hội|chính trị xã hội
các sở, ban, ngành|sở, ban, ngành|các sở, ban, ngành tỉnh|ban, ngành|các ban, ngành
các huyện ủy, thành ủy|các tỉnh ủy, thành ủy|trực thuộc|trực thuộc tỉnh ủy|trực thuộc trung ương
đảng ủy trực thuộc tỉnh ủy|các đảng ủy trực thuộc|các xã, phường|xã, phường|thị trấn|đặc khu
sở thông tin và truyền thông|thông tin và truyền thông|sở nội vụ|sở tư pháp|sở tài chính
sở y tế|sở xây dựng|sở công thương|sở khoa học và công nghệ|sở giáo dục và đào tạo
sở nông nghiệp và môi trường|sở văn hóa, thể thao và du lịch|sở ngoại vụ|công an tỉnh|thanh tra
bộ chỉ huy quân sự tỉnh|bộ đội biên phòng|công an|bảo hiểm xã hội|ngân hàng nhà nước|kho bạc
bộ thông tin và truyền thông|bộ nội vụ|bộ tư pháp|bộ tài chính|bộ công thương|bộ y tế
hội nhà báo|hội nhà báo tỉnh|hội nông dân|hội cựu chiến binh|hội liên hiệp phụ nữ
liên đoàn lao động|đoàn thanh niên|tỉnh đoàn|hội văn học nghệ thuật|trường chính trị
báo|đài phát thanh truyền hình|đài phát thanh và truyền hình|phát thanh truyền hình|tạp chí
phát thanh, truyền hình|phát thanh|truyền hình|báo chí|cơ quan báo chí|các cơ quan báo chí
các cơ quan báo chí của tỉnh|cơ quan chủ quản báo chí|quản lý báo chí|cơ quan quản lý
cổng thông tin điện tử|cổng thông tin điện tử tỉnh|trang thông tin điện tử|thông tin điện tử
các đồng chí lãnh đạo|lãnh đạo|lãnh đạo ban|các phòng|chuyên viên|tỉnh ủy về
như trên|như kính gửi|lưu|lưu văn phòng|lưu văn thư|lưu vptu|lưu vt|để báo cáo|báo cáo|để biết
để thực hiện|phối hợp|theo dõi|nơi nhận|kính gửi|chi cục|cục|vụ|phòng|trung tâm|ban quản lý
cổng thông tin điện tử|hợp tác xã|tổng công ty|công ty|tập đoàn|trường đại học|học viện|bệnh viện
"""

_TITLE_WORDS = """
tuyên truyền|tuyên truyền, quán triệt|quán triệt|tổ chức|tổ chức thực hiện|thực hiện|kế hoạch
triển khai|triển khai thực hiện|hướng dẫn|hướng dẫn của|kế hoạch số|chỉ thị số|nghị quyết số
quyết định số|kết luận số|công văn số|quy định số|văn bản số|nghị định số|thông tư số
ban thường vụ tỉnh ủy về|của ban thường vụ tỉnh ủy|tăng cường|tăng cường công tác|công tác
chỉ đạo|quản lý|chỉ đạo, quản lý|chấn chỉnh|hoạt động|hoạt động báo, tạp chí|mạng xã hội
trên địa bàn|trên địa bàn tỉnh|địa bàn|của tỉnh|tỉnh|viết tắt là|cụ thể như sau|như sau
mục đích, yêu cầu|mục đích|yêu cầu|nội dung|tổ chức thực hiện|nhiệm vụ, giải pháp|nhiệm vụ
giải pháp|mục tiêu|quan điểm|chỉ tiêu|phạm vi|đối tượng|thời gian|kinh phí|phân công
tổ chức nghiên cứu, học tập, quán triệt|nghiên cứu|học tập|đẩy mạnh|đẩy mạnh công tác tuyên truyền
xây dựng|xây dựng chương trình, kế hoạch thực hiện|chương trình|chương trình, kế hoạch
kết quả|báo cáo kết quả|đề nghị|yêu cầu|giao|các địa phương, đơn vị|địa phương, đơn vị
các cấp ủy, chính quyền|các cấp ủy, chính quyền, cơ quan chỉ đạo|cơ quan chỉ đạo, quản lý báo chí
căn cứ|căn cứ kế hoạch|căn cứ chức năng, nhiệm vụ|chức năng|định kỳ báo cáo|định kỳ|thường xuyên
theo dõi, tổng hợp|tổng hợp|tham mưu|phổ biến|tổ chức phổ biến|tăng cường vai trò|vai trò
hoàn thành|hoàn thành trong tháng|trước ngày|trên đây là
chất lượng|hiệu quả|nâng cao|nâng cao chất lượng|nâng cao hiệu quả|phát triển|kinh tế xã hội
cải cách hành chính|chuyển đổi số|phòng, chống|an toàn giao thông|an ninh trật tự|bảo vệ
môi trường|văn hóa|giáo dục|y tế|đầu tư công|giải ngân|giai đoạn|đại hội|nhiệm kỳ|kỷ niệm
học tập và làm theo|tư tưởng, đạo đức, phong cách hồ chí minh|xây dựng đảng|kiểm tra, giám sát
sơ kết|tổng kết|đánh giá|rà soát|kiện toàn|phê duyệt|ban hành|sửa đổi, bổ sung|một số|đối với
phối hợp|chủ trì|kịp thời|nghiêm túc|cán bộ, đảng viên|cán bộ|đảng viên|công chức|viên chức
đồng chí|các đồng chí|hội nghị|toàn quốc|đội ngũ|năng lực|chính sách, pháp luật|pháp luật|thuộc
trung ương đảng|văn phòng trung ương đảng|kết luận|làm việc|thành phố|thủ đô|nhà nước|quản lý nhà
nước ủy ban nhân dân tỉnh về|thực hiện kế hoạch|thực hiện kế hoạch số cộng hòa xã hội chủ nghĩa việt
nam đảng cộng sản việt nam|độc lập|tự do|hạnh phúc|độc lập tự do hạnh phúc
"""


def _phrases(block: str) -> tuple[str, ...]:
    return tuple(p.strip() for line in block.split("\n") for p in line.split("|") if p.strip())


OFFICIAL_PHRASES: Final = (
    *_phrases(_RECIPIENT_WORDS),
    *_phrases(_TITLE_WORDS),
    *(kind.lower() for kind in CITED_KINDS),
    *(position.lower() for position in POSITIONS),
    *(body.lower() for body in BODIES),
)
"""Lower-case phrases with marks; case comes from the text that is restored."""

TIME_PHRASES: Final = (
    *("hoàn thành trong tháng", "hoàn thành trước ngày", "hoàn thành", "trong tháng", "trước ngày"),
    *("trong quý", "trong năm", "chậm nhất", "đến hết ngày", "định kỳ", "thường xuyên", "hằng năm"),
    *("hằng tháng", "hằng quý", "tháng", "năm", "ngày", "thời gian thực hiện", "kể từ ngày"),
    *("thời gian hoàn thành", "ngày làm việc", "theo quy định", "giai đoạn", "sau khi"),
)
"""Words of deadline phrases."""

FREQUENT_SLIPS: Final[dict[str, str]] = {
    **dict.fromkeys(("ciia", "cia", "ctia", "cta", "caa", "clia", "cua"), "của"),
    **dict.fromkeys(("cac", "cic", "cec", "cdc"), "các"),
    **dict.fromkeys(("va", "vd"), "và"),
    **dict.fromkeys(("tinh", "tinb"), "tỉnh"),
    **dict.fromkeys(("ve",), "về"),
    **dict.fromkeys(("s6", "sb"), "số"),
    **dict.fromkeys(("uy", "iy", "ay", "gy", "ty", "1y"), "ủy"),
}
"""What an English reader makes of the most frequent words; used beside restored neighbours."""

BEFORE_FIGURES: Final[dict[str, str]] = {
    **dict.fromkeys(("so", "s6", "sb", "se", "soo"), "số"),
    **dict.fromkeys(("ngay", "ngiy", "ngdy", "nghy"), "ngày"),
    **dict.fromkeys(("thang", "thing", "thdng"), "tháng"),
    **dict.fromkeys(("nam", "ndm", "nim"), "năm"),
}
"""Small words that are plain before a figure."""

PRESS_HEADS: Final = ("bao", "dai", "tap chi")
"""First words of names of press organs, folded: members of "cơ quan báo chí"."""
