"""The channels of a unit in their order: its own first, then the further ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.parcel import FORMS, Form
from models.organisation import Organisation, UnitChannel

CHUNK: Final = 500
"""So many identifiers go into one query; databases limit the parameters of a statement."""

CHANNEL_WORDS: Final = {
    "smtp": "thư điện tử",
    "folder": "thư mục",
    "sftp": "SFTP",
    "edxml_folder": "liên thông edXML qua thư mục",
    "edxml_http": "liên thông edXML qua mạng",
    "webhook": "webhook",
    "paper": "bản giấy",
}
"""How a channel is called to people."""

PAPER_TASK: Final = (
    "Đơn vị nhận bản giấy: in văn bản và phiếu gửi, gửi qua bưu điện hoặc giao tận tay, "
    "rồi ghi vào sổ gửi."
)
"""What is to be done about a consignment on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel of a unit."""

    channel: str
    """A name of `delivery.parcel.FORMS`."""
    address: str | None
    """Where the channel reaches it; None where nobody has entered an address."""

    @property
    def is_paper(self) -> bool:
        """Tells whether a person sends it."""
        return is_paper(self.channel)

    @property
    def is_usable(self) -> bool:
        """Tells whether something can be sent this way; paper needs no address to be printed."""
        return bool(self.address) or self.is_paper


def is_paper(channel: str) -> bool:
    """Tells whether a channel carries no bytes: a person prints and sends."""
    return FORMS.get(channel) is Form.PAPER


def channel_words(channel: str) -> str:
    """Returns how a channel is called to people; one that has no words by its name."""
    return CHANNEL_WORDS.get(channel, channel)


def ways_of(session: Session, organisations: Iterable[Organisation]) -> dict[str, tuple[Way, ...]]:
    """Returns the channels of each organisation in order, by identifier."""
    units = list(organisations)
    found = {unit.id: [Way(channel=unit.channel, address=unit.address)] for unit in units}
    for chunk in chunks([unit.id for unit in units]):
        rows = session.scalars(
            select(UnitChannel)
            .where(UnitChannel.organisation_id.in_(chunk))
            .order_by(UnitChannel.organisation_id, UnitChannel.rank)
        )
        for row in rows:
            found[row.organisation_id].append(Way(channel=row.channel, address=row.address))
    return {key: tuple(ways) for key, ways in found.items()}


def first_usable(ways: Sequence[Way]) -> Way:
    """Returns the first way that something can be sent; the very first where there is none."""
    return next((way for way in ways if way.is_usable), ways[0])


def after(ways: Sequence[Way], channel: str, *, tried: Iterable[str]) -> Way | None:
    """Returns the next usable way after a channel that was not tried yet; None where none is left.

    A channel that the unit no longer has stands before all others.
    """
    names = [way.channel for way in ways]
    start = names.index(channel) + 1 if channel in names else 0
    gone = set(tried)
    return next((way for way in ways[start:] if way.is_usable and way.channel not in gone), None)


def chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    """Yields identifiers in runs that one statement can take."""
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
