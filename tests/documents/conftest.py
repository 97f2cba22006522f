"""What the tests of this room share."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from documents.content import (
    DirectiveContent,
    RecipientLine,
    RecipientRole,
    Regime,
    SignatureBlock,
)
from documents.plain import parse_plain

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "tinos"
AT = datetime(2022, 9, 21, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def fonts() -> Path:
    if not FONTS.is_dir():
        pytest.skip("Tinos is not installed: run npm ci")
    return FONTS


@pytest.fixture
def at() -> datetime:
    return AT


def reviewed_seed() -> str:
    """The seed's reviewed text, without its notes, from the number line to the signer."""
    path = SHARED / "seed" / "96-HD-BTGTU.corrected.txt"
    if not path.is_file():
        pytest.skip("the seed is not beside the project")
    text = path.read_text(encoding="utf-8")
    text = text[text.index("Số 96-HD/BTGTU") : text.index("[CHỮ KÝ SỐ 1")]
    return re.sub(r"\{\?\d\}", "", text).replace("[truyền]", "truyền").replace("[thực]", "thực")


def lines_of(text: str) -> tuple[RecipientLine, ...]:
    """Recipient lines, with a simple reading of their roles."""
    lines = [line.strip("- ").rstrip(",;.") for line in text.splitlines() if line.startswith("- ")]
    return tuple(
        RecipientLine(
            raw=line,
            role=RecipientRole.ARCHIVE if line.startswith("Lưu") else RecipientRole.UNMARKED,
            group=line.startswith("Các "),
        )
        for line in lines
    )


@pytest.fixture
def seed() -> DirectiveContent:
    text = reviewed_seed()
    truth = json.loads((SHARED / "seed" / "96-HD-BTGTU.truth.json").read_text(encoding="utf-8"))
    body = parse_plain(text, title=truth["title"])
    return DirectiveContent(
        regime=Regime.PARTY,
        doc_type=truth["doc_type"],
        parent_issuer="Tỉnh ủy Lâm Đồng",
        issuer="Ban Tuyên giáo",
        symbol=truth["symbol"],
        number=truth["number"],
        place="Đà Lạt",
        issue_date=date(2022, 9, 21),
        title=truth["title"],
        opening=body.opening,
        sections=body.sections,
        closing=body.closing,
        recipients=lines_of("\n".join(body.after)),
        signature=SignatureBlock(
            capacity_lines=("K/T TRƯỞNG BAN",),
            position="PHÓ TRƯỞNG BAN THƯỜNG TRỰC",
            name="Trần Trung Hiếu",
        ),
        notice="THỬ NGHIỆM: chứng thư không có giá trị pháp lý.",
    )


def published(name: str) -> tuple[str, dict[str, Any]]:
    """A published paper and what is known about it; the line about its origin is left out."""
    path = SHARED / "realdocs" / f"{name}.txt"
    if not path.is_file():
        pytest.skip("the published documents are not beside the project")
    text = path.read_text(encoding="utf-8").split("\n", 1)[1]
    return text, json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture
def plan() -> DirectiveContent:
    """A published plan under the State form."""
    text, truth = published("08")
    body = parse_plain(text, title=truth["title"])
    return DirectiveContent(
        regime=Regime.STATE,
        doc_type=truth["doc_type"],
        parent_issuer="",
        issuer="Ủy ban nhân dân tỉnh Bắc Ninh",
        symbol=truth["symbol"],
        number=truth["number"],
        place=truth["place"],
        issue_date=date.fromisoformat(truth["issue_date"]),
        title=truth["title"],
        opening=body.opening,
        sections=body.sections,
        closing=body.closing,
        recipients=lines_of("\n".join(body.after)),
        signature=SignatureBlock(
            capacity_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
            position="PHÓ CHỦ TỊCH",
            name="Phạm Văn Thịnh",
        ),
    )
