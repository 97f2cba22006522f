"""What no schema can say, for the program that asks the interface by its description.

A cursor comes from the page before, and a key of idempotency belongs to one request: good data of
these two are made here, bad data are left as they are.
"""

import uuid
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:  # noqa: ANN401 (its own types)
    if not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "after" in (case.query or {}):
        del case.query["after"]


@schemathesis.check
def good_shapes_are_not_refused_for_their_shape(_context: Any, response: Any, case: Any) -> None:  # noqa: ANN401 (its own types)
    if not case.meta.generation.mode.is_positive or response.status_code != 422:
        return
    faults = response.json().get("errors", [])
    shapes = [one for one in faults if one["place"].startswith(("body", "query", "path"))]
    assert shapes == []
