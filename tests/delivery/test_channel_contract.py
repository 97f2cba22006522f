"""What every channel promises, asked of each of them on real ground."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from delivery.channel import Channel
from delivery.envelope import Envelope
from delivery.errors import PermanentDeliveryError, TransientDeliveryError
from delivery.folder import FolderChannel
from delivery.names import parcel_file_name
from delivery.smtp import SMTPChannel
from wiring.stories.mail_server import MailServer

Make = Callable[..., Envelope]


@dataclass
class Ground:
    """A channel, what has arrived at its other side, and a way to break that side."""

    channel: Channel
    arrived: Callable[[], list[bytes]]
    break_it: Callable[[], None]
    mend_it: Callable[[], None]


@pytest.fixture(params=["smtp", "folder"])
def ground(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    serve: Callable[..., MailServer],
    sent: Callable[[], list[bytes]],
) -> Ground:
    if request.param == "folder":
        folder = tmp_path / "watched"
        folder.mkdir()
        return Ground(
            FolderChannel(folder),
            lambda: sorted(path.read_bytes() for path in folder.iterdir()),
            lambda: (folder.rename(tmp_path / "gone"), None)[1],
            lambda: ((tmp_path / "gone").rename(folder), None)[1],
        )
    first = serve()
    running = [first]

    def mend() -> None:
        running.append(serve(port=first.port))

    return Ground(
        SMTPChannel(host="127.0.0.1", port=first.port, timeout_s=5), sent, first.stop, mend
    )


def test_a_receipt_means_that_the_very_bytes_have_arrived(ground: Ground, envelope: Make) -> None:
    with ground.channel as channel:
        receipt = channel.send(envelope())
    assert receipt.code
    assert receipt.text
    assert ground.arrived() == [envelope().to_bytes()]


def test_several_envelopes_go_through_one_open_channel(ground: Ground, envelope: Make) -> None:
    envelopes = [envelope(f"key-{n}") for n in range(5)]
    with ground.channel as channel:
        for one in envelopes:
            channel.send(one)
    assert ground.arrived() == sorted(one.to_bytes() for one in envelopes)


def test_a_repeat_does_no_harm(ground: Ground, envelope: Make) -> None:
    with ground.channel as channel:
        channel.send(envelope())
        channel.send(envelope())
    assert ground.arrived() == [envelope().to_bytes()]


def test_an_unreachable_other_side_is_transient_and_the_channel_recovers(
    ground: Ground, envelope: Make
) -> None:
    with ground.channel as channel:
        channel.send(envelope("before"))
        ground.break_it()
        with pytest.raises(TransientDeliveryError) as caught:
            channel.send(envelope("after"))
        ground.mend_it()
        channel.send(envelope("after"))
    assert caught.value.channel == channel.name
    assert caught.value.recipient == "xa-a@donvi.example"
    assert caught.value.reply_code
    assert caught.value.reply_text
    assert len(ground.arrived()) == 2


def test_a_folder_never_takes_another_content_for_a_repeat(tmp_path: Path, envelope: Make) -> None:
    channel = FolderChannel(tmp_path)
    channel.send(envelope())
    with pytest.raises(PermanentDeliveryError, match="conflict"):
        channel.send(envelope(text="khác"))
    assert channel.send(envelope()).code == "duplicate"


def test_a_folders_unfinished_file_is_no_delivery(tmp_path: Path, envelope: Make) -> None:
    channel = FolderChannel(tmp_path)
    target = tmp_path / parcel_file_name(envelope().key, ".eml")
    target.with_name(target.name + ".part").write_bytes(b"half")
    assert channel.send(envelope()).code == "stored"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_keys_that_look_alike_as_names_get_files_of_their_own() -> None:
    names = {parcel_file_name(key, ".eml") for key in ("a/b", "a-b", "../a-b", "ắ-b", "a:b")}
    assert len(names) == 5
    assert not any("/" in name or name.startswith(".") for name in names)
