"""What every room of the code can say to people: Vietnamese texts, with named places for values.

The portal keeps the list of those that its pages show in `portal/i18n/rooms.txt`; this reads the
source to tell whether each of them is still said.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("actions", "deadlines", "delivery", "documents", "models", "portal", "signing", "wiring")
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
_VAGUE = frozenset({"get", "join", "format", "str", "len", "value", "words", "name"})


def said_in(path: Path) -> Iterator[str]:
    """Every Vietnamese text of a module, save what it says of itself; values by their names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart = {id(part) for node in ast.walk(tree) for part in _told_apart(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = _template(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in apart else node.value
        else:
            continue
        if VIETNAMESE.search(text):
            yield text


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
