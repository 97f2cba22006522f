"""A draft from a file in the portal: sent, held against its pages, corrected, kept to the end."""

import re
from uuid import UUID

import pytest
from httpx import Response
from sqlalchemy import select

from actions.working.body import Body
from actions.working.importing import read_in, reading_of
from actions.working.keeping import Save, body_of, hand_in, save
from actions.working.sources import SourceFile, claim, keep_source, note_page, note_understanding
from models.base import DirectiveId
from models.directive import Directive, Document
from models.working import DraftSource, WorkingDraft
from portal import source_reading
from tests.portal.browsing import Browsing, live_of, words_of
from tests.portal.seeded import DEMO
from wiring.demo_draft import PEOPLE
from wiring.stories.reviewed import read_reviewed

_DOUBT = re.compile(r'name="settled" value="(\d+)"')
_FIELD = re.compile(r'<textarea name="([^"]+)"[^>]*>')


def sends(browsing: Browsing, name: str, content: bytes) -> Response:
    sent: Response = browsing.client.post(
        "/soan/tep", data={"csrf": browsing.token()}, files={"file": (name, content)}
    )
    return sent


def opened(browsing: Browsing, name: str, content: bytes) -> str:
    """Sends a file; returns the key of the draft that it gives."""
    sent = sends(browsing, name, content)
    assert sent.status_code == 303, words_of(sent)
    return sent.headers["location"].split("/")[2]


def draft(browsing: Browsing, key: str) -> WorkingDraft:
    with browsing.seeded.office.database.reading() as session:
        return session.get_one(WorkingDraft, UUID(key))


@pytest.fixture(scope="module")
def scanned() -> bytes:
    """The seed's own text, read badly by a scanner's program."""
    return (DEMO / "96-HD-BTGTU.ocr.txt").read_bytes()


def test_what_was_read_is_corrected_beside_the_source_and_goes_on_to_the_editor(
    browsing: Browsing, scanned: bytes
) -> None:
    browsing.sign_in(PEOPLE.drafter)
    assert "Soạn từ tệp có sẵn" in words_of(browsing.get("/soan"))
    key = opened(browsing, "Bản quét <1>.txt", scanned)
    page = browsing.get(f"/soan/{key}/nguon")
    assert "chỗ cần xem lại" in words_of(page)
    assert "Tuyén truyén, quan triét" in page.text
    assert "Bản quét &lt;1&gt;.txt" in page.text
    doubts = _DOUBT.findall(page.text)
    field = next(one for one in _FIELD.findall(page.text) if one.startswith("l."))
    sent = browsing.post(
        f"/soan/{key}/nguon", version="1", settled=doubts[:1], **{field: "Báo Lâm Đồng"}
    )
    assert sent.headers["location"].endswith("/nguon")
    row = draft(browsing, key)
    assert body_of(row).lines[int(field.split(".")[1])].raw == "Báo Lâm Đồng"
    reading = reading_of(row)
    assert reading is not None
    assert len(reading.open) == len(doubts) - 2
    assert "Còn" in words_of(browsing.get(f"/soan/{key}"))
    done = browsing.post(f"/soan/{key}/nguon", version=str(row.version), settled=[*doubts], go="1")
    assert done.headers["location"] == f"/soan/{key}"
    assert browsing.get(f"/soan/{key}/nguon/tep").content == scanned
    browsing.post(f"/soan/{key}/xoa")
    assert browsing.get(f"/soan/{key}/nguon").status_code == 404


def test_a_pdf_shows_its_pages_and_stays_with_the_directive_that_it_became(
    browsing: Browsing, issued: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.drafter)
    pdf = browsing.seeded.pdf(issued)
    key = opened(browsing, "96-HD-BTGTU.pdf", pdf)
    page = browsing.get(f"/soan/{key}/nguon")
    assert "Trang 1/3" in words_of(page)
    picture = browsing.get(f"/soan/{key}/nguon/trang/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert browsing.get(f"/soan/{key}/nguon/trang/99.png").status_code == 404
    body = body_of(draft(browsing, key))
    wanted = read_reviewed(DEMO / "96-HD-BTGTU.reviewed.toml")
    assert body.title == wanted.title
    assert [line.raw for line in body.lines] == [one.raw for one in wanted.recipient]
    browsing.sign_in(PEOPLE.form_reviewer)
    for path in ("", "/nguon", "/nguon/tep", "/nguon/trang/1.png"):
        assert browsing.get(f"/soan/{key}{path}").status_code == 404
    seeded = browsing.seeded

    def names(changed: Body) -> None:
        changed.content_reviewer = PEOPLE.content_reviewer
        changed.form_reviewer = PEOPLE.form_reviewer

    actor = seeded.actor(PEOPLE.drafter)
    save(seeded.office.desk, actor, UUID(key), names, Save(version=1))
    made = hand_in(seeded.office.desk, actor, UUID(key))
    with seeded.office.database.reading() as session:
        kept = session.scalars(
            select(Document).where(Document.directive_id == made, Document.kind == "source")
        ).one()
        assert session.get_one(Directive, made).state == "drafting"
    assert (kept.name, kept.size_bytes) == ("96-HD-BTGTU.pdf", len(pdf))
    browsing.sign_in(PEOPLE.content_reviewer)
    assert "Tệp gốc khi soạn" in words_of(browsing.get(f"/van-ban/{made}?the=phien-ban"))
    assert browsing.get(f"/van-ban/{made}/tep/{kept.sha256}").content == pdf


def test_what_was_typed_stays_when_another_window_saved_meanwhile(
    browsing: Browsing, scanned: bytes
) -> None:
    browsing.sign_in(PEOPLE.drafter)
    key = opened(browsing, "a.txt", scanned)
    field = next(
        one for one in _FIELD.findall(browsing.get(f"/soan/{key}/nguon").text) if one[:2] == "l."
    )
    browsing.post(f"/soan/{key}/nguon", version="1", **{field: "Cửa sổ một"})
    stale = browsing.post(
        f"/soan/{key}/nguon", version="1",
        **{next(one for one in doubtful(browsing, key) if one != field): "Cửa sổ hai"},
    )  # fmt: skip
    assert stale.status_code == 409
    assert ">Cửa sổ hai</textarea>" in stale.text
    browsing.post(f"/soan/{key}/xoa")


def doubtful(browsing: Browsing, key: str) -> list[str]:
    return _FIELD.findall(browsing.get(f"/soan/{key}/nguon").text)


def _sources(browsing: Browsing) -> list[str]:
    with browsing.seeded.office.database.reading() as session:
        return sorted(session.scalars(select(DraftSource.name)))


def test_what_cannot_be_taken_says_why_and_opens_nothing(
    browsing: Browsing, scanned: bytes
) -> None:
    browsing.sign_in(PEOPLE.drafter)
    before = _sources(browsing)
    cases = (
        ("mat.txt", b"T\xe1\xbb\x90I M\xe1\xba\xacT\n" + scanned, "Tệp không được lưu lại", 422),
        ("ma.exe", b"MZ\x90\x00" * 100, "Chỉ nhận tệp", 422),
        ("to.pdf", b"%PDF-1.7" + b"0" * (3 << 20), "Tệp", 422),
    )
    for name, content, said, status in cases:
        refused = sends(browsing, name, content)
        assert refused.status_code == status, (name, words_of(refused))
        assert said in words_of(refused)
    named = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00.txt"\r\n\r\nx'
    nul = browsing.client.post(
        "/soan/tep", content=named + b"\r\n--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    assert nul.status_code == 422
    forged = browsing.client.post("/soan/tep", data={"csrf": "x"}, files={"file": ("a.txt", b"a")})
    assert forged.status_code == 403
    assert _sources(browsing) == before
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.get("/soan/tep").status_code == 403
    assert sends(browsing, "a.txt", scanned).status_code == 403


def test_a_broken_file_is_kept_says_why_and_is_read_again_or_thrown_away(
    browsing: Browsing,
) -> None:
    browsing.sign_in(PEOPLE.drafter)
    path = sends(browsing, "zip <1>.docx", b"PK\x03\x04" + b"\x00" * 400).headers["location"]
    failed = browsing.get(path)
    assert "Không trích được nội dung của tệp" in words_of(failed)
    assert "zip &lt;1&gt;.docx" in failed.text
    assert "Không trích được nội dung" in words_of(browsing.get("/soan"))
    again = browsing.post(f"{path}/lai")
    assert again.headers["location"] == path
    browsing.sign_in(PEOPLE.form_reviewer)
    assert browsing.get(path).status_code == 404
    assert browsing.post(f"{path}/bo").status_code == 404
    browsing.sign_in(PEOPLE.drafter)
    gone = browsing.get(browsing.post(f"{path}/bo").headers["location"])
    assert "Đã bỏ tệp." in words_of(gone)
    assert "zip &lt;1&gt;.docx" not in gone.text
    assert browsing.get(path).status_code == 404
    assert browsing.post(f"{path}/lai").status_code == 404


def test_a_long_reading_shows_its_pages_and_leads_on_to_the_draft(
    browsing: Browsing, scanned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The portal's own readers stand aside: here the reading goes page by page.
    monkeypatch.setattr(source_reading, "claim", lambda _desk: None)
    desk, drafter = browsing.seeded.office.desk, browsing.seeded.actor(PEOPLE.drafter)
    key = keep_source(desk, drafter, SourceFile(name="Bản quét dài.txt", content=scanned))
    browsing.sign_in(PEOPLE.drafter)
    assert "Đang chờ đến lượt đọc" in words_of(browsing.get(f"/soan/doc/{key}"))
    held = claim(desk)
    assert held is not None
    note_page(desk, held, 3, 12)
    page = browsing.get(f"/soan/doc/{key}")
    assert "Đang đọc trang 3/12" in words_of(page)
    assert '<progress max="12" value="2"' in page.text
    both = [page.text, browsing.get("/soan").text]
    assert "Đang đọc trang 3/12" in both[1]
    note_page(desk, held, 4, 12)
    for text in both:
        address, mark = live_of(text)
        told = browsing.get(f"{address}&dau={mark}").json()
        assert told["changed"]
        assert told["words"] == "Đang đọc trang 4/12."
        assert told["wait"] == 2
    note_understanding(desk, held)
    after = browsing.get(f"/soan/doc/{key}")
    assert "Đã đọc đủ 12 trang" in words_of(after)
    assert '<progress max="12" value="12"' in after.text
    read_in(desk, held)
    assert browsing.get(f"/soan/doc/{key}").headers["location"] == f"/soan/{key}/nguon"
    assert "Tệp đã đọc xong" in words_of(browsing.get("/thong-bao?loc=moi"))
    browsing.get(f"/soan/{key}/nguon")
    assert "Bản quét dài" not in words_of(browsing.get("/thong-bao?loc=moi"))
    browsing.post(f"/soan/{key}/xoa")
