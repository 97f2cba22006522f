"""A paper whose number was filled in after its signature is read like any other."""

from pathlib import Path

import pytest

from documents.content import Regime
from documents.intake.extract import pdf_text
from documents.intake.filled import DATE_FIELD, NUMBER_FIELD, put_back
from signing.numbers.places import with_filled_places
from tests.signing import numbered

LINE = "Số -HD/BTGTU An Bình, ngày tháng năm \r\nThực hiện ngày 29 tháng 7 năm 2022"


@pytest.mark.parametrize(
    ("regime", "number"), [(Regime.PARTY, "Số 96-HD/BTGTU"), (Regime.STATE, "Số: 96/KH-UBND")]
)
def test_number_and_date_stand_in_their_gaps(tmp_path: Path, regime: Regime, number: str) -> None:
    path = tmp_path / "filled.pdf"
    path.write_bytes(with_filled_places(numbered.open_page(regime), dict(numbered.fill())))
    text = "".join(pdf_text(path))
    assert number in text
    assert "An Bình, ngày 21 tháng 9 năm 2022" in text
    path.write_bytes(numbered.open_page(regime))
    assert "96" not in "".join(pdf_text(path))


def test_only_the_gap_is_filled_and_only_by_a_number_and_a_day() -> None:
    filled = put_back(LINE, {NUMBER_FIELD: "96", DATE_FIELD: "21/9/2022"})
    assert filled == LINE.replace("Số ", "Số 96", 1).replace(
        "ngày tháng năm", "ngày 21 tháng 9 năm 2022"
    )
    assert put_back(LINE, {NUMBER_FIELD: "96-HD/XYZ", DATE_FIELD: "hôm nay"}) == LINE
    assert put_back(LINE, {}) == LINE
