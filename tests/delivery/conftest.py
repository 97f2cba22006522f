"""Envelopes and a real mail server for the tests of this room."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.envelope import Attachment, Envelope, message_id_for
from delivery.webhook_parcel import JSONParcel
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

AT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
OFFICE = "vanthu@btg.example"
UNIT = "xa-a@donvi.example"


def make_envelope(key: str = "96:1:xa-a:smtp", **changed: object) -> Envelope:
    fields: dict[str, object] = {
        "key": key,
        "message_id": message_id_for(key, "btg.example"),
        "sender": f"Ban Tuyên giáo Tỉnh ủy <{OFFICE}>",
        "recipient": f"Đảng ủy xã A <{UNIT}>",
        "subject": "Hướng dẫn số 96-HD/BTGTU",
        "text": "Kính gửi: đồng chí Bí thư.\n.\n..\n",
        "attachments": (
            Attachment(
                name="Hướng dẫn.pdf", media_type="application/pdf", content=b"%PDF-1.7\n.\r\n..\n"
            ),
        ),
        "at": AT,
    }
    return Envelope(**{**fields, **changed})  # type: ignore[arg-type]  # the names are the test's own


def make_json(key: str = "96:1:xa-a:webhook", **changed: object) -> JSONParcel:
    fields: dict[str, object] = {
        "key": key,
        "message_id": message_id_for(key, "btg.example"),
        "recipient_address": "https://he-thong.donvi.example/nhan",
        "at": AT,
        "kind": "directive",
        "office": "Ban Tuyên giáo Tỉnh ủy",
        "subject": "Hướng dẫn tổ chức các hoạt động",
        "text": "Kính gửi: đồng chí Bí thư.",
        "number": "96-HD/BTGTU",
        "issued": AT.date(),
        "files": (
            Attachment(name="Hướng dẫn.pdf", media_type="application/pdf", content=b"%PDF-1.7\n."),
        ),
    }
    return JSONParcel(**{**fields, **changed})  # type: ignore[arg-type]  # the names are the test's own


@pytest.fixture
def json_parcel() -> Callable[..., JSONParcel]:
    return make_json


@pytest.fixture
def envelope() -> Callable[..., Envelope]:
    return make_envelope


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., MailServer]]:
    """Start a real mail server with the behaviours given; all end with the test."""
    with ExitStack() as running:

        def start(behaviours: dict[str, object] | None = None, **more: object) -> MailServer:
            file = tmp_path / "behaviours.json"
            file.write_text(json.dumps(behaviours or {}))
            config = MailServerConfig(
                folder=tmp_path / "mail",
                office=(OFFICE,),
                behaviours=file,
                **more,  # type: ignore[arg-type]  # the names are the test's own
            )
            return running.enter_context(MailServer(config))

        yield start


@pytest.fixture
def sent(tmp_path: Path) -> Callable[[], list[bytes]]:
    """Return the messages the server has taken for recipients."""
    return lambda: sorted(path.read_bytes() for path in (tmp_path / "mail" / "sent").glob("*.eml"))
