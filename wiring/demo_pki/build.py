"""Makes the demo authority in a folder: keys, certificates, one PKCS#12 per holder.

The folder then holds `recipe.json`, `root.pem`, `intermediate.pem`, `keys/<id>.p12` (0600),
`keys/<id>.pin` (0600, the PIN as text), `certificates/<id>.pem` and `authority/*.key.pem` (0600).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture

from wiring.demo_office import certificate_pem, make_key, package_pkcs12, write_private
from wiring.demo_pki.kept_keys import keep_keys
from wiring.demo_pki.recipe import ARCH, DemoHolder, joined, key_names, recipe

DEMO_PIN: Final = "246810"
"""PIN of a holder for whom none is given. Known to everybody: these keys are for trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPKI:
    """Where the files of a demo authority lie."""

    folder: Path

    @property
    def root(self) -> Path:
        """The anchor, PEM."""
        return self.folder / "root.pem"

    @property
    def intermediate(self) -> Path:
        """The issuer of the holders' certificates, PEM."""
        return self.folder / "issuingediate.pem"

    def key(self, holder: str) -> Path:
        """PKCS#12 of a holder."""
        return self.folder / "keys" / f"{holder}.p12"

    def pin(self, holder: str) -> str:
        """PIN of a holder."""
        return (self.folder / "keys" / f"{holder}.pin").read_text(encoding="utf-8")

    def certificate(self, holder: str) -> Path:
        """Certificate of a holder, PEM."""
        return self.folder / "certificates" / f"{holder}.pem"


def load_architecture(folder: Path) -> PKIArchitecture:
    """The authority as certomancer runs it, from the files of `build_demo_pki`."""
    keep_keys()
    config = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    loaded = CertomancerConfig(
        config, key_search_dir=str(folder / "authority"), lazy_load_keys=True
    )
    return loaded.get_pki_arch(ArchLabel(ARCH))


def build_demo_pki(
    folder: Path, people: Sequence[DemoHolder], *, pins: Mapping[str, str] | None = None
) -> DemoPKI:
    """Makes keys and certificates for everybody who has none yet.

    Idempotent. Who has a certificate keeps it, so that what was signed with it still verifies;
    those who come later get theirs from the same authority.

    Args:
        folder: Made if missing.
        people: Holders with different ids; nobody at all makes the authority alone.
        pins: PIN by holder; `DEMO_PIN` for the others.
    """
    pki, config = DemoPKI(folder=folder), folder / "recipe.json"
    known = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
    text = json.dumps(joined(known, recipe(people)), ensure_ascii=False, indent=1)
    newcomers = [one for one in people if not pki.certificate(one.id).exists()]
    if pki.root.exists() and not newcomers:
        return pki
    for name, rsa_key in key_names(people).items():
        key = folder / "authority" / f"{name}.key.pem"
        if not key.exists():
            write_private(key, make_key(rsa_key=rsa_key))
    config.write_text(text, encoding="utf-8")
    _write_certificates(pki, load_architecture(folder), newcomers, pins or {})
    return pki


def _write_certificates(
    pki: DemoPKI, arch: PKIArchitecture, people: Sequence[DemoHolder], pins: Mapping[str, str]
) -> None:
    issuers = tuple(arch.get_cert(CertLabel(label)).dump() for label in ("issuing", "root"))
    for person in people:
        certificate = arch.get_cert(CertLabel(person.id)).dump()
        pin = pins.get(person.id, DEMO_PIN)
        container = package_pkcs12(
            name=person.common_name,
            key_pem=(pki.folder / "authority" / f"{person.id}.key.pem").read_bytes(),
            certificate=certificate,
            issuers=issuers,
            pin=pin,
        )
        write_private(pki.key(person.id), container)
        write_private(pki.folder / "keys" / f"{person.id}.pin", pin.encode())
        pki.certificate(person.id).parent.mkdir(exist_ok=True)
        # Last of a person's files: whoever has it needs nothing more.
        pki.certificate(person.id).write_bytes(certificate_pem(certificate))
    pki.intermediate.write_bytes(certificate_pem(issuers[0]))
    # Written last: whoever sees the anchor finds everything else in place.
    pki.root.write_bytes(certificate_pem(issuers[1]))
