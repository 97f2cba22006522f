"""The archive keeps what it was given, and says so when it no longer can."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError, DamagedObjectError, NotStoredError, StoreUnavailableError
from archive.store import FindingKind, LocalStore

EMPTY = hashlib.sha256(b"").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "kho")


def object_file(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "kho" / "objects" / digest[:2] / digest[2:]


def damage(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    return LocalStore(tmp_path_factory.mktemp("kho"))


@given(data=st.binary(max_size=2000))
def test_what_was_put_is_got_under_its_sha_256(shared_store: LocalStore, data: bytes) -> None:
    digest = shared_store.put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert shared_store.get(digest) == data
    assert shared_store.has(digest)


@given(objects=st.lists(st.binary(max_size=50), max_size=5))
def test_a_store_that_only_put_has_written_verifies_clean(
    shared_store: LocalStore, objects: list[bytes]
) -> None:
    assert shared_store.verify([shared_store.put(data) for data in objects]) == ()


def test_putting_twice_writes_once(store: LocalStore, tmp_path: Path) -> None:
    digest = store.put(b"mot van ban")
    before = object_file(tmp_path, digest).stat()
    assert store.put(b"mot van ban") == digest
    after = object_file(tmp_path, digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_stored_object_is_read_only_and_nothing_is_left_beside_it(
    store: LocalStore, tmp_path: Path
) -> None:
    digest = store.put(b"x")
    assert object_file(tmp_path, digest).stat().st_mode & 0o222 == 0
    assert list((tmp_path / "kho" / "incoming").iterdir()) == []


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", EMPTY.upper(), EMPTY + "\n"])
def test_what_was_never_put_is_not_got(store: LocalStore, name: str) -> None:
    store.put(b"")
    assert not store.has(name)
    with pytest.raises(NotStoredError):
        store.get(name)


def test_damage_is_neither_returned_nor_healed_in_silence(
    store: LocalStore, tmp_path: Path
) -> None:
    digest = store.put(b"ban goc")
    damage(object_file(tmp_path, digest), b"ban sua")
    with pytest.raises(DamagedObjectError):
        store.get(digest)
    with pytest.raises(DamagedObjectError):
        store.put(b"ban goc")
    assert object_file(tmp_path, digest).read_bytes() == b"ban sua"


def test_verify_lists_the_damaged_the_missing_and_the_foreign(
    store: LocalStore, tmp_path: Path
) -> None:
    whole, broken, lost = (store.put(data) for data in (b"con", b"hong", b"mat"))
    damage(object_file(tmp_path, broken), b"")
    object_file(tmp_path, lost).unlink()
    (tmp_path / "kho" / "objects" / "ghi-chu.txt").write_text("x")
    found = store.verify([whole, broken, lost])
    assert {(f.kind, f.sha256_hex, f.detail) for f in found} == {
        (FindingKind.DAMAGED, broken, EMPTY),
        (FindingKind.MISSING, lost, ""),
        (FindingKind.FOREIGN, "", "ghi-chu.txt"),
    }


def test_an_object_moved_under_another_name_is_damaged(store: LocalStore, tmp_path: Path) -> None:
    first, second = store.put(b"mot"), store.put(b"hai")
    object_file(tmp_path, first).replace(object_file(tmp_path, second))
    assert [(f.kind, f.sha256_hex) for f in store.verify([first, second])] == [
        (FindingKind.DAMAGED, second),
        (FindingKind.MISSING, first),
    ]


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("not a folder")
    with pytest.raises(StoreUnavailableError) as caught:
        LocalStore(tmp_path / "tep").put(b"x")
    assert "Not a directory" in caught.value.reason


def test_many_writers_of_the_same_bytes_leave_one_whole_object(store: LocalStore) -> None:
    data = os.urandom(200_000)
    digests: list[str] = []
    writers = [threading.Thread(target=lambda: digests.append(store.put(data))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert set(digests) == {hashlib.sha256(data).hexdigest()}
    assert len(digests) == 8
    assert store.verify(digests) == ()


@pytest.mark.parametrize(
    "error",
    [
        ArchiveError("x", advice="đề nghị"),
        NotStoredError(EMPTY),
        DamagedObjectError(EMPTY, found_sha256_hex="0" * 64),
        StoreUnavailableError("No space left on device"),
    ],
)
def test_every_error_tells_a_person_what_to_do(error: ArchiveError) -> None:
    assert "đề nghị" in error.diagnosis()
    assert error.code.startswith("archive.")


def test_what_was_removed_is_gone_and_removing_it_again_is_no_fault(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    digest, kept = store.put(b"taken back"), store.put(b"kept")
    assert store.remove(digest)
    assert not store.remove(digest)
    assert not store.remove("no digest at all")
    assert not store.has(digest)
    assert store.get(kept) == b"kept"
    assert store.verify([kept]) == ()
    assert store.put(b"taken back") == digest
