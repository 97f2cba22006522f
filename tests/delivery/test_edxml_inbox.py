"""A folder in which other systems leave messages: each handed out until it is done, once."""

from pathlib import Path

import pytest

from delivery.edxml.inbox import EdxmlFolderInbox, dedupe_key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "so-a").mkdir()
    (tmp_path / "so-a" / "1.edxml").write_bytes(b"one")
    (tmp_path / "2.edxml").write_bytes(b"two")
    (tmp_path / "so-a" / "3.edxml.part").write_bytes(b"half")
    (tmp_path / ".hidden").write_bytes(b"x")
    return tmp_path


def inbox(folder: Path, limit: int = 100) -> EdxmlFolderInbox:
    return EdxmlFolderInbox(folder, size_limit_bytes=limit)


def test_the_sender_is_the_sub_folder_and_halves_are_passed_over(folder: Path) -> None:
    found = {one.raw: one.sender for one in inbox(folder).fetch()}
    assert found == {b"one": "so-a", b"two": ""}


def test_a_message_is_handed_out_until_it_is_done_and_then_gone(folder: Path) -> None:
    reader = inbox(folder)
    first = list(reader.fetch())
    assert [one.dedupe_key for one in reader.fetch()] == [one.dedupe_key for one in first]
    for one in first:
        reader.done(one)
        reader.done(one)
    assert list(reader.fetch()) == []
    assert list(folder.rglob("*.edxml")) == []
    assert (folder / "so-a" / "3.edxml.part").exists()


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert list(inbox(tmp_path / "later").fetch()) == []


def test_of_a_message_that_is_too_large_only_the_beginning_is_read(folder: Path) -> None:
    (folder / "so-a" / "4.edxml").write_bytes(b"z" * 1000)
    (large,) = (one for one in inbox(folder).fetch() if one.too_large)
    assert large.raw == b"z" * 100
    assert large.dedupe_key == dedupe_key(b"z" * 101, sender="so-a")


def test_a_message_that_is_too_large_is_kept_whole_for_a_person(folder: Path) -> None:
    (folder / "so-a" / "4.edxml").write_bytes(b"z" * 1000)
    reader = inbox(folder)
    (large,) = (one for one in reader.fetch() if one.too_large)
    reader.done(large)
    reader.done(large)
    assert not any(one.too_large for one in reader.fetch())
    (kept,) = (folder / "so-a" / ".too-large").iterdir()
    assert kept.read_bytes() == b"z" * 1000


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    (folder / "so-a" / "link.edxml").symlink_to(secret)
    (folder / "so-b").symlink_to(tmp_path.parent)
    assert b"secret" not in {one.raw for one in inbox(folder).fetch()}
