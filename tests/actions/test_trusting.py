"""Anchors: added on terms, refused with a reason, taken away, each deed in the audit trail."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.anchor_rows import find_anchor
from actions.auditing import MACHINE, Actor, verify_chain
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.trusting import AnchorTerms, add_trust_anchors, remove_trust_anchor
from models.audit import AuditEvent
from models.session import Database
from signing.anchors import read_anchors
from signing.trust import Purpose
from tests.signing.judge_crypto.pki import Holder, Plan, make_root
from tests.support.factories import small_office

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
DRAFTER = Actor(kind="officer", id="drafter", name="Nguyễn Thị Soạn")
TERMS = AnchorTerms(source="trang của Ban Cơ yếu", reason="cấp cho cơ quan ta")
ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
OTHER = make_root(Plan("CA gốc Hai", kind="rsa:root").authority_of())


def written(folder: Path, *holders: Holder) -> Path:
    from asn1crypto import pem  # noqa: PLC0415 (by this helper alone)

    file = folder / "goc.pem"
    file.write_bytes(b"".join(pem.armor("CERTIFICATE", one.der) for one in holders))
    return file


def outcomes(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        assert verify_chain(session).broken_at is None
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    return [(row.deed, row.outcome) for row in rows if row.subject_kind == "trust_anchor"]


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    small_office(database)
    return tmp_path / "trust"


def test_an_anchor_is_added_on_its_terms_and_said_anew(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, ROOT)
    add_trust_anchors(database, folder, file, TERMS, at=AT, actor=MACHINE)
    terms = AnchorTerms(
        source="công văn 12", reason="đổi", name="Gốc Một", since=date(2020, 1, 1),
        until=date(2030, 1, 1), purposes=frozenset({Purpose.STAMP}), organisations=("Sở Một",),
    )  # fmt: skip
    add_trust_anchors(database, folder, file, terms, at=AT, actor=MACHINE)
    (anchor,) = read_anchors(folder)
    assert (anchor.name, anchor.source, anchor.der) == ("Gốc Một", "công văn 12", ROOT.der)
    assert (anchor.since, anchor.until) == (date(2020, 1, 1), date(2030, 1, 1))
    assert anchor.purposes == {Purpose.STAMP}
    assert anchor.organisations == ("Sở Một",)
    assert outcomes(database) == [("add_trust_anchor", "done")] * 2


def test_an_organisation_of_the_office_is_named_as_its_data_say(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    small = AnchorTerms(source="x", reason="y", organisations=("tinh-uy", "Sở Lạ"))
    add_trust_anchors(database, folder, written(tmp_path, ROOT), small, at=AT, actor=MACHINE)
    (anchor,) = read_anchors(folder)
    assert anchor.organisations == ("Tỉnh ủy Thử nghiệm", "Sở Lạ")


PERSON = ROOT.issue(Plan("Người Ký", kind="rsa:officer"))
ENDED = make_root(
    Plan("CA gốc Cũ", kind="rsa:root", until=datetime(2025, 1, 1, tzinfo=UTC)).authority_of()
)


@pytest.mark.parametrize(
    ("holders", "terms", "actor", "refusal", "words"),
    [
        ((ROOT,), TERMS, DRAFTER, NotAuthorisedError, "quyền"),
        ((), TERMS, MACHINE, InvalidInputError, "PEM, DER hoặc P7B"),
        ((ROOT, PERSON), TERMS, MACHINE, InvalidInputError, "--end-entity"),
        ((ENDED,), TERMS, MACHINE, InvalidInputError, "hết hạn ngày 1/1/2025"),
        ((ROOT,), AnchorTerms(source=" ", reason="y"), MACHINE, InvalidInputError, "Nguồn"),
        (
            (ROOT,),
            AnchorTerms(source="x", reason="y", since=date(2026, 2, 1), until=date(2026, 1, 1)),
            MACHINE,
            InvalidInputError,
            "ngày cuối ở trước",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_whole_and_recorded(  # noqa: PLR0917 (a row of the table)
    database: Database,
    folder: Path,
    tmp_path: Path,
    holders: tuple[Holder, ...],
    terms: AnchorTerms,
    actor: Actor,
    refusal: type[InvalidInputError | NotAuthorisedError],
    words: str,
) -> None:
    file = written(tmp_path, *holders)
    with pytest.raises(refusal) as caught:
        add_trust_anchors(database, folder, file, terms, at=AT, actor=actor)
    assert words in caught.value.diagnosis()
    assert not folder.exists()
    assert outcomes(database) == [("add_trust_anchor", "refused")]


def test_a_certificate_of_a_person_is_trusted_where_somebody_insists(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    terms = AnchorTerms(source="x", reason="y", end_entity=True)
    add_trust_anchors(database, folder, written(tmp_path, PERSON), terms, at=AT, actor=MACHINE)
    assert [one.name for one in read_anchors(folder)] == ["Người Ký"]


def test_an_anchor_is_taken_away_by_the_beginning_of_its_fingerprint(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    add_trust_anchors(database, folder, written(tmp_path, ROOT, OTHER), TERMS, at=AT, actor=MACHINE)
    first = next(one for one in read_anchors(folder) if one.der == ROOT.der).sha256_hex
    with pytest.raises(InvalidInputError, match="8 chữ số"):
        find_anchor(folder, first[:7])
    with pytest.raises(NotFoundError):
        remove_trust_anchor(database, folder, "0" * 64, "x", at=AT, actor=MACHINE)
    with pytest.raises(NotAuthorisedError):
        remove_trust_anchor(database, folder, first, "x", at=AT, actor=DRAFTER)
    with pytest.raises(InvalidInputError, match="Lý do"):
        remove_trust_anchor(database, folder, first, " ", at=AT, actor=MACHINE)
    gone = remove_trust_anchor(database, folder, first[:12], "không dùng nữa", at=AT, actor=MACHINE)
    assert gone.der == ROOT.der
    assert [one.der for one in read_anchors(folder)] == [OTHER.der]
    assert [outcome for _, outcome in outcomes(database)] == [
        "done", "done", "refused", "refused", "refused", "done",
    ]  # fmt: skip


def test_one_of_several_certificates_in_a_copied_file_is_not_taken_away(
    database: Database, folder: Path
) -> None:
    folder.mkdir()
    written(folder, ROOT, OTHER)
    first = read_anchors(folder)[0].sha256_hex
    with pytest.raises(InvalidInputError, match="nhiều chứng thư"):
        remove_trust_anchor(database, folder, first, "x", at=AT, actor=MACHINE)
    assert len(read_anchors(folder)) == 2
    assert outcomes(database) == [("remove_trust_anchor", "refused")]
