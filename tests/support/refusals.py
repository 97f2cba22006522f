"""Every sentence with which a room can refuse, found in the source: what errors are made of.

A text counts where it is the value of an argument of an error (`…Error`) or of a `Problem`, or of
what an error says of itself. Values are followed to names, to tables, to what functions return and
to the callers of functions that hand a refusal on.
"""

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.support.rooms import ROOMS, ROOT, VIETNAMESE, as_said, tree_of

FOREIGN = frozenset(
    {
        # What persons at a page never meet: of the language, of programs at start, of the story.
        "ValueError", "TypeError", "RuntimeError", "OSError", "PermissionError", "KeyError",
        "StoryError", "SettingsError", "OrchestratorError", "ServiceError", "ClockError",
        "LeaseLostError", "StuckStepError", "ArchiveUnsoundError", "TrialRefusedError",
    }
)  # fmt: skip
ELSEWHERE = (
    # Whom no page shows: the command line, the story, papers and letters with words of their own,
    # machines among themselves; what speaks English of itself; shapes that are looked for.
    "models/migrations", "wiring/demo", "wiring/stor", "wiring/serving", "wiring/trial",
    "wiring/reconciling", "wiring/running", "actions/trial_signing.py",
    "actions/setting_up.py", "actions/setup_", "actions/archive_stamps.py", "actions/renewing.py",
    "actions/office_loading.py", "documents/fonts.py", "documents/regimes", "documents/typesetting",
    "documents/consolidate.py", "documents/intake/vocabulary.py", "delivery/sftp.py",
    "signing/records", "signing/change_words.py", "signing/numbers",
    "signing/marks/appearance.py", "signing/archiving.py", "actions/amending/messages.py",
    "actions/chasing_letters.py", "actions/wording.py", "actions/deed_words.py",
    "actions/working/outline.py", "deadlines/due.py", "deadlines/schedule_days.py",
    "deadlines/period_names.py", "documents/intake/units.py", "portal/form_lines.py",
)  # fmt: skip
ALSO = frozenset({"Problem", "ShapeFault"})
PASSING = frozenset({"join", "format", "format_map", "get", "lower", "capitalize", "strip", "str"})
"""Functions of the language that hand on what they are given."""
_PARTS: Mapping[type[ast.AST], tuple[str, ...]] = {
    ast.FormattedValue: ("value",), ast.Starred: ("value",), ast.NamedExpr: ("value",),
    ast.Subscript: ("value",), ast.BinOp: ("left", "right"), ast.IfExp: ("body", "orelse"),
    ast.BoolOp: ("values",), ast.Dict: ("values",), ast.JoinedStr: ("values",),
    ast.Tuple: ("elts",), ast.List: ("elts",), ast.Set: ("elts",), ast.ListComp: ("elt",),
    ast.SetComp: ("elt",), ast.GeneratorExp: ("elt",),
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Place:
    """Where an expression stands: its module and the function around it."""

    path: Path
    around: Function | None = None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What the function is called with."""
        if self.around is None:
            return ()
        given = self.around.args
        return tuple(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))

    @cached_property
    def local(self) -> dict[str, list[ast.expr]]:
        """What names stand for within the function."""
        found: dict[str, list[ast.expr]] = defaultdict(list)
        for node in ast.walk(self.around) if self.around is not None else ():
            for name, value in _assigned(node):
                found[name].append(value)
        return found


class Refusals:
    """Looks through the rooms until nothing new is found."""

    def __init__(self) -> None:
        self.found: set[tuple[str, str]] = set()
        """Module and text."""
        self._seen: set[int] = set()
        self._handing_on: set[tuple[str, str]] = set()
        """Functions and those of their parameters that get into a refusal."""
        self._functions: dict[str, list[tuple[Path, Function]]] = defaultdict(list)
        self._constants: dict[str, list[tuple[Path, ast.expr]]] = defaultdict(list)
        self._waiting: list[tuple[str, str]] = []
        self._calls: dict[str, list[tuple[Place, ast.Call]]] = defaultdict(list)
        for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(ELSEWHERE):
                self._read(path, tree_of(path))
        for places in [*self._calls.values()]:
            for place, call in places:
                self._call(place, call)
        while self._waiting:
            self._handed_on(*self._waiting.pop())

    def _read(self, path: Path, tree: ast.Module) -> None:
        for node in tree.body:
            for name, value in _assigned(node):
                self._constants[name].append((path, value))
        self._look(Place(path), tree)

    def _look(self, place: Place, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            inner = place
            if isinstance(child, Function):
                self._functions[child.name].append((place.path, child))
                inner = Place(place.path, child)
            elif isinstance(child, ast.ClassDef) and _is_error(child):
                self._error(place.path, child)
            elif isinstance(child, ast.Call):
                self._calls[_name_of(child.func)].append((place, child))
            self._look(inner, child)

    def _error(self, path: Path, node: ast.ClassDef) -> None:
        """What an error says of itself: attributes, and what its functions return or pass up."""
        for part in node.body:
            for _name, value in _assigned(part):
                self._value(Place(path), value)
            for inner in ast.walk(part) if isinstance(part, Function) else ():
                if isinstance(inner, ast.Return) and inner.value is not None:
                    self._value(Place(path, part), inner.value)

    def _call(self, place: Place, call: ast.Call) -> None:
        name = _name_of(call.func)
        is_error = name.endswith("Error") and name not in FOREIGN
        of_error = name == "__init__" and place.around is not None and place.around.name == name
        if is_error or of_error or name in ALSO:
            for value in (*call.args, *(one.value for one in call.keywords)):
                self._value(place, value)

    def _handed_on(self, name: str, parameter: str) -> None:
        for _path, function in self._functions.get(name, ()):
            names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            at = names.index(parameter) if parameter in names else len(names)
            for place, call in self._calls[name]:
                given = [one.value for one in call.keywords if one.arg == parameter]
                for value in (*call.args[at : at + 1], *given):
                    self._value(place, value)

    def _value(self, place: Place, value: ast.AST) -> None:
        """An expression whose value gets into a refusal."""
        if id(value) in self._seen:
            return
        self._seen.add(id(value))
        text = as_said(value)
        if VIETNAMESE.search(text):
            self.found.add((str(place.path.relative_to(ROOT)), text))
        if isinstance(value, ast.Name):
            self._named(place, value.id)
        elif isinstance(value, ast.Call):
            self._returned(place, value)
        for part in _parts(value):
            # Pieces between values were read with the text as a whole.
            if not (isinstance(value, ast.JoinedStr) and isinstance(part, ast.Constant)):
                self._value(place, part)

    def _named(self, place: Place, name: str) -> None:
        if place.around is not None and name in place.parameters:
            handing_on = (place.around.name, name)
            if handing_on not in self._handing_on:
                self._handing_on.add(handing_on)
                self._waiting.append(handing_on)
        for value in place.local.get(name, ()):
            self._value(place, value)
        if name not in place.parameters and name not in place.local:
            for path, value in self._constants.get(name, ()):
                if path == place.path or not name.startswith("_"):
                    self._value(Place(path), value)

    def _returned(self, place: Place, call: ast.Call) -> None:
        name = _name_of(call.func)
        if name in PASSING:
            return
        for path, function in self._functions.get(name, ()):
            if path == place.path or (isinstance(call.func, ast.Name) and name[:1] != "_"):
                inner = Place(path, function)
                for node in ast.walk(function):
                    if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                        self._value(inner, node.value)


@cache
def refusals() -> set[tuple[str, str]]:
    """Every Vietnamese text that gets into a refusal, with the module that has it."""
    gc.disable()  # a million nodes of syntax trees, none of which is let go
    try:
        return Refusals().found
    finally:
        gc.enable()


def _parts(value: ast.AST) -> Iterator[ast.AST]:
    """What the value of an expression may be, or be put together of."""
    names = _PARTS.get(type(value), ())
    if isinstance(value, ast.Call) and _name_of(value.func) in PASSING:
        names = ("args",)
        if isinstance(value.func, ast.Attribute):
            yield value.func.value
    for name in names:
        part = getattr(value, name)
        yield from part if isinstance(part, list) else (part,)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            for one in ast.walk(target):
                if isinstance(one, ast.Name):
                    yield one.id, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        named = isinstance(node.target, ast.Name) and node.value is not None
        if named:
            yield node.target.id, node.value


def _is_error(node: ast.ClassDef) -> bool:
    bases = {_name_of(base) for base in node.bases}
    return node.name.endswith("Error") and node.name not in FOREIGN and not bases & FOREIGN


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
