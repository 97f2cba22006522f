"""A watched folder: whole files or none, and never one outside."""

from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.envelope import Envelope
from delivery.errors import PermanentDeliveryError, TransientDeliveryError
from delivery.folder import FolderChannel
from delivery.names import folder_parts, parcel_file_name
from delivery.webhook_parcel import JSONParcel

Make = Callable[..., Envelope]


def test_it_never_takes_another_content_for_a_repeat(tmp_path: Path, envelope: Make) -> None:
    channel = FolderChannel(tmp_path)
    channel.send(envelope())
    with pytest.raises(PermanentDeliveryError, match="conflict"):
        channel.send(envelope(text="khác"))
    assert channel.send(envelope()).code == "duplicate"


def test_an_unfinished_file_is_no_delivery(tmp_path: Path, envelope: Make) -> None:
    name = parcel_file_name(envelope().key, ".eml")
    (tmp_path / f"{name}.part").write_bytes(b"half")
    assert FolderChannel(tmp_path).send(envelope()).code == "stored"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_keys_that_look_alike_as_names_get_files_of_their_own() -> None:
    names = {parcel_file_name(key, ".eml") for key in ("a/b", "a-b", "../a-b", "ắ-b", "a:b")}
    assert len(names) == 5
    assert not any("/" in name or name.startswith(".") for name in names)


def test_the_ending_is_that_of_the_form(
    tmp_path: Path, json_parcel: Callable[..., JSONParcel]
) -> None:
    FolderChannel(tmp_path).send(json_parcel(recipient_address=""))
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_an_address_names_a_folder_below_and_a_mail_address_the_folder_itself(
    tmp_path: Path, envelope: Make
) -> None:
    channel = FolderChannel(tmp_path)
    channel.send(envelope("a", route="xã A/đến (2026)"))
    channel.send(envelope("b"))
    found = {path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.eml")}
    assert found == {"xã A/đến (2026)", "."}


@pytest.mark.parametrize(
    "address",
    [
        "../x",
        "/x",
        "a/../../x",
        "..",
        ".",
        "./x",
        ".ssh/x",
        "a//b",
        "a\\b",
        "a/b.part",
        "c:",
        "a/ ",
    ],
)
def test_an_address_that_leads_out_is_refused(
    tmp_path: Path, json_parcel: Callable[..., JSONParcel], address: str
) -> None:
    folder = tmp_path / "watched"
    folder.mkdir()
    with pytest.raises(PermanentDeliveryError, match="outside"):
        FolderChannel(folder).send(json_parcel(recipient_address=address))
    assert folder_parts(address) is None
    assert [*folder.iterdir()] == []


def test_a_link_that_leads_out_is_refused(tmp_path: Path, envelope: Make) -> None:
    folder, outside = tmp_path / "watched", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "a").symlink_to(outside)
    with pytest.raises(PermanentDeliveryError, match="outside"):
        FolderChannel(folder).send(envelope(route="a/b"))
    assert [*outside.iterdir()] == []


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path, envelope: Make) -> None:
    with pytest.raises(TransientDeliveryError, match="FileNotFoundError"):
        FolderChannel(tmp_path / "not mounted").send(envelope(route="a"))
    assert [*tmp_path.iterdir()] == []
