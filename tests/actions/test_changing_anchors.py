"""Anchors: looked at before they are trusted, declared anew; a stranger's bytes change nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from asn1crypto import cms, pem, x509
from sqlalchemy import select

from actions.anchor_rows import Standing, anchor_rows, find_anchor, row_of, would_lack
from actions.auditing import MACHINE, Actor
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.trusting import (
    AnchorTerms,
    SentFile,
    add_trust_anchors,
    change_trust_anchor,
    look_at_anchors,
)
from models.audit import AuditEvent
from models.session import Database
from signing.anchors import read_anchors
from signing.trust import Anchor, Purpose
from tests.signing.judge_crypto.pki import Holder, Plan, make_root
from tests.support.factories import small_office

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
DRAFTER = Actor(kind="officer", id="drafter", name="Nguyễn Thị Soạn")
TERMS = AnchorTerms(source="trang của Ban Cơ yếu", reason="cấp cho cơ quan ta")
ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
OTHER = make_root(Plan("CA gốc Hai", kind="rsa:root").authority_of())
PERSON = ROOT.issue(Plan("Người Ký", kind="rsa:officer"))
ENDED = make_root(
    Plan("CA gốc Cũ", kind="rsa:root", until=datetime(2025, 1, 1, tzinfo=UTC)).authority_of()
)
ENDLESS = make_root(
    Plan(
        "CA không hết hạn", kind="rsa:root", until=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    ).authority_of()
)


def sent(*holders: Holder, name: str = "goc.pem") -> SentFile:
    return SentFile(
        name=name, content=b"".join(pem.armor("CERTIFICATE", one.der) for one in holders)
    )


def in_bag(*holders: Holder) -> SentFile:
    """The certificates in a P7B file."""
    held = [x509.Certificate.load(one.der) for one in holders]
    bag = cms.SignedData(
        {
            "version": "v1", "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"}, "certificates": held,
            "signer_infos": [],
        }
    )  # fmt: skip
    whole = cms.ContentInfo({"content_type": "signed_data", "content": bag})
    return SentFile(name="goc.p7b", content=whole.dump())


def events(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    return [(row.deed, row.outcome) for row in rows if row.subject_kind == "trust_anchor"]


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    small_office(database)
    return tmp_path / "trust"


@pytest.mark.parametrize("file", [sent(ROOT, OTHER, ROOT), in_bag(ROOT, OTHER)], ids=["PEM", "P7B"])
def test_what_a_file_holds_is_told_each_once_and_nothing_is_trusted(
    database: Database, folder: Path, file: SentFile
) -> None:
    found = look_at_anchors(database, folder, file, at=AT, actor=MACHINE)
    assert {one.row.own_name for one in found} == {"CA gốc Một", "CA gốc Hai"}
    assert len(found) == 2
    assert all(one.row.self_issued and one.row.may_issue for one in found)
    assert not any(one.is_trusted for one in found)
    assert (folder.exists(), events(database)) == (False, [])
    add_trust_anchors(database, folder, sent(ROOT), TERMS, at=AT, actor=MACHINE)
    again = look_at_anchors(database, folder, file, at=AT, actor=MACHINE)
    assert {one.row.own_name for one in again if one.is_trusted} == {"CA gốc Một"}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (sent(), "PEM, DER hoặc P7B"),
        (SentFile(name="goc.pdf", content=b"%PDF-1.7"), "PEM, DER hoặc P7B"),
        (sent(ROOT, ENDED), "hết hạn ngày 1/1/2025"),
        (SentFile(name="k.pem", content=pem.armor("PRIVATE KEY", b"x")), "khoá bí mật"),
        (in_bag(), "PEM, DER hoặc P7B"),
    ],
    ids=["empty", "PDF", "expired", "key", "empty bag"],
)
def test_a_file_that_can_never_be_taken_is_refused_when_it_is_looked_at(
    database: Database, folder: Path, file: SentFile, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        look_at_anchors(database, folder, file, at=AT, actor=MACHINE)
    assert (folder.exists(), events(database)) == (False, [("add_trust_anchor", "refused")])


def test_only_an_administrator_looks_and_declares(database: Database, folder: Path) -> None:
    with pytest.raises(NotAuthorisedError):
        look_at_anchors(database, folder, sent(ROOT), at=AT, actor=DRAFTER)
    add_trust_anchors(database, folder, sent(ROOT), TERMS, at=AT, actor=MACHINE)
    (anchor,) = read_anchors(folder)
    seen = row_of(anchor, AT).seen
    with pytest.raises(NotAuthorisedError):
        change_trust_anchor(
            database, folder, anchor.sha256_hex, TERMS, seen=seen, at=AT, actor=DRAFTER
        )
    assert [one[1] for one in events(database)] == ["refused", "done", "refused"]


def test_a_file_is_trusted_only_as_it_was_compared(database: Database, folder: Path) -> None:
    first, second = (row_of(Anchor(der=one.der), AT).fingerprint for one in (ROOT, OTHER))
    for seen in ([first], [first, second, "0" * 64], []):
        with pytest.raises(InvalidInputError, match="không khớp"):
            add_trust_anchors(
                database, folder, sent(ROOT, OTHER), TERMS, seen=seen, at=AT, actor=MACHINE
            )
    assert not folder.exists()
    seen = [second.upper(), first]
    add_trust_anchors(database, folder, sent(ROOT, OTHER), TERMS, seen=seen, at=AT, actor=MACHINE)
    assert len(read_anchors(folder)) == 2


def test_of_two_who_declare_at_once_the_second_is_told(database: Database, folder: Path) -> None:
    add_trust_anchors(database, folder, sent(ROOT), TERMS, at=AT, actor=MACHINE)
    (row,) = anchor_rows(folder, AT)
    narrow = replace(TERMS, purposes=frozenset({Purpose.STAMP}), until=date(2027, 1, 1))
    deed = {"at": AT, "actor": MACHINE}
    change_trust_anchor(database, folder, row.fingerprint, narrow, seen=row.seen, **deed)  # type: ignore[arg-type]  # shared by both
    with pytest.raises(WrongStateError, match="người khác"):
        change_trust_anchor(database, folder, row.fingerprint, TERMS, seen=row.seen, **deed)  # type: ignore[arg-type]  # as above
    (now,) = anchor_rows(folder, AT)
    assert now.anchor.purposes == {Purpose.STAMP}
    assert now.last_day == date(2027, 1, 1)
    # The same said once more leaves no event.
    change_trust_anchor(database, folder, row.fingerprint, narrow, seen=now.seen, **deed)  # type: ignore[arg-type]  # as above
    assert events(database)[1:] == [
        ("change_trust_anchor", "done"), ("change_trust_anchor", "refused"),
    ]  # fmt: skip


def test_one_put_in_by_hand_is_declared_and_an_expired_one_put_right(
    database: Database, folder: Path
) -> None:
    folder.mkdir()
    (folder / "tay.crt").write_bytes(ENDED.der)
    (row,) = anchor_rows(folder, AT)
    assert (row.is_declared, row.standing) == (False, Standing.EXPIRED)
    with pytest.raises(InvalidInputError, match="Nguồn"):
        change_trust_anchor(
            database, folder, row.fingerprint, AnchorTerms(source="", reason="x"), seen=row.seen,
            at=AT, actor=MACHINE,
        )  # fmt: skip
    change_trust_anchor(
        database, folder, row.fingerprint, TERMS, seen=row.seen, at=AT, actor=MACHINE
    )
    (now,) = anchor_rows(folder, AT)
    assert (now.is_declared, now.name) == (True, "CA gốc Cũ")
    with pytest.raises(NotFoundError):
        change_trust_anchor(database, folder, "0" * 64, TERMS, seen="", at=AT, actor=MACHINE)


def test_an_anchor_holds_from_its_first_day_to_its_last(database: Database, folder: Path) -> None:
    del database
    today = date(2026, 11, 25)
    cases = {
        Standing.HOLDS: {"since": today, "until": today},
        Standing.NOT_YET: {"since": date(2026, 11, 26)},
        Standing.OVER: {"until": date(2026, 11, 24)},
    }
    for standing, days in cases.items():
        anchor = Anchor(der=ROOT.der, **days)  # type: ignore[arg-type]  # days alone
        assert row_of(anchor, AT).standing is standing
    endless = row_of(Anchor(der=ENDLESS.der), AT)
    assert (endless.standing, endless.last_day) == (Standing.HOLDS, date(9999, 12, 31))
    assert not folder.exists()


def test_what_nobody_would_be_trusted_for_any_more_is_known_before() -> None:
    stamps = Anchor(der=OTHER.der, purposes=frozenset({Purpose.STAMP}))
    rows = [row_of(one, AT) for one in (Anchor(der=ROOT.der), stamps, Anchor(der=ENDED.der))]
    all_, stamp, gone = rows
    assert would_lack(rows, all_.fingerprint) == (Purpose.OFFICER, Purpose.AGENCY)
    assert would_lack(rows, stamp.fingerprint) == ()
    assert would_lack(rows, gone.fingerprint) == ()


def test_a_folder_that_cannot_be_understood_is_said_so(database: Database, folder: Path) -> None:
    folder.mkdir()
    (folder / "rac.txt").write_bytes(b"?")
    for tried in (
        lambda: anchor_rows(folder, AT),
        lambda: find_anchor(folder, "0" * 64),
        lambda: look_at_anchors(database, folder, sent(ROOT), at=AT, actor=MACHINE),
        lambda: add_trust_anchors(database, folder, sent(ROOT), TERMS, at=AT, actor=MACHINE),
    ):
        with pytest.raises(InvalidInputError, match=r"“rac\.txt”"):
            tried()
    assert [one.name for one in folder.iterdir()] == ["rac.txt"]


def test_no_bytes_of_a_stranger_end_in_anything_but_a_refusal(
    database: Database, folder: Path
) -> None:
    chance = Random(20261125)  # noqa: S311 (damage, no secret)
    files = [in_bag(ROOT, PERSON).content, ROOT.der, sent(ROOT).content]
    refused = 0
    for at in range(240):
        data = bytearray(files[at % 3])
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(min(len(data), 300))] = chance.randrange(256)
        try:
            file = SentFile(name="x", content=bytes(data))
            look_at_anchors(database, folder, file, at=AT, actor=MACHINE)
        except ActionRefusedError:
            refused += 1
    assert refused > 60
    assert not folder.exists()
