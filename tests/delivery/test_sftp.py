"""SFTP: pinned keys alone, whole files alone, one connection for many parcels."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import pytest

from delivery.channel import Receipt
from delivery.envelope import Envelope
from delivery.errors import PermanentDeliveryError, TransientDeliveryError
from delivery.names import parcel_file_name
from delivery.sftp import SFTPChannel, read_address
from tests.support.sftp_server import SFTPSite

Make = Callable[..., Envelope]
Send = Callable[..., Receipt]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SFTPSite]:
    with SFTPSite(tmp_path / "site", tmp_path / "secrets") as running:
        yield running


@pytest.fixture
def channel(site: SFTPSite) -> Iterator[Callable[..., SFTPChannel]]:
    opened: list[SFTPChannel] = []

    def make(**changed: object) -> SFTPChannel:
        fields: dict[str, object] = {
            "known_hosts": site.secrets / "known_hosts",
            "key": site.secrets / "id",
            "timeout_s": 5,
        }
        opened.append(SFTPChannel(**{**fields, **changed}))  # type: ignore[arg-type]  # the names are the test's own
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def send(site: SFTPSite, channel: Callable[..., SFTPChannel], envelope: Make) -> Send:
    """Sends one parcel to the site, by a channel with the changes given."""

    def run(key: str = "key", /, *, to: str = "", text: str = "x", **changed: object) -> Receipt:
        parcel = envelope(key, text=text, route=to or f"sftp://{site.account}")
        return channel(**changed).send(parcel)

    return run


def names(site: SFTPSite) -> set[str]:
    return {one.relative_to(site.folder).as_posix() for one in site.folder.rglob("*.eml*")}


def test_a_file_bears_its_name_only_when_it_is_whole(site: SFTPSite, send: Send) -> None:
    name = parcel_file_name("key", ".eml")
    (site.folder / f"{name}.part").write_bytes(b"half" * 10_000)
    assert send().code == "stored"
    assert names(site) == {name}
    assert send().code == "duplicate"


def test_another_content_under_the_same_key_is_a_conflict(site: SFTPSite, send: Send) -> None:
    send()
    for text in ("y", "x" * 100):
        with pytest.raises(PermanentDeliveryError, match="conflict"):
            send(text=text)
    assert len(names(site)) == 1


def test_a_file_that_was_half_written_is_written_anew(
    site: SFTPSite, channel: Callable[..., SFTPChannel], envelope: Make
) -> None:
    parcel, one = envelope(route=f"sftp://{site.account}"), channel()
    site.lose_in_writing = 1
    with pytest.raises(TransientDeliveryError):
        one.send(parcel)
    name = parcel_file_name(parcel.key, ".eml")
    assert names(site) == {f"{name}.part"}
    assert one.send(parcel).code == "stored"
    assert names(site) == {name}
    assert (site.folder / name).read_bytes() == parcel.to_bytes()


def test_a_full_disk_is_transient_and_the_connection_stays(
    site: SFTPSite, channel: Callable[..., SFTPChannel], envelope: Make
) -> None:
    parcel, one = envelope(route=f"sftp://{site.account}"), channel()
    site.full = True
    with pytest.raises(TransientDeliveryError, match="server_failed No space left on device"):
        one.send(parcel)
    site.full = False
    assert one.send(parcel).code == "stored"
    assert len(site.connections) == 1


def test_servers_without_posix_rename_get_the_older_one(site: SFTPSite, send: Send) -> None:
    site.without_posix_rename = True
    assert send().code == "stored"
    assert names(site) == {parcel_file_name("key", ".eml")}


def test_one_connection_carries_many_parcels_and_a_lost_one_is_replaced(
    site: SFTPSite, channel: Callable[..., SFTPChannel], envelope: Make
) -> None:
    one = channel()
    for number in range(5):
        one.send(envelope(f"key-{number}", route=f"sftp://{site.account}"))
    assert len(site.connections) == 1
    site.stop()
    site.start()
    one.send(envelope("later", route=f"sftp://{site.account}"))
    assert len(site.connections) == 2
    assert len(names(site)) == 6


def test_a_key_that_is_not_the_pinned_one_is_permanent_and_nothing_is_sent(
    site: SFTPSite, send: Send
) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(site.secrets / "other")
    site.pin(site.secrets / "other")
    with pytest.raises(PermanentDeliveryError, match="host_key_changed"):
        send()
    site.pin(site.secrets / "host")
    assert send().code == "stored"


def test_a_server_whose_key_nobody_pinned_is_never_called(site: SFTPSite, send: Send) -> None:
    for known in (site.secrets / "none", site.secrets / "known_hosts"):
        with pytest.raises(PermanentDeliveryError, match="host_key_unknown"):
            send(known_hosts=known, to=f"sftp://gui@localhost:{site.port}/")
    assert site.connections == []


def test_a_password_is_shown_where_one_is_kept(site: SFTPSite, send: Send) -> None:
    passwords = site.secrets / "passwords"
    assert send(key=None, passwords=passwords).code == "stored"
    passwords.write_text(f"{site.account} sai\n")
    with pytest.raises(TransientDeliveryError, match="sign_in_refused"):
        send(key=None, passwords=passwords)
    passwords.chmod(0o644)
    with pytest.raises(TransientDeliveryError, match="chmod 600") as caught:
        send(key=None, passwords=passwords)
    assert "sai" not in caught.value.reply_text
    with pytest.raises(PermanentDeliveryError, match="no_sign_in"):
        send(key=None)


def test_another_key_of_ours_is_refused_for_now(site: SFTPSite, send: Send) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(site.secrets / "stranger")
    with pytest.raises(TransientDeliveryError, match="sign_in_refused"):
        send(key=site.secrets / "stranger")
    (site.secrets / "broken").write_text("no key")
    with pytest.raises(TransientDeliveryError):
        send(key=site.secrets / "broken")


def test_a_missing_folder_is_transient_and_is_not_made(site: SFTPSite, send: Send) -> None:
    with pytest.raises(TransientDeliveryError, match="no_such_folder"):
        send(to=f"sftp://{site.account}/den")
    assert [*site.folder.iterdir()] == []
    (site.folder / "den ở").mkdir()
    assert send(to=f"sftp://{site.account}/den%20%E1%BB%9F").code == "stored"
    assert send("home", to=f"sftp://{site.account}/~/den%20%E1%BB%9F").code == "stored"
    assert len([*(site.folder / "den ở").iterdir()]) == 2


@pytest.mark.parametrize(
    "address",
    [
        "sftp://gui:dung@127.0.0.1:{port}/den",
        "sftp://127.0.0.1:{port}/den",
        "sftp://gui@127.0.0.1:{port}/../x",
        "sftp://gui@127.0.0.1:{port}/a/%2e%2e/x",
        "sftp://gui@127.0.0.1:{port}/a//x",
        "sftp://gui@127.0.0.1:{port}/a%00",
        "sftp://gui@127.0.0.1:{port}/a%5Cx",
        "sftp://gui@127.0.0.1:{port}/a?x",
        "sftp://gui@127.0.0.1:x/",
        "sftp://gui@/den",
        "ssh://gui@127.0.0.1:{port}/den",
        "https://127.0.0.1:{port}/",
        "xa-a@donvi.example",
    ],
)
def test_an_address_that_is_none_calls_nobody(site: SFTPSite, send: Send, address: str) -> None:
    with pytest.raises(PermanentDeliveryError, match="not_an_address"):
        send(to=address.replace("{port}", str(site.port)))
    assert site.connections == []


def test_an_address_is_read_as_people_write_it() -> None:
    found = read_address("sftp://gui%40btg@Kho.example/van-ban/den/")
    assert (found.user, found.host, found.port) == ("gui@btg", "kho.example", 22)
    assert found.folder == "/van-ban/den"
    assert read_address("sftp://gui@kho.example").folder == ""
    assert read_address("sftp://gui@kho.example/~/den").folder == "den"


@pytest.mark.parametrize("said", [b"", b"SSH-1.0-old\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_speaks_no_ssh_is_transient(site: SFTPSite, send: Send, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        pinned = (site.secrets / "known_hosts").read_text()
        (site.secrets / "more").write_text(pinned.replace(str(site.port), str(port)))

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(said)

        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(TransientDeliveryError, match="connection_lost"):
            send(to=f"sftp://gui@127.0.0.1:{port}/", known_hosts=site.secrets / "more")
        thread.join()


def test_a_server_that_never_speaks_is_left(site: SFTPSite, send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        pinned = (site.secrets / "known_hosts").read_text()
        (site.secrets / "more").write_text(pinned.replace(str(site.port), str(port)))
        with pytest.raises(TransientDeliveryError, match="connection_lost"):
            send(
                to=f"sftp://gui@127.0.0.1:{port}/", known_hosts=site.secrets / "more",
                total_s=0.3,
            )  # fmt: skip
