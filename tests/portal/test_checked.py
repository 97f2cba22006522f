"""Results of checks: for whoever asked, for a while, with everything that was found."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx import Response

from models.base import DirectiveId
from portal.check_keeping import KEEP_S, Judged, KeptCheck, KeptChecks
from portal.errors import CheckGoneError
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.records.folder import records_in
from signing.records.manifest import Inputs
from signing.records.replay import Outcome, replay
from signing.trust import TrustStore
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import Seeded, report_units
from tests.signing import makers
from tests.signing.attacks import content, letter
from wiring.demo_draft import PEOPLE

FORM = "/kiem-tra-chu-ky"


@pytest.fixture(scope="session")
def paper(seeded: Seeded) -> bytes:
    return seeded.pdf(seeded.sealed("Kết quả kiểm tra xem được nhiều lần"))


def changed() -> bytes:
    """A letter in which a sum was changed after signing."""
    forged = makers.stream(letter.TEXT.replace(b"100 dong", b"900 dong"))
    return content.append(letter.signed(), {letter.CONTENT: forged})


def sent(browsing: Browsing, *files: tuple[str, bytes]) -> Response:
    form = browsing.get(FORM)
    answer: Response = browsing.client.post(
        FORM, data={"csrf": token_in(form)}, files=[("file", one) for one in files]
    )
    return answer


def result_of(browsing: Browsing, *files: tuple[str, bytes]) -> str:
    answer = sent(browsing, *files)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_result_shows_every_signature_its_times_chain_and_place(
    browsing: Browsing, paper: bytes
) -> None:
    where = result_of(browsing, ("<b>96</b>.pdf", paper))
    page = browsing.get(where)
    said = words_of(page)
    assert "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký." in said
    for words in (
        "Trần Trung Hiếu", "ô ký của lãnh đạo", "ô dấu của cơ quan",
        "Được chứng minh bằng dấu thời gian",
        "Người ký", "Nơi cấp chứng thư", "Gốc tin cậy",
        "Chưa bị thu hồi tại thời điểm ký.",
        "thêm chữ ký của Ban Tuyên giáo Tỉnh ủy Lâm Đồng",
        "Kết quả này không phải là bằng chứng mới",
    ):  # fmt: skip
        assert words in said, words
    assert page.text.count('<rect class="found passed"') == 2
    assert "<b>96</b>" not in page.text
    picture = browsing.get(f"{where}/trang/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert "private" in picture.headers["cache-control"]


def test_a_result_says_each_thing_once_and_nothing_against_itself(
    browsing: Browsing, paper: bytes
) -> None:
    said = words_of(browsing.get(result_of(browsing, ("96.pdf", paper))))
    # Two signatures and a document time stamp, each with its own time.
    assert said.count("dấu thời gian: một máy chủ tin cậy") == 3
    assert "Thời điểm ký được chứng minh" not in said
    assert "Chỉ là tự khai" not in said
    assert "dẫn tới gốc tin cậy" not in said
    assert "Chưa bị thu hồi tại thời điểm đóng dấu thời gian." in said


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"rac", "chọn lại tệp PDF gốc"),
        (b"%PDF-1.7\nrac", "đề nghị nơi gửi gửi lại bản gốc"),
    ],
)
def test_of_a_file_that_cannot_be_read_one_sentence_says_why_and_what_to_do(
    browsing: Browsing, content: bytes, advice: str
) -> None:
    said = words_of(browsing.get(result_of(browsing, ("rac.pdf", content))))
    assert said.count("tệp PDF") <= 3
    assert f"Việc cần làm: {advice}" in said
    assert "Error" not in said


def test_several_files_are_listed_the_worst_first_each_with_its_own_result(
    browsing: Browsing, paper: bytes
) -> None:
    where = result_of(browsing, ("dung.pdf", paper), ("rac.pdf", b"rac"), ("sua.pdf", changed()))
    said = words_of(browsing.get(where))
    assert "3 tệp: 1 không hợp lệ, 1 không đọc được, 1 hợp lệ" in said
    assert said.index("sua.pdf") < said.index("rac.pdf") < said.index("dung.pdf")


def test_another_visitor_sees_neither_result_nor_page_nor_report(
    browsing: Browsing, paper: bytes
) -> None:
    where = result_of(browsing, ("x.pdf", paper))
    listed = result_of(browsing, ("a.pdf", paper), ("b.pdf", paper))
    paths = [where, listed, f"{where}/trang/1.png", f"{where}/bao-cao/json",
             f"{where}/bang-chung.zip", f"{where}/so-sanh/1", f"{where}/khi-ky/1.pdf"]  # fmt: skip
    mine = [browsing.get(path).status_code for path in paths]
    browsing.client.cookies.clear()
    result_of(browsing, ("y.pdf", b"y"))  # somebody with a cookie of their own
    others = [browsing.get(path) for path in paths]
    browsing.sign_in(PEOPLE.clerk)
    officers = [browsing.get(path).status_code for path in paths]
    assert mine == [200] * len(paths)
    assert [one.status_code for one in others] == [404] * len(paths)
    assert officers == [404] * len(paths)
    assert "không còn được giữ" in words_of(others[0])
    unknown = browsing.get(f"{FORM}/ket-qua/khong-co")
    assert unknown.status_code == 404
    assert "không còn được giữ" in words_of(unknown)


def test_what_was_changed_after_signing_is_shown_beside_what_was_signed(
    browsing: Browsing,
) -> None:
    where = result_of(browsing, ("sua.pdf", changed()))
    said = words_of(browsing.get(where))
    assert "văn bản đã bị thay đổi sau khi ký" in said
    page = browsing.get(f"{where}/so-sanh/1")
    assert "Trang 1 đã thay đổi" in words_of(page)
    assert page.text.count('<rect class="differs"') == 2
    assert "<bdi>100</bdi>" in page.text
    pictures = re.findall(r'<img src="([^"]+)"', page.text)
    assert pictures == [f"{where}/trang/1.png?ban=1", f"{where}/trang/1.png"]
    assert "<bdi>900</bdi>" in page.text
    then, now = (browsing.get(f"{where}/trang/1.png{ban}").content for ban in ("?ban=1", ""))
    assert then != now
    assert browsing.get(f"{where}/khi-ky/1.pdf").content == letter.signed()


def test_permitted_additions_are_not_called_changes(browsing: Browsing, paper: bytes) -> None:
    where = result_of(browsing, ("96.pdf", paper))
    page = browsing.get(f"{where}/so-sanh/1")
    assert "Chữ ký này cho phép thêm những gì đã thêm" in words_of(page)
    assert "notice bad" not in page.text


@pytest.mark.parametrize("path", ["so-sanh/9", "khi-ky/0.pdf", "trang/99.png", "bao-cao/exe"])
def test_what_a_file_does_not_have_is_not_found(
    browsing: Browsing, paper: bytes, path: str
) -> None:
    where = result_of(browsing, ("96.pdf", paper))
    assert browsing.get(f"{where}/{path}").status_code == 404


def test_the_evidence_reaches_the_verdict_again_and_names_nobody_else(
    browsing: Browsing, paper: bytes, tmp_path: Path
) -> None:
    where = result_of(browsing, ("96.pdf", paper))
    packed = browsing.get(f"{where}/bang-chung.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        found.extractall(tmp_path)
    manifest = next(tmp_path.glob("*/manifest.json"))
    registered = json.loads(manifest.read_bytes())["trust"]["registered"]
    names = {one["name"] for one in registered.values()}
    assert names == {"Trần Trung Hiếu", "Ban Tuyên giáo Tỉnh ủy Lâm Đồng"}
    assert all(not one["reason"] for one in json.loads(manifest.read_bytes())["trust"]["anchors"])
    (record,) = records_in(tmp_path / manifest.parent.name)
    sandbox = browsing.seeded.office.sandbox
    assert replay(record, paper, sandbox.verify).outcome is Outcome.SAME


def test_a_result_is_forgotten_when_its_visitor_says_so(browsing: Browsing, paper: bytes) -> None:
    where = result_of(browsing, ("96.pdf", paper))
    page = browsing.get(where)
    forged = browsing.client.post(f"{where}/xoa", data={"csrf": "sai"})
    assert forged.status_code == 403
    assert browsing.get(where).status_code == 200
    browsing.client.post(f"{where}/xoa", data={"csrf": token_in(page)})
    assert browsing.get(where).status_code == 404


@pytest.mark.usefixtures("still")
def test_each_file_counts_and_too_many_at_once_are_refused(browsing: Browsing) -> None:
    ten = [(f"{at}.pdf", b"x") for at in range(10)]
    assert sent(browsing, *ten).status_code == 303
    answer = sent(browsing, *ten)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    browsing.portal.checks._left.clear()
    assert sent(browsing, *ten, ("11.pdf", b"x")).status_code == 422


def test_a_unit_checks_the_directive_at_its_own_page_and_finds_back(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    link = seeded.link(report_units(seeded, issued)[0], issued)
    answer = browsing.get(f"{link}/kiem-tra")
    page = browsing.get(answer.headers["location"])
    assert f'href="{link}"' in page.text
    assert "Chữ ký hợp lệ" in words_of(page)


def kept(size: int) -> KeptCheck:
    report = VerificationReport(
        name="x", sha256_hex="", size_bytes=size, policy_name="official", policy_version="1",
        at=datetime(2022, 9, 21, tzinfo=UTC),
    )  # fmt: skip
    inputs = Inputs(policy=OFFICIAL, trust=TrustStore())
    return KeptCheck(judged=Judged(content=b"x" * size, report=report, inputs=inputs))


def is_there(checks: KeptChecks, visitor: str, key: str) -> bool:
    try:
        checks.get(visitor, key)
    except CheckGoneError:
        return False
    return True


def test_results_end_a_while_after_the_last_look() -> None:
    now = [0.0]
    checks = KeptChecks(most_bytes=1 << 20, seconds=lambda: now[0])
    key = checks.put("an", "1.2.3.4", kept(10))
    now[0] = KEEP_S - 1
    assert is_there(checks, "an", key)
    now[0] += KEEP_S - 1
    assert is_there(checks, "an", key)
    now[0] += KEEP_S + 1
    assert not is_there(checks, "an", key)


def test_whoever_has_much_checked_pushes_out_their_own_results() -> None:
    checks = KeptChecks(most_bytes=300_000, seconds=lambda: 0.0)
    other = checks.put("an", "1.2.3.4", kept(50_000))
    # New cookies do not help: the address counts.
    mine = [checks.put(f"ma {at}", "6.6.6.6", kept(50_000)) for at in range(20)]
    assert is_there(checks, "an", other)
    assert is_there(checks, "ma 19", mine[-1])
    assert not is_there(checks, "ma 0", mine[0])


def test_all_results_together_stay_within_the_limit() -> None:
    checks = KeptChecks(most_bytes=300_000, seconds=lambda: 0.0)
    keys = [checks.put("an", f"1.2.3.{at}", kept(50_000)) for at in range(20)]
    found = [is_there(checks, "an", key) for key in keys]
    assert 1 <= sum(found) <= 6
    assert found[-1]
