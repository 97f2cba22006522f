"""One authority for all tests of keys, and one store of tokens."""

from collections.abc import Iterator

import pytest

from tests.signing.keys.room import Room, build_room, key_file, open_room
from tests.support.tokens import HeldKey, TokenStore, token_store
from wiring.demo_pki.serve import serving


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    pki = build_room(tmp_path_factory.mktemp("keys-pki"))
    with serving(pki.folder) as address:
        yield open_room(pki.folder, address)


@pytest.fixture(scope="session")
def tokens() -> TokenStore:
    return token_store()


@pytest.fixture
def held(room: Room, tokens: TokenStore) -> HeldKey:
    return tokens.hold(key_file(room.pki, "rsa"), room.der("rsa"), issuers=room.issuers)
