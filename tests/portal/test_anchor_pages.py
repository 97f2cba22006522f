"""Chứng thư gốc tin cậy: a file is seen before it is trusted, and taken away with a reason."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives import serialization
from httpx import Response
from sqlalchemy import select

from models.audit import AuditEvent
from signing.anchors import LIST, read_anchors
from signing.trust import Anchor, Purpose
from tests.portal.browsing import Browsing, seen_in, words_of
from tests.portal.seeded import PEOPLE
from tests.signing.judge_crypto.pki import Holder, Plan, make_root

PAGE = "/quan-tri/tin-cay"
ROOT = make_root(Plan("CA gốc của Nơi Cấp", kind="rsa:root").authority_of())
SECOND = make_root(Plan("CA gốc thứ hai", kind="rsa:root").authority_of())
PERSON = ROOT.issue(Plan("Người Ký", kind="rsa:officer"))
ENDED = make_root(
    Plan("CA gốc Cũ", kind="rsa:root", until=datetime(2021, 1, 1, tzinfo=UTC)).authority_of()
)
TERMS = {"origin": "trang của nơi cấp", "reason": "cấp cho cơ quan ta", "purpose": ["officer"]}


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    """The administrator's browser; the trust folder is as it was afterwards."""
    folder = browsing.seeded.office.settings.trust_folder
    before = {one: one.read_bytes() for one in folder.iterdir() if one.is_file()}
    browsing.sign_in("truong-my-linh")
    yield browsing
    for one in folder.iterdir():
        if one.is_file() and one not in before:
            one.unlink()
    for one, content in before.items():
        one.write_bytes(content)


def trusted(browsing: Browsing) -> dict[str, Anchor]:
    """The anchors by the name of their certificate."""
    folder = browsing.seeded.office.settings.trust_folder
    return {one.sha256_hex: one for one in read_anchors(folder)}


def print_of(holder: Holder) -> str:
    return Anchor(der=holder.der).sha256_hex


def file_of(*holders: Holder) -> bytes:
    return b"".join(pem.armor("CERTIFICATE", one.der) for one in holders)


def look(browsing: Browsing, content: bytes) -> Response:
    return browsing.client.post(
        f"{PAGE}/them", data={"csrf": browsing.token()}, files={"file": ("goc.pem", content)}
    )


def carried(shown: Response) -> dict[str, str]:
    """What the page of a file hands on."""
    found = dict(re.findall(r'name="(content|file_name)" value="([^"]*)"', shown.text))
    assert set(found) == {"content", "file_name"}, words_of(shown)
    return found


def last_event(browsing: Browsing) -> AuditEvent:
    with browsing.portal.database.reading() as session:
        query = select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(1)
        return session.scalars(query).one()


def test_a_file_is_shown_before_it_is_trusted_and_then_listed(ours: Browsing) -> None:
    before = trusted(ours)
    shown = look(ours, file_of(ROOT))
    words = words_of(shown)
    assert shown.status_code == 200, words
    key = print_of(ROOT)
    grouped = " ".join(key[at : at + 4] for at in range(0, 64, 4))
    for said in ("CA gốc của Nơi Cấp", "tự cấp", "1/1/2020 đến 1/1/2040", grouped, "Chưa tin gì"):
        assert said in words, said
    assert trusted(ours) == before
    taken = ours.post(PAGE, **carried(shown), **TERMS, until="2030-12-31")
    assert (taken.status_code, taken.headers["location"]) == (303, f"{PAGE}?xong=them")
    assert trusted(ours)[key].purposes == {Purpose.OFFICER}
    assert (last_event(ours).deed, last_event(ours).subject_id) == ("add_trust_anchor", key)
    listed = words_of(ours.get(PAGE))
    assert re.search(
        rf"CA gốc của Nơi Cấp thử nghiệm chữ ký cán bộ 1/1/2020 31/12/2030 {key[:16]} đang tin",
        listed,
    ), listed
    assert "chép tay vào thư mục" in listed


def test_several_certificates_of_one_file_are_trusted_together_or_not_at_all(
    ours: Browsing,
) -> None:
    before = trusted(ours)
    shown = look(ours, file_of(ROOT, SECOND))
    assert "Trong tệp 2" in words_of(shown)
    # Nothing was typed: it stays on the page, with the file.
    refused = ours.post(PAGE, **carried(shown), reason="lý do đã gõ", purpose=["stamp"])
    assert refused.status_code == 422
    assert "Nguồn: không được để trống" in words_of(refused)
    assert "lý do đã gõ" in refused.text
    assert trusted(ours) == before
    assert ours.post(PAGE, **carried(refused), **TERMS).status_code == 303
    assert set(trusted(ours)) - set(before) == {print_of(ROOT), print_of(SECOND)}


def test_a_fingerprint_that_the_issuer_publishes_is_compared(ours: Browsing) -> None:
    before, whole = trusted(ours), carried(look(ours, file_of(ROOT)))
    for published, said in (
        ("0" * 64, "không khớp với chứng thư trong tệp"),
        ("AB:CD", "64 chữ số"),
        ("khong-phai-so", "64 chữ số"),
    ):
        refused = ours.post(PAGE, **whole, **TERMS, published=published)
        assert refused.status_code == 422
        assert said in words_of(refused)
        assert published in refused.text
    assert trusted(ours) == before
    key = print_of(ROOT).upper()
    pairs = ":".join(key[at : at + 2] for at in range(0, 64, 2))
    written = f"SHA256 Fingerprint={pairs[:48]}\n  {pairs[48:]}"
    assert ours.post(PAGE, **whole, **TERMS, published=written).status_code == 303
    assert print_of(ROOT) in trusted(ours)


def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(ours: Browsing) -> None:
    before = trusted(ours)
    private = ROOT.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    for content, status, said in (
        (b"%PDF-1.7", 422, "không đọc được chứng thư nào; cần tệp PEM, DER hoặc P7B"),
        (file_of(ENDED), 422, "đã hết hạn ngày 1/1/2021"),
        (file_of(ROOT) + private, 422, "khoá bí mật"),
        (b"x" * 300_000, 413, "giới hạn 256 KB"),
    ):
        refused = look(ours, content)
        assert refused.status_code == status, said
        assert said in words_of(refused)
    person = look(ours, file_of(PERSON))
    assert "không phải của cơ quan chứng thực" in words_of(person)
    refused = ours.post(PAGE, **carried(person), **TERMS)
    assert refused.status_code == 422
    assert "chọn nhận cả chứng thư loại này" in words_of(refused)
    for broken in ("", "không phải base64", "AAAA"):
        assert ours.post(PAGE, content=broken, **TERMS).status_code == 422
    wrong = {**TERMS, "purpose": ["moi-viec"]}
    whole = carried(look(ours, file_of(ROOT)))
    assert ours.post(PAGE, **whole, **wrong).status_code == 422
    assert ours.post(PAGE, **whole, **TERMS, since="hôm nay").status_code == 422
    assert trusted(ours) == before
    assert ours.post(PAGE, **carried(person), **TERMS, end_entity="co").status_code == 303


def test_an_anchor_is_declared_anew_and_the_second_of_two_is_told(ours: Browsing) -> None:
    (key,) = trusted(ours)
    path = f"{PAGE}/{key}"
    stands = ours.get(path)
    assert "chép tay vào thư mục tin cậy, chưa ai khai" in words_of(stands)
    seen = seen_in(stands)
    fields = {**TERMS, "organisations": "Ban Tuyên giáo\n\n Sở Một ", "name": "Gốc của ta"}
    changed = ours.post(path, seen=seen, **fields)
    assert (changed.status_code, changed.headers["location"]) == (303, f"{path}?xong=khai")
    one = trusted(ours)[key]
    assert (one.name, one.organisations) == ("Gốc của ta", ("Ban Tuyên giáo", "Sở Một"))
    words = words_of(ours.get(path))
    for said in ("Gốc của ta", "trang của nơi cấp", "cấp cho cơ quan ta", "Sở Một"):
        assert said in words, said
    assert "chưa ai khai" not in words
    late = ours.post(path, seen=seen, **{**fields, "reason": "lý do của người thứ hai"})
    assert late.status_code == 409
    assert "lý do của người thứ hai" in late.text
    assert trusted(ours)[key] == one
    assert ours.post(f"{PAGE}/{'0' * 64}", **fields).status_code == 404


def test_an_anchor_is_taken_away_with_a_reason_and_what_it_leaves_is_said(ours: Browsing) -> None:
    (key,) = trusted(ours)
    path = f"{PAGE}/{key}"
    said = "không còn tin chứng thư gốc nào cho: chữ ký cán bộ, con dấu cơ quan, dấu thời gian"
    assert said in words_of(ours.get(path))
    refused = ours.post(f"{path}/bo", reason="  ")
    assert refused.status_code == 422
    assert "Lý do: không được để trống" in words_of(refused)
    assert key in trusted(ours)
    assert ours.post(f"{path}/bo", reason="Nơi cấp ngừng hẳn").status_code == 303
    assert trusted(ours) == {}
    event = last_event(ours)
    assert (event.deed, event.detail["reason"]) == ("remove_trust_anchor", "Nơi cấp ngừng hẳn")
    empty = words_of(ours.get(PAGE))
    assert "Chứng thư gốc là chứng thư của nơi cấp" in empty
    assert "Thêm chứng thư gốc" in empty
    assert ours.post(f"{path}/bo", reason="x").status_code == 404


def test_a_folder_that_cannot_be_read_is_said_so_on_the_page(ours: Browsing) -> None:
    folder = ours.seeded.office.settings.trust_folder
    (folder / "rac.txt").write_bytes(b"?")
    shown = ours.get(PAGE)
    assert shown.status_code == 422
    assert "không đọc được tệp “rac.txt”" in words_of(shown)
    assert look(ours, file_of(ROOT)).status_code == 422
    # Whoever can do something about it is told, and no page breaks off.
    for path, status in (("/quan-tri", 200), ("/viec-cua-toi", 200), ("/quan-tri/thiet-lap", 422)):
        page = ours.get(path)
        assert page.status_code == status, path
        assert "không đọc được tệp “rac.txt”" in words_of(page), path
    assert not (folder / LIST).exists()


def test_setting_up_and_administering_lead_to_the_page(ours: Browsing) -> None:
    for page in ("/quan-tri", "/quan-tri/thiet-lap"):
        assert f'href="{PAGE}"' in ours.get(page).text, page


@pytest.mark.parametrize("who", [PEOPLE.clerk, "cao-duc-thanh", "ho-sy-nam"])
def test_nobody_but_an_administrator_trusts_anything(ours: Browsing, who: str) -> None:
    before, whole = trusted(ours), carried(look(ours, file_of(ROOT)))
    (key,) = before
    ours.sign_in(who)
    assert look(ours, file_of(ROOT)).status_code == 403
    assert ours.post(PAGE, **whole, **TERMS).status_code == 403
    assert ours.post(f"{PAGE}/{key}", **TERMS).status_code == 403
    assert ours.post(f"{PAGE}/{key}/bo", reason="x").status_code == 403
    assert trusted(ours) == before
