"""Keys x levels x marks: officer, agency and archive, judged by our judge, by poppler and MuPDF.

Both signatures by the key of one kind; the digest of the officer's document is what the agency's
signature lies over. Each cell is a whole document, signed and judged as of its time.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from signing.archiving import add_archive_timestamp
from signing.completing import Level, complete_signature
from signing.fields import add_signature_fields
from signing.keys.key import SigningKey
from signing.keys.line import Bearer, RemoteService
from signing.keys.remote import open_remote
from signing.keys.software import open_pkcs12
from signing.keys.token import open_token
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import INTEGRITY, OFFICIAL
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.keys.room import Room, key_file, pdfsig
from tests.signing.keys.services import dummy_service
from tests.signing.office import (
    ARCHIVED_AT,
    BOXES,
    FONTS,
    SEALED_AT,
    SIGNED_AT,
    unsigned_directive,
)
from tests.support.tokens import TokenStore
from wiring.demo_pki.build import DEMO_PIN

Opener = Callable[[], AbstractContextManager[SigningKey]]
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
KEYS = ("file rsa", "file rsa-pss", "file ec", "token rsa", "token ec", "remote rsa", "elsewhere")


@dataclass
class _Elsewhere:
    """A key that sees nothing but the words that were stored, read again from their JSON."""

    inner: SigningKey

    def sign(self, prepared: PreparedSignature) -> bytes:
        stored = PreparedSignature.from_json(prepared.to_json(), pdf=b"")
        return self.inner.sign(stored.signed_attributes)


@pytest.fixture(scope="module")
def openers(room: Room, tokens: TokenStore) -> Iterator[dict[str, Opener]]:
    held = {
        label: tokens.hold(key_file(room.pki, label), room.der(label), issuers=room.issuers)
        for label in ("rsa", "ec")
    }

    def token(label: str) -> SigningKey:
        one = held[label]
        return open_token(one.module, token=one.token, key=one.key, pin=one.pin)

    with dummy_service(room.pki, pinned=True) as url:
        service = RemoteService(name="thu-nghiem", url=url, bearer=Bearer("test"))
        yield {
            "file rsa": lambda: open_pkcs12(room.pki.key("rsa"), DEMO_PIN),
            "file rsa-pss": lambda: open_pkcs12(
                room.pki.key("rsa"), DEMO_PIN, mechanism="rsa-pss/sha384"
            ),
            "file ec": lambda: open_pkcs12(room.pki.key("ec"), DEMO_PIN),
            "token rsa": lambda: token("rsa"),
            "token ec": lambda: token("ec"),
            "remote rsa": lambda: open_remote(service, credential="demo/rsa", pin="1234"),
            "elsewhere": lambda: open_pkcs12(room.pki.key("rsa"), DEMO_PIN),
        }


@pytest.mark.parametrize("mark", [False, True], ids=["no mark", "mark"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", KEYS)
def test_a_document_of_this_key_level_and_mark_holds(
    room: Room, openers: dict[str, Opener], kind: str, level: str, *, mark: bool, tmp_path: Path
) -> None:
    pdf = _signed(room, openers[kind], kind, level, mark=mark)
    policy = INTEGRITY if level in {"B-B", "B-T"} else OFFICIAL
    at = SEALED_AT if level != "B-LTA" else ARCHIVED_AT + timedelta(days=1)
    report = verify(pdf, name="a.pdf", policy=policy, trust=room.office.trust, at=at)
    assert report.verdict is Verdict.PASSED, report.findings
    ours = [one for one in report.signatures if one.kind == "signature"]
    assert [(one.field, one.level, one.certifies) for one in ours] == [
        (OFFICER_FIELD, level, True),
        (SEAL_FIELD, level, False),
    ]
    assert pdfsig(pdf, tmp_path).count("Signature is Valid") == len(ours)
    _expect_mutool(tmp_path / "signed.pdf", kind)


def _signed(room: Room, opener: Opener, kind: str, level: str, *, mark: bool) -> bytes:
    boxes = BOXES if mark else tuple(replace(box, w_pt=0, h_pt=0) for box in BOXES)
    pdf = add_signature_fields(unsigned_directive(), boxes)
    for field, act, at in (
        (OFFICER_FIELD, SignatureKind.OFFICER, SIGNED_AT),
        (SEAL_FIELD, SignatureKind.SEAL, SEALED_AT),
    ):
        with opener() as key:
            prepared = prepare_signature(
                pdf,
                request=SignatureRequest(kind=act, field=field, name=key.certificate.facts.name),
                certificate=key.certificate,
                at=at,
                fonts=FONTS,
                mechanism=key.mechanism,
            )
            if kind == "elsewhere":
                raw = _Elsewhere(key).sign(prepared)
            else:
                key.announce([prepared.signed_attributes])
                raw = key.sign(prepared.signed_attributes)
        wanted = Level("B-LT" if level == "B-LTA" else level)
        services = room.office.services(at)
        pdf = complete_signature(prepared, raw, services=services, at=at, level=wanted)
    if level == "B-LTA":
        services = room.office.services(ARCHIVED_AT)
        pdf = add_archive_timestamp(pdf, services=services, at=ARCHIVED_AT)
    return pdf


def _expect_mutool(path: Path, kind: str) -> None:
    """Measured with MuPDF 1.21: it knows no RSA-PSS, and takes a time stamp for no signature."""
    if shutil.which("mutool") is None:
        return
    done = subprocess.run(
        ["mutool", "sign", "-v", str(path)], capture_output=True, text=True, check=False
    )
    good = done.stdout.count("The document is unchanged since signing.")
    good += done.stdout.count("The signature is valid but there have been edits since signing.")
    assert good == (0 if kind == "file rsa-pss" else 2), done.stdout
