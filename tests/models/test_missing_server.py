"""A missing PostgreSQL is named and skipped on a desk, and fails where CI is true."""

import pytest

from tests.support.databases import PostgresServer

NONE = PostgresServer(missing="no such wheel")


def test_a_missing_server_skips_by_name_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such wheel"):
        NONE.require()


def test_a_missing_server_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no such wheel"):
        NONE.require()


def test_a_server_that_is_there_gives_its_address() -> None:
    assert PostgresServer(url="postgresql://x").require() == "postgresql://x"
