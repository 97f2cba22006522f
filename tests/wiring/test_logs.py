import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from wiring.logs import configure_logs
from wiring.sections import LogFormat, LogSettings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Puts the logs back as pytest had them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_line_for_machines_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings(format=LogFormat.JSON))
    structlog.get_logger().info("Đã gửi", units=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["units"], line["level"]) == ("Đã gửi", 3, "info")


def test_lines_of_libraries_take_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings(format=LogFormat.JSON, level="WARNING"))
    logging.getLogger("library").warning("careful")
    logging.getLogger("library").info("not shown")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "careful"


def test_a_trace_never_shows_the_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    def sign(pin: str) -> None:
        raise ValueError(len(pin))

    try:
        sign("246810")
    except ValueError:
        structlog.get_logger().exception("failed")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "246810" not in said.replace('sign("246810")', "")
