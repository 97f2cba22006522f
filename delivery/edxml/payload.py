"""A message of QCVN 102:2016 as JSON, for rows that wait: files by their digest, without bytes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    Priority,
    ReceiverChange,
    Replacement,
    ResponseFor,
    Staff,
    StatusMessage,
    SteeringType,
)

_DOCUMENT, _STATUS = "document", "status"


def to_payload(message: EdxmlMessage, *, digests: Sequence[str] = ()) -> dict[str, Any]:
    """Return the message as JSON that `from_payload` reads.

    Args:
        message: the document or status.
        digests: SHA-256 in hex of each file, in the message's order.

    Raises:
        ValueError: the files and digests are not as many.
    """
    if isinstance(message, StatusMessage):
        return {"kind": _STATUS, **_plain(message)}
    plain = _plain(message)
    plain["files"] = [
        {
            "name": file.name,
            "media_type": file.media_type,
            "description": file.description,
            "sha256": digest,
        }
        for file, digest in zip(message.files, digests, strict=True)
    ]
    del plain["weak_signature"]
    return {"kind": _DOCUMENT, **plain}


def from_payload(payload: Mapping[str, Any], *, content_of: Callable[[str], bytes]) -> EdxmlMessage:
    """Return the message that `to_payload` wrote.

    Args:
        payload: what it wrote.
        content_of: returns the bytes of a file by its digest; what it raises goes on.

    Raises:
        KeyError: it is no such payload.
    """
    if payload["kind"] == _STATUS:
        return StatusMessage(
            sender=Party(**payload["sender"]),
            response_for=_response(payload["response_for"]),
            code=payload["code"],
            description=payload["description"],
            at=_instant(payload["at"]),
            staff=Staff(**payload["staff"]),
        )
    return DocumentMessage(
        **{name: payload[name] for name in _TEXTS},
        sender=Party(**payload["sender"]),
        receivers=tuple(Party(**one) for one in payload["receivers"]),
        promulgation_date=_day(payload["promulgation_date"]),
        due=_day(payload["due"]),
        to_places=tuple(payload["to_places"]),
        appendixes=tuple(payload["appendixes"]),
        priority=Priority(payload["priority"]),
        steering=SteeringType(payload["steering"]),
        response_for=tuple(_response(one) for one in payload["response_for"]),
        business=_business(payload["business"]),
        traces=tuple((organ, _instant(at)) for organ, at in payload["traces"]),
        files=tuple(
            EdxmlFile(
                name=one["name"],
                media_type=one["media_type"],
                description=one["description"],
                content=content_of(one["sha256"]),
            )
            for one in payload["files"]
        ),
    )


_TEXTS = (
    "document_id", "number", "notation", "place", "type", "type_detail", "type_name", "subject",
    "content", "competence", "position", "signer", "pages", "copies",
)  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401 (whatever a message holds, as JSON)
    """Turn dataclasses into dicts and days into ISO 8601; bytes stay out."""
    if isinstance(value, EdxmlFile):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, IntEnum):
        return int(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _business(plain: Mapping[str, Any]) -> Business:
    return Business(
        type=BusinessType(plain["type"]),
        reason=plain["reason"],
        document_id=plain["document_id"],
        paper=plain["paper"],
        staff=Staff(**plain["staff"]),
        receivers=tuple(ReceiverChange(**one) for one in plain["receivers"]),
        replacements=tuple(
            Replacement(document_id=one["document_id"], organ_ids=tuple(one["organ_ids"]))
            for one in plain["replacements"]
        ),
    )


def _response(plain: Mapping[str, Any]) -> ResponseFor:
    return ResponseFor(**{**plain, "promulgation_date": _day(plain["promulgation_date"])})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
