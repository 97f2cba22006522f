"""What every room of the code can say to people: Vietnamese texts, with named places for values.

The portal keeps the list of those that its pages show in `portal/i18n/rooms.txt`; this reads the
source to tell whether each of them is still said.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("actions", "deadlines", "delivery", "documents", "models", "portal", "signing", "wiring")
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
_FILLED = re.compile(r"\{([a-z]+(?:_[a-z]+)*)\}")
_VAGUE = frozenset({"get", "join", "format", "str", "len", "value", "words", "name"})


@cache
def tree_of(path: Path) -> ast.Module:
    """A module, read once for all who look through it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def said_in(path: Path) -> Iterator[str]:
    """Every Vietnamese text of a module, save what it says of itself; values by their names."""
    tree = tree_of(path)
    apart = {id(part) for node in ast.walk(tree) for part in _told_apart(node)}
    for node in ast.walk(tree):
        text = "" if id(node) in apart else as_said(node)
        if VIETNAMESE.search(text):
            yield text


def as_said(node: ast.AST) -> str:
    """A text of the source with named places for its values; empty for what is no text."""
    if isinstance(node, ast.JoinedStr):
        return _template(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # Filled in later by `format`; letters to units have places of their own (`don_vi`).
        return _FILLED.sub(r"%(\1)s", node.value) if node.value.count("{") else node.value
    return ""


def said_by_rooms() -> set[str]:
    """Every Vietnamese text of every room."""
    return {
        text
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for text in said_in(path)
    }


def _told_apart(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and pieces of texts that are read as a whole."""
    body = getattr(node, "body", None)
    for child in body if isinstance(body, list) else ():
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            yield child.value
    if isinstance(node, ast.JoinedStr):
        yield from node.values


def _template(node: ast.JoinedStr) -> str:
    used: dict[str, str] = {}
    return "".join(
        str(part.value).replace("%", "%%")
        if isinstance(part, ast.Constant)
        else f"%({_named(part, used)})s"
        for part in node.values
    )


def _named(part: ast.expr, used: dict[str, str]) -> str:
    source = ast.unparse(part)
    names = re.findall(r"[A-Za-z_][A-Za-z_0-9]*", re.sub(r"\(.*", "", source) or source)
    name = (names[-1].strip("_").lower() if names else "") or "value"
    if name in _VAGUE and len(names) > 1:
        name = names[-2].strip("_").lower()
    found, at = name, 2
    while used.get(found, source) != source:
        found, at = f"{name}{at}", at + 1
    used[found] = source
    return found
