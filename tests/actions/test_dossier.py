"""The dossier of evidence: whole, readable without the product, honest about what it leaves out."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import update

from actions import dossier
from actions.dossier import signatures_of, write_dossier
from actions.errors import NotFoundError, UnavailableError
from models.base import DirectiveId
from models.directive import Directive, Document
from tests.support.front import Front


def _made(front: Front, key: DirectiveId) -> tuple[str, dict[str, bytes]]:
    out = io.BytesIO()
    name = write_dossier(front.desk, key, out)
    with zipfile.ZipFile(out) as packed:
        return name, {one: packed.read(one) for one in packed.namelist()}


def test_the_papers_lie_in_it_byte_for_byte(sealed_front: Front, key: DirectiveId) -> None:
    name, files = _made(sealed_front, key)
    assert name == "chung-cu-96-HD-BTNTU.zip"
    digests = {hashlib.sha256(content).hexdigest() for content in files.values()}
    row = sealed_front.directive(key)
    assert {row.frozen_sha256, row.signed_sha256, row.sealed_sha256} <= digests
    assert [one.split("-")[1] for one in sorted(files) if one.startswith("van-ban/")] == [
        "ban/01", "ban/02", "ban/03"
    ]  # fmt: skip


def test_every_file_has_its_sum_and_no_name_leaves_the_folder(
    sealed_front: Front, key: DirectiveId
) -> None:
    sealed_front.change(
        lambda s: s.execute(
            update(Document).where(Document.kind == "frozen").values(name="../../ngoài thư mục.pdf")
        )
    )
    _, files = _made(sealed_front, key)
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "SHA256SUMS"
    }
    assert not [name for name in files if name.startswith("/") or ".." in name]
    assert "van-ban/01-frozen-ngoài-thư-mục.pdf" in files


def test_each_hash_of_the_journal_can_be_computed_from_its_line(
    sealed_front: Front, key: DirectiveId
) -> None:
    _, files = _made(sealed_front, key)
    lines = [json.loads(line) for line in files["nhat-ky.jsonl"].decode().splitlines()]
    assert [line["hash"] for line in lines] == [one.hash for one in sealed_front.events(key)]
    for line in lines:
        told = [
            line[name] for name in (
                "sequence", "at", "actor_kind", "actor_id", "actor_name", "deed", "outcome",
                "subject_kind", "subject_id", "detail",
            )
        ]  # fmt: skip
        written = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = f"{line['previous_hash']}\n{written}".encode()
        assert hashlib.sha256(content).hexdigest() == line["hash"]


def test_each_signature_tells_who_what_and_how_it_was_judged(
    sealed_front: Front, key: DirectiveId
) -> None:
    _, files = _made(sealed_front, key)
    officer, seal = json.loads(files["chu-ky.json"])
    row = sealed_front.directive(key)
    assert (officer["source_sha256"], officer["document_sha256"]) == (
        row.frozen_sha256, row.signed_sha256
    )  # fmt: skip
    assert (seal["source_sha256"], seal["document_sha256"]) == (
        row.signed_sha256, row.sealed_sha256
    )  # fmt: skip
    assert officer["verification"]["verdict"] == seal["verification"]["verdict"] == "passed"
    judged = files["kiem-tra-chu-ky.html"].decode()
    assert row.sealed_sha256 in judged.replace("\n", "")
    with sealed_front.desk.database.reading() as session:
        told = signatures_of(session, key)
    assert [(one.signature.kind, one.verdict) for one in told] == [
        ("officer", "passed"), ("seal", "passed")
    ]  # fmt: skip


def test_a_draft_has_a_dossier_too_without_any_judgement(sealed_front: Front) -> None:
    name, files = _made(sealed_front, sealed_front.start())
    assert name == "chung-cu-Dự-thảo.zip"
    assert {"nhat-ky.jsonl", "dien-bien.html", "DOC-TRUOC.txt", "SHA256SUMS"} <= set(files)
    assert "kiem-tra-chu-ky.html" not in files
    assert "1 việc ghi ở đây khớp mã băm" in files["DOC-TRUOC.txt"].decode()


def test_what_does_not_fit_is_named_and_nothing_else_is_lost(
    sealed_front: Front, key: DirectiveId, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {row.kind: row.size_bytes for row in _documents(sealed_front, key)}
    monkeypatch.setattr(dossier, "MOST_BYTES", sizes["frozen"] + sizes["sealed"])
    _, files = _made(sealed_front, key)
    kept = [name for name in files if name.startswith("van-ban/")]
    left = [line for line in files["DOC-TRUOC.txt"].decode().splitlines() if "quá lớn" in line]
    assert len(kept) + len(left) == len(sizes)
    assert left
    assert all(hashlib.sha256(files[name]).hexdigest() not in "".join(left) for name in kept)


def test_a_damaged_file_of_the_archive_makes_no_dossier(
    sealed_front: Front, key: DirectiveId, tmp_path: Path
) -> None:
    digest = sealed_front.directive(key).signed_sha256 or ""
    (stored,) = (one for one in tmp_path.rglob(f"*{digest[4:]}*") if one.is_file())
    stored.chmod(0o600)
    stored.write_bytes(b"%PDF-1.7 khac")
    with pytest.raises(UnavailableError):
        _made(sealed_front, key)


def test_nothing_is_found_of_no_directive(sealed_front: Front, key: DirectiveId) -> None:
    with pytest.raises(NotFoundError):
        _made(sealed_front, DirectiveId(key.__class__(int=9)))
    with sealed_front.desk.database.reading() as session:
        assert session.get(Directive, key) is not None


def _documents(front: Front, key: DirectiveId) -> list[Document]:
    with front.desk.database.reading() as session:
        rows = session.query(Document).filter(Document.directive_id == key)
        return [row for row in rows if row.kind in dossier.KINDS]
