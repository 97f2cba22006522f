"""Samples for the papers of the system."""

from dataclasses import replace
from datetime import UTC, date, datetime

from documents.consolidate import (
    AnswerLine,
    AnswerSource,
    ConsolidatedInput,
    MissingUnit,
    UnitAnswer,
)

AS_OF = datetime(2022, 11, 1, 10, 0, tzinfo=UTC)
TASK = (
    "Tổ chức phổ biến, quán triệt sâu sắc Kế hoạch số 53-KH/TU của Ban Thường vụ Tỉnh ủy theo "
    "Hướng dẫn của Ban Tuyên giáo Tỉnh ủy (Hoàn thành trong tháng 10 năm 2022)."
)
NOTICE = "THỬ NGHIỆM: chứng thư không có giá trị pháp lý."


def answer(number: int) -> UnitAnswer:
    source = AnswerSource(
        name=f"bao-cao-don-vi-{number}.pdf", sha256_hex=f"{number:064x}", place="trang 2"
    )
    mail = AnswerSource(name="Thư: Báo cáo kết quả", sha256_hex="a" * 64, place="nội dung thư")
    return UnitAnswer(
        unit=f"Huyện ủy số {number}",
        obligation="III.3" if number % 3 else "R1",
        sentence=TASK,
        deadline="Hoàn thành trong tháng 10 năm 2022",
        due=date(2022, 10, 31),
        state=("đã chấp nhận", "đã báo cáo", "trả lại")[number % 3],
        reported_at=datetime(2022, 10, 20, 2, number % 60, tzinfo=UTC),
        answers=(
            AnswerLine(label="Số hội nghị đã tổ chức", value=f"{number + 1}", source=source),
            AnswerLine(label="Số người tham dự", value=f"1.{number:03d}", source=source),
            AnswerLine(
                label="Khó khăn, vướng mắc",
                value="Địa bàn rộng, kinh phí hạn chế; đề nghị hỗ trợ tài liệu. " * 2,
                source=mail,
            ),
        ),
    )


def sample(units: int = 14, missing: int = 4) -> ConsolidatedInput:
    silent = tuple(
        replace(
            answer(100 + n),
            unit=f"Đảng ủy trực thuộc số {n}",
            state="quá hạn",
            reported_at=None,
            answers=(),
        )
        for n in range(missing)
    )
    return ConsolidatedInput(
        parent_issuer="Tỉnh ủy Lâm Đồng",
        issuer="Ban Tuyên giáo",
        number="96-HD/BTGTU",
        doc_type="Hướng dẫn",
        title="Tuyên truyền, quán triệt và tổ chức thực hiện Kế hoạch số 53-KH/TU, ngày 29/7/2022 "
        "của Ban Thường vụ Tỉnh ủy về tăng cường công tác chỉ đạo, quản lý, chấn chỉnh hoạt động "
        "báo, tạp chí, trang thông tin điện tử, mạng xã hội trên địa bàn tỉnh",
        issued=date(2022, 9, 21),
        as_of=AS_OF,
        units=(*(answer(n) for n in range(units)), *silent),
        missing=tuple(
            MissingUnit(
                unit=item.unit,
                obligation=item.obligation,
                deadline=item.deadline,
                note="đã nhắc 3 lần, đã báo cấp trên",
            )
            for item in silent
        ),
        notice=NOTICE,
    )
