"""One authority and one server for all tests of this room."""

from collections.abc import Iterator

import pytest

from tests.signing.office import PEOPLE, Office
from wiring.demo_pki.build import build_demo_pki
from wiring.demo_pki.serve import serving


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    pki = build_demo_pki(tmp_path_factory.mktemp("pki"), PEOPLE)
    with serving(pki.folder) as url:
        yield Office(pki, url)
