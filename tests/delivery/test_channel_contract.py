"""What every channel promises, asked of each of them on real ground."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from delivery.channel import Channel
from delivery.edxml.message import Party, ResponseFor, StatusMessage
from delivery.edxml.parcel import EdxmlParcel
from delivery.errors import (
    ChannelError,
    EnvelopeError,
    PermanentDeliveryError,
    TransientDeliveryError,
    UnknownOutcomeError,
)
from delivery.folder import FolderChannel
from delivery.parcel import FORMS, Form, Parcel
from delivery.sftp import SFTPChannel
from delivery.smtp import SMTPChannel
from delivery.webhook import WebhookChannel
from tests.support.sftp_server import SFTPSite
from tests.support.webhook_receiver import SECRET, Receiver, says, silent
from wiring.stories.mail_server import MailServer

Make = Callable[..., Any]
Serve = Callable[..., MailServer]


@dataclass(kw_only=True)
class Ground:
    """A channel, what has arrived at its other side, and ways to break that side."""

    channel: Channel
    parcel: Callable[..., Parcel]
    """Makes a parcel of the channel's form under a key."""
    arrived: Callable[[], list[bytes]]
    break_it: Callable[[], object]
    mend_it: Callable[[], object]
    refuse: Callable[[], object]
    """Have the other side refuse from now on."""
    take_it: Callable[[], object]
    """Have it take again."""
    hang_up: Callable[[], object] | None
    """Have it take one parcel whole, and say nothing; None where the other side cannot."""
    silence: type[ChannelError] = TransientDeliveryError
    """What that is: unknown only where a repeat could not be undone."""


@pytest.fixture(params=["smtp", "folder", "sftp", "webhook", "edxml_folder", "edxml_http"])
def ground(request: pytest.FixtureRequest) -> Ground:
    found: Ground = request.getfixturevalue(f"{request.param}_ground")
    return found


@pytest.fixture
def folder_ground(tmp_path: Path, envelope: Make) -> Ground:
    folder, route = tmp_path / "watched", ["xa-a/den"]
    folder.mkdir()
    return Ground(
        channel=FolderChannel(folder),
        parcel=lambda key: envelope(key, route=route[0]),
        arrived=lambda: sorted(one.read_bytes() for one in folder.rglob("*") if one.is_file()),
        break_it=lambda: folder.rename(tmp_path / "gone"),
        mend_it=lambda: (tmp_path / "gone").rename(folder),
        refuse=lambda: route.insert(0, "../den"),
        take_it=lambda: route.pop(0),
        hang_up=None,
    )


def edxml(key: str, recipient_address: str) -> EdxmlParcel:
    status = StatusMessage(
        sender=Party(organ_id="000.00.00.H36"),
        response_for=ResponseFor(organ_id="000.00.00.G22", code="7816/VPCP-TTĐT"),
        code="03",
    )
    return EdxmlParcel(
        key=key, message_id="<a@b.example>", recipient_address=recipient_address,
        at=datetime(2025, 1, 2, tzinfo=UTC), message=status,
    )  # fmt: skip


@pytest.fixture
def edxml_folder_ground(tmp_path: Path) -> Ground:
    folder, route = tmp_path / "truc", ["xa-a"]
    folder.mkdir()
    return Ground(
        channel=FolderChannel(folder, name="edxml_folder"),
        parcel=lambda key: edxml(key, route[0]),
        arrived=lambda: sorted(one.read_bytes() for one in folder.rglob("*.edxml")),
        break_it=lambda: folder.rename(tmp_path / "gone"),
        mend_it=lambda: (tmp_path / "gone").rename(folder),
        refuse=lambda: route.insert(0, "../den"),
        take_it=lambda: route.pop(0),
        hang_up=None,
    )


@pytest.fixture
def smtp_ground(
    tmp_path: Path, serve: Serve, sent: Callable[[], list[bytes]], envelope: Make
) -> Iterator[Ground]:
    first = serve()
    behaviours = tmp_path / "behaviours.json"

    def behave(kind: object) -> None:
        behaviours.write_text(json.dumps({"xa-a@donvi.example": kind} if kind else {}))

    with SMTPChannel(host="127.0.0.1", port=first.port, timeout_s=5) as channel:
        yield Ground(
            channel=channel,
            parcel=envelope,
            arrived=sent,
            break_it=first.stop,
            mend_it=lambda: serve(port=first.port),
            refuse=lambda: behave("bounce"),
            take_it=lambda: behave(None),
            hang_up=lambda: behave({"kind": "silent", "store": True, "times": 1}),
            silence=UnknownOutcomeError,
        )


@pytest.fixture
def sftp_ground(tmp_path: Path, envelope: Make) -> Iterator[Ground]:
    with SFTPSite(tmp_path / "site", tmp_path / "secrets") as site:
        (site.folder / "den").mkdir()
        address = f"sftp://{site.account}/den"
        channel = SFTPChannel(
            known_hosts=site.secrets / "known_hosts", key=site.secrets / "id", timeout_s=5
        )
        with channel:
            yield Ground(
                channel=channel,
                parcel=lambda key: envelope(key, route=address),
                arrived=lambda: sorted(one.read_bytes() for one in (site.folder / "den").iterdir()),
                break_it=site.stop,
                mend_it=site.start,
                refuse=lambda: setattr(site, "refuse", True),
                take_it=lambda: setattr(site, "refuse", False),
                hang_up=lambda: setattr(site, "lose_after_rename", 1),
            )


@pytest.fixture
def webhook_ground(json_parcel: Make) -> Iterator[Ground]:
    with posting("webhook", json_parcel) as found:
        yield found


@pytest.fixture
def edxml_http_ground() -> Iterator[Ground]:
    with posting("edxml_http", edxml) as found:
        yield found


@contextmanager
def posting(name: str, make: Make) -> Iterator[Ground]:
    with Receiver() as receiver:
        channel = WebhookChannel(
            secret_of={receiver.url: SECRET}.get,
            clock=lambda: datetime.now(UTC),
            hosts=frozenset({("127.0.0.1", receiver.port)}),
            timeout_s=5,
            name=name,
        )
        with channel:
            yield Ground(
                channel=channel,
                parcel=lambda key: make(key, recipient_address=receiver.url),
                arrived=lambda: sorted(receiver.taken.values()),
                break_it=receiver.stop,
                mend_it=receiver.start,
                refuse=lambda: setattr(receiver, "answer", says(403, b"khong nhan")),
                take_it=lambda: setattr(receiver, "answer", None),
                hang_up=lambda: setattr(receiver, "answer", silent(receiver)),
            )


def test_a_receipt_means_that_the_very_bytes_have_arrived(ground: Ground) -> None:
    parcel = ground.parcel("key")
    receipt = ground.channel.send(parcel)
    assert receipt.code
    assert receipt.text
    assert ground.arrived() == [parcel.to_bytes()]


def test_several_parcels_go_through_one_open_channel(ground: Ground) -> None:
    parcels = [ground.parcel(f"key-{n}") for n in range(5)]
    for one in parcels:
        ground.channel.send(one)
    assert ground.arrived() == sorted(one.to_bytes() for one in parcels)


def test_a_repeat_does_no_harm(ground: Ground) -> None:
    first, second = (ground.channel.send(ground.parcel("key")) for _ in range(2))
    assert first.code
    assert second.code
    assert ground.arrived() == [ground.parcel("key").to_bytes()]


def test_an_unreachable_other_side_is_transient_and_the_channel_recovers(ground: Ground) -> None:
    ground.channel.send(ground.parcel("before"))
    after = ground.parcel("after")
    ground.break_it()
    with pytest.raises(TransientDeliveryError) as caught:
        ground.channel.send(after)
    ground.mend_it()
    ground.channel.send(after)
    assert caught.value.channel == ground.channel.name
    assert caught.value.recipient == after.recipient_address
    assert caught.value.reply_code
    assert caught.value.reply_text
    assert len(ground.arrived()) == 2


def test_a_refusal_is_permanent_with_words_and_the_next_parcel_goes(ground: Ground) -> None:
    ground.channel.send(ground.parcel("before"))
    ground.refuse()
    with pytest.raises(PermanentDeliveryError) as caught:
        ground.channel.send(ground.parcel("refused"))
    ground.take_it()
    ground.channel.send(ground.parcel("after"))
    assert caught.value.reply_code
    assert caught.value.reply_text
    assert caught.value.reply_text in caught.value.diagnosis()
    assert len(ground.arrived()) == 2


def test_what_was_taken_in_silence_arrives_once_however_often_it_is_tried(ground: Ground) -> None:
    if ground.hang_up is None:
        pytest.skip("the other side of a folder is the folder itself: it answers or fails")
    ground.hang_up()
    with pytest.raises(ChannelError) as caught:
        ground.channel.send(ground.parcel("key"))
    assert type(caught.value) is ground.silence
    assert ground.arrived() == [ground.parcel("key").to_bytes()]
    ground.channel.send(ground.parcel("key"))
    ground.channel.send(ground.parcel("next"))
    assert len(ground.arrived()) == 2


HOSTILE_KEYS = (
    "../../x", "..", ".", "a/b", "a-b", "a\\b", "/etc/x", "~", "x.part", "%2e%2e/x", "ắ:đ",
    "-rf", "con", "a" * 800, "a: b", "\U0001f4c4",
)  # fmt: skip


def test_whatever_the_key_each_parcel_arrives_where_it_belongs(
    ground: Ground, tmp_path: Path
) -> None:
    def elsewhere() -> set[Path]:
        """All files but those of the other sides."""
        own = ("watched", "site", "mail", "truc")
        return {one for one in tmp_path.rglob("*") if one.relative_to(tmp_path).parts[0] not in own}

    before, parcels = elsewhere(), [ground.parcel(key) for key in HOSTILE_KEYS]
    for one in parcels:
        ground.channel.send(one)
    assert ground.arrived() == sorted(one.to_bytes() for one in parcels)
    assert elsewhere() == before


def test_a_channel_may_be_closed_and_used_again(ground: Ground) -> None:
    for key in ("a", "b"):
        with ground.channel as channel:
            channel.send(ground.parcel(key))
    assert len(ground.arrived()) == 2


def test_a_channel_is_named_as_organisations_name_it(ground: Ground) -> None:
    assert FORMS[ground.channel.name] is not Form.PAPER


@pytest.mark.parametrize("key", ["a\0b", "a\nb", "a" * 1000])
def test_a_key_that_no_header_can_hold_is_said_at_making(envelope: Make, key: str) -> None:
    with pytest.raises(EnvelopeError):
        envelope(key)
