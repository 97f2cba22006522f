"""The description of the interface is true: looked at, and asked by a program that believes it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from models.officer import Scope
from portal.api import ROUTERS
from tests.portal.asking_by_description import Target, ask_by_description, target

EXAMPLES = 1
"""Made up for each route in `make test`; `make soak` makes many more."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("described"), whole=False) as found:
        yield found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("scope", [None, *Scope])
def test_what_is_made_up_from_the_description_is_answered_as_it_says(
    asked: Target, scope: Scope | None
) -> None:
    options = ("--phases", "examples,fuzzing", "-n", str(EXAMPLES), "--generation-deterministic")
    wrong = ask_by_description(asked, scope, *options)
    if wrong:
        pytest.fail(wrong, pytrace=False)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_much_that_is_made_up_is_answered_as_the_description_says(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Every edge of every shape, and thirty made up for each route, as each scope."""
    with target(tmp_path_factory.mktemp("asked-much"), whole=True) as found:
        for scope in (None, *Scope):
            options = ("--phases", "examples,coverage,fuzzing", "-n", "30")
            wrong = ask_by_description(found, scope, *options)
            if wrong:
                pytest.fail(wrong, pytrace=False)


def test_every_route_is_described_with_its_scope_and_its_refusals(asked: Target) -> None:
    told = httpx.get(f"{asked.url}/api/openapi.json", timeout=30).json()
    assert told["openapi"].startswith("3.1")
    operations = list(each(told))
    assert len({one["operationId"] for _, _, one in operations}) == len(operations)
    for path, method, one in operations:
        assert one["summary"], path
        assert any(status.startswith("2") for status in one["responses"]), path
        if one["x-scope"] == "none":
            continue
        assert one["security"] == [{"token": [one["x-scope"]]}]
        assert {"401", "403", "422", "429", "503"} <= set(one["responses"]), path
        headers = {given["name"] for given in one.get("parameters", ()) if given["in"] == "header"}
        does = method != "get" and not path.endswith("look")
        assert ("Idempotency-Key" in headers) is does, path
        problem = one["responses"]["422"]["content"]
        assert list(problem) == ["application/problem+json"]


def test_the_examples_of_bodies_are_taken_as_good_shapes() -> None:
    from portal.api.describing import SAMPLES, body_of  # noqa: PLC0415 (what is under test)

    tried = 0
    for router in ROUTERS:
        for route in router.routes:
            shape: Any = body_of(route)
            if shape is not None:
                given = {name: SAMPLES[name] for name in shape.model_fields if name in SAMPLES}
                shape.model_validate_json(json.dumps(given))
                tried += 1
    assert tried > 40


def each(told: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in told["paths"].items():
        for method, one in operations.items():
            yield path, method, one
