"""What is wrong with a message of QCVN 102:2016, by a schema of our own drawn from samples.

For operators and tests: what we write always keeps to it. Messages of others are read more
leniently (`reading`), since some systems do not.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from lxml import etree

from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.message import StatusMessage
from delivery.edxml.reading import read_edxml
from delivery.edxml.tree import parse

SCHEMA: Final = Path(__file__).with_name("edxml.xsd")
MOST_SHOWN: Final = 20
_NEEDED: Final = ("DocumentId", "Code", "Subject")


def problems_of(raw: bytes) -> tuple[str, ...]:
    """Returns Vietnamese sentences, each with its place; empty where the message is in order."""
    try:
        # Our own hardened reader goes first: what it refuses never reaches the validator.
        root = parse(raw)
        message = read_edxml(raw)
    except EdxmlUnreadableError as fault:
        return (fault.diagnosis(),)
    found = [*_by_schema(raw)]
    header = root.first("edXMLEnvelope", "edXMLHeader", "MessageHeader")
    if header is not None and not isinstance(message, StatusMessage):
        found += [
            f"Thiếu phần {name} trong MessageHeader."
            for name in _NEEDED
            if header.first(name) is None
        ]
    return tuple(found[:MOST_SHOWN])


def _by_schema(raw: bytes) -> list[str]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        document = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as err:  # expat let it pass
        return [f"Dòng {err.lineno}: XML không đúng dạng ({_shown(str(err))})."]
    schema = _schema()
    if schema.validate(document):
        return []
    return [
        f"Dòng {entry.line}, phần {_name(entry.path)}: sai cấu trúc ({_shown(entry.message)})."
        for entry in schema.error_log
    ]


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def _name(path: str | None) -> str:
    return (path or "/").rpartition("/")[2].rpartition(":")[2] or "edXML"


def _shown(message: str) -> str:
    """The validator's own words without the namespace, which is the same everywhere."""
    return message.replace("{http://www.mic.gov.vn/TBT/QCVN_102_2016}", "")[:200]
