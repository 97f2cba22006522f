"""A second authority, independent of the demo's, that stands for a real one: no trial word in it.

The demo's recipe with other names, keys of its own, and its own addresses.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wiring.demo_office import make_key, write_private
from wiring.demo_pki import build
from wiring.demo_pki.build import DemoPKI, load_architecture
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, key_names, recipe
from wiring.demo_pki.serve import serving

PIN = "pin-that-9902"
_WORDS = {
    "Cơ quan chứng thực THỬ NGHIỆM": "Cục Chứng thực số Một",
    "Chứng thư thử nghiệm, không có giá trị pháp lý": "Chứng thư số công vụ",
    " THỬ NGHIỆM": " số Một",
    "ca.thu-nghiem.invalid": "ca.so-mot.invalid",
}


@dataclass(frozen=True, slots=True)
class SecondPKI:
    """The authority while it answers."""

    pki: DemoPKI
    address: str
    """As an HTTP proxy: its own names lead nowhere."""

    @property
    def tsa_url(self) -> str:
        return TSA_URL.replace("ca.thu-nghiem.invalid", "ca.so-mot.invalid")


@contextmanager
def running_second_pki(folder: Path, people: Sequence[DemoHolder]) -> Iterator[SecondPKI]:
    """Builds the authority and serves it from a thread."""
    text = json.dumps(recipe(people), ensure_ascii=False)
    for old, new in _WORDS.items():
        text = text.replace(old, new)
    assert "thử nghiệm" not in text.casefold()
    for name, rsa_key in key_names(people).items():
        write_private(folder / "authority" / f"{name}.key.pem", make_key(rsa_key=rsa_key))
    (folder / "recipe.json").write_text(text, encoding="utf-8")
    pki = DemoPKI(folder=folder)
    build._write_certificates(
        pki, load_architecture(folder), people, {one.id: PIN for one in people}
    )
    with serving(folder) as address:
        yield SecondPKI(pki, address)
