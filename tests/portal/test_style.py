"""The style sheet: every pair of colours can be read, nothing is fetched from elsewhere."""

import re
from pathlib import Path

import pytest

from portal.static_files import HERE, VENDOR
from portal.words import DEFAULT_ADDRESS

TEMPLATES = HERE.parent / "templates"

CSS = (HERE / "app.css").read_text(encoding="utf-8")
LEAST = 4.5
"""WCAG 2.2, 1.4.3."""
PAIRS = (
    ("ink", "ground"), ("ink", "paper"), ("quiet", "ground"), ("quiet", "paper"),
    ("blue", "ground"), ("blue", "paper"), ("blue", "blue-ground"), ("on-blue", "blue"),
    ("on-blue", "blue-hover"), ("red", "red-ground"), ("red", "paper"), ("red", "ground"),
    ("amber", "amber-ground"), ("amber", "paper"), ("green", "green-ground"), ("green", "paper"),
    ("ink", "blue-ground"), ("ink", "green-ground"), ("ink", "red-ground"), ("ink", "amber-ground"),
)  # fmt: skip


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})\b", text))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


_LIGHT, _LATER = CSS.split("@media(prefers-color-scheme:dark)", 1)
_DARK, _PRINT = _LATER.split("@media print{:root", 1)
LIGHT = colours(_LIGHT)
DARK = LIGHT | colours(_DARK)
PRINT = DARK | colours(_PRINT)


@pytest.mark.parametrize(("front", "ground"), PAIRS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_words_can_be_read_on_their_ground(scheme: dict[str, str], front: str, ground: str) -> None:
    assert contrast(scheme[front], scheme[ground]) >= LEAST


def test_the_style_fetches_nothing_but_our_own_fonts() -> None:
    for address in re.findall(r"url\(\"?([^)\"]+)", CSS):
        assert address.startswith("/static/vendor/")
        assert address.rpartition("/")[2] in VENDOR


def test_the_script_makes_no_markup_out_of_words() -> None:
    script = (HERE / "app.js").read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write"):
        assert word not in script


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda page: page.stem)
def test_no_page_addresses_people_but_by_the_offices_own_word(page: Path) -> None:
    for line in page.read_text(encoding="utf-8").splitlines():
        for sentence in re.findall(r"\{\{.*?\}\}", line):
            assert DEFAULT_ADDRESS not in sentence or "addressed(" in sentence
        assert DEFAULT_ADDRESS not in re.sub(r"\{[{%].*?[%}]\}", "", line)
