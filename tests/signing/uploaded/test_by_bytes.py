"""Uploads by tools that write what they like: each beside its honest twin, byte by byte."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from signing.certificates import SigningCertificate
from signing.container import make_container, make_signed_attributes
from signing.judge.file.document import open_document
from signing.judge.file.objects import Ref
from signing.names import NUMBER_FIELD, OFFICER_FIELD
from signing.uploaded import errors
from signing.uploaded.errors import UploadRefusedError
from signing.uploaded.outcome import UploadedSignature
from signing.uploaded.reading import read_upload
from tests.signing import makers
from tests.signing.attacks import letter, numbering
from tests.signing.attacks.paper import VALUES, Objects, Paper
from tests.signing.makers import stream
from tests.signing.office import TODAY, Office

CERTIFY = letter.CERTIFY % 2
XMP = b"/Type/Metadata/Subtype/XML"


@dataclass(frozen=True)
class Tool:
    """Signs the officer's field of a directive that has no number yet, beside other changes."""

    office: Office
    paper: Paper = field(default_factory=numbering.blank)

    def sign(self, data: bytes) -> bytes:
        key = self.office.key("officer")
        with key:
            digest = sha256(data).digest()
            attributes = make_signed_attributes(digest, key.certificate, key.mechanism)
            raw = key.sign(attributes)
            alone = SigningCertificate(der=key.certificate.der)
            return make_container(alone, key.mechanism, attributes, raw).dump()

    def number(self, key: str) -> int:
        """Of an object that the trailer or the catalog names."""
        view = open_document(self.paper.pdf).newest
        found = view.trailer.get(key) or view.root.get(key)
        assert isinstance(found, Ref)
        return found.number

    def upload(
        self,
        objects: Mapping[int, bytes] | None = None,
        *,
        keys: bytes = CERTIFY,
        root: int = 0,
        info: int = 0,
    ) -> bytes:
        paper = self.paper
        value = max(paper.next(), max(objects or {}, default=0) + 1)
        prepared = paper.number(OFFICER_FIELD)
        body = re.sub(rb"/AP\s*<<[^>]*>>", b"", paper.body(prepared))
        written = {
            **(objects or {}),
            prepared: body[:-2] + b"/V %d 0 R/AP<</N %d 0 R>>>>" % (value, value + 1),
            value: makers.signature_dictionary(keys),
            value + 1: letter.look(b"Signed"),
        }
        trailer = b"/Root %d 0 R/Info %d 0 R" % (root or paper.root, info or self.number("Info"))
        return makers.fill(makers.revise(paper.pdf, written, trailer=trailer), self)

    def read(self, uploaded: bytes) -> UploadedSignature:
        return read_upload(
            self.paper.pdf,
            uploaded,
            field=OFFICER_FIELD,
            certificate=self.office.key("officer").certificate,
            at=TODAY,
        )


@pytest.fixture(scope="module")
def tool(office: Office) -> Tool:
    return Tool(office)


Make = Callable[[Tool], bytes]


def locking(*parameters: bytes) -> bytes:
    """Beside the certification, locks of fields."""
    more = b"".join(
        b"<</Type/SigRef/TransformMethod/FieldMDP"
        b"/TransformParams<</Type/TransformParams/V/1.2%s>>>>" % one
        for one in parameters
    )
    return CERTIFY[:-1] + more + b"]"


def xmp(tool: Tool, *pairs: tuple[bytes, bytes]) -> Objects:
    number = tool.number("Metadata")
    body = tool.paper.body(number)
    packet = body[body.index(b"stream\n") + 7 : body.rindex(b"\nendstream")]
    for pattern, text in pairs:
        packet, found = re.subn(pattern, text, packet, count=1, flags=re.DOTALL)
        assert found
    return {number: stream(packet, XMP)}


def info(tool: Tool, pattern: bytes, text: bytes) -> Objects:
    number = tool.number("Info")
    changed, found = re.subn(pattern, text, tool.paper.body(number))
    assert found
    return {number: changed}


def _saved_anew(tool: Tool) -> bytes:
    """As honest tools do: another producer, another time."""
    times = (rb"(<xmp:ModifyDate>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z")
    tools = (rb"(<xmp:CreatorTool>)[^<]*", rb"\g<1>Another tool")
    when = info(tool, rb"/ModDate\([^)]*\)", rb"/ModDate(D:20260101000000Z)/Producer(Another)")
    return tool.upload({**xmp(tool, times, tools), **when})


def _respelled_info(tool: Tool) -> bytes:
    """A dictionary of its own that says the same."""
    new = tool.paper.next() + 5
    body = tool.paper.body(tool.number("Info"))
    return tool.upload({new: body[:-2] + b"/Producer(Another)>>"}, info=new)


HONEST: dict[str, Make] = {
    "nothing else": lambda tool: tool.upload(),
    "its own field locked": lambda tool: tool.upload(
        keys=locking(b"/Action/Include/Fields[(%s)]" % OFFICER_FIELD.encode())
    ),
    "metadata renewed": _saved_anew,
    "information in another object": _respelled_info,
    "the catalog in another object": lambda tool: tool.upload(
        {tool.paper.next() + 5: tool.paper.body(tool.paper.root)}, root=tool.paper.next() + 5
    ),
}


def _other_title(tool: Tool) -> bytes:
    title = (rb"(<dc:title>.*?<rdf:li[^>]*>)[^<]*", rb"\g<1>Another document")
    return tool.upload(xmp(tool, title))


def _more_said(tool: Tool) -> bytes:
    said = b"</dc:title><dc:description>Approved for all</dc:description>"
    return tool.upload(xmp(tool, (rb"</dc:title>", said)))


def _another_information(tool: Tool) -> bytes:
    new = tool.paper.next() + 5
    return tool.upload({new: b"<</Title(Another document)/Author(Somebody)>>"}, info=new)


def _look_of_the_number(tool: Tool) -> bytes:
    """In place: the empty place would draw in white."""
    body = tool.paper.body(tool.paper.number(NUMBER_FIELD))
    number = int(re.findall(rb"/N (\d+) 0 R", body)[0])
    keys, data = tool.paper.look(NUMBER_FIELD)
    return tool.upload({number: stream(data.replace(b"0 g", b"1 g"), keys)})


def _catalog_with_more(tool: Tool) -> bytes:
    new = tool.paper.next() + 5
    body = tool.paper.body(tool.paper.root)[:-2]
    return tool.upload({new: body + b"/OpenAction<</S/JavaScript/JS(1)>>>>"}, root=new)


def _older_revision(tool: Tool) -> bytes:
    """The new section leads past the newest one that was handed out."""
    uploaded = tool.upload()
    first, last = (one.section.at for one in open_document(tool.paper.pdf).revisions)
    at = len(tool.paper.pdf)
    changed = uploaded[at:].replace(b"/Prev %d" % last, b"/Prev %d" % first, 1)
    return uploaded[:at] + changed


def _another_picture_on_paper(tool: Tool) -> bytes:
    keys = b"/Type/XObject/Subtype/Image/Width 1/Height 1/Alternates[]"
    return tool.upload({tool.paper.next() + 5: stream(b"0", keys)})


CHEATS: dict[str, tuple[Make, type[UploadRefusedError]]] = {
    "the number locked": (
        lambda tool: tool.upload(keys=locking(b"/Action/Include/Fields[(SoVanBan)]")),
        errors.LocksFieldsError,
    ),
    "all but the seal locked": (
        lambda tool: tool.upload(keys=locking(b"/Action/Exclude/Fields[(DauCoQuan)]")),
        errors.LocksFieldsError,
    ),
    "number filled in too": (
        lambda tool: tool.upload(tool.paper.filling(VALUES)),
        errors.ChangedBesideError,
    ),
    "look of the number": (_look_of_the_number, errors.ChangedBesideError),
    "another title": (_other_title, errors.ChangedBesideError),
    "a description": (_more_said, errors.ChangedBesideError),
    "another title in the information": (
        lambda tool: tool.upload(info(tool, rb"/Title\s*<[^>]*>", b"/Title(Another)")),
        errors.ChangedBesideError,
    ),
    "another information": (_another_information, errors.ChangedBesideError),
    "another picture on paper": (_another_picture_on_paper, errors.ChangedBesideError),
    "another catalog": (_catalog_with_more, errors.ChangedBesideError),
    "past the newest revision": (_older_revision, errors.UploadRefusedError),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_tools_do_is_taken(tool: Tool, name: str) -> None:
    assert tool.read(HONEST[name](tool)).certifies


@pytest.mark.parametrize("name", CHEATS)
def test_what_no_tool_may_do_is_refused(tool: Tool, name: str) -> None:
    make, refusal = CHEATS[name]
    with pytest.raises(refusal) as caught:
        tool.read(make(tool))
    assert "Việc cần làm" in caught.value.diagnosis()
    assert "{" not in caught.value.diagnosis()
