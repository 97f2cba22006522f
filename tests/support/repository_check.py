"""What linters do not look at: keys, addresses, the lists of packages, sizes, names.

`make check` runs it as a script; `tests/test_repository.py` plants each fault and looks whether it
is found. Knows the standard library alone.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE, LONGEST_TEST = 400, 600
"""Lines; what grows beyond is two modules."""
SKIPPED = frozenset(
    {".git", ".venv", ".tools", "node_modules", "var", "__pycache__", ".hypothesis"}
)
"""Folders that no version of the project holds."""

# Put together here so that this file does not find itself.
_KEY = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE " + rb"KEY-----")
_KEY_FILES = frozenset({".p12", ".pfx", ".jks", ".key"})
_HOSTS = re.compile(
    "|".join(
        re.escape(name + "." + end)
        for name, end in (
            ("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"),
            ("registry.yarnpkg", "com"), ("proxy.golang", "org"), ("deb.debian", "org"),
        )
    )
)  # fmt: skip
_PLACES = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|tmp/plan)/")
_ADDRESSED = re.compile(r"^\s*(?:--[\w-]*index-url|\"resolved\"|[\w-]+ @ )")
_LOCKS = frozenset({"requirements.lock", "package-lock.json"})


def files_of(root: Path) -> list[Path]:
    """Every file of the project, relative: those git knows, or all where there is no git."""
    told = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False,
    )  # fmt: skip
    if told.returncode == 0 and told.stdout:
        named = [Path(name) for name in told.stdout.decode().split("\0") if name]
        return sorted(name for name in set(named) if (root / name).is_file())
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path for path in found if not SKIPPED.intersection(path.parts))


def private_keys(root: Path) -> Iterator[str]:
    """Keys may lie in tests/fixtures alone, where their file says that they are for tests."""
    for path in files_of(root):
        if path.parts[:2] == ("tests", "fixtures"):
            continue
        if path.suffix in _KEY_FILES or _KEY.search((root / path).read_bytes()):
            yield f"{path}: holds a private key"


def addresses(root: Path) -> Iterator[str]:
    """No file names a package host or a path of the machine it was written on."""
    for path in files_of(root):
        try:
            lines = (root / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # no text
        for number, line in enumerate(lines, start=1):
            if _HOSTS.search(line):
                yield f"{path}:{number}: names a package host"
            if _PLACES.search(line):
                yield f"{path}:{number}: names a path of one machine"
            if path.name in _LOCKS and _ADDRESSED.search(line):
                yield f"{path}:{number}: a lock names an address"


def packages(root: Path) -> Iterator[str]:
    """A folder with `__init__.py` is in every list of packages, and nothing else is."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    present = {path.parent.name for path in root.glob("*/__init__.py")}
    tool: dict[str, Any] = settings["tool"]
    lists = {
        "the wheel": tool["hatch"]["build"]["targets"]["wheel"]["packages"],
        "the import contracts": tool["importlinter"]["root_packages"],
        "mypy": tool["mypy"]["packages"],
        "coverage": tool["coverage"]["run"]["source"],
    }
    for name, listed in lists.items():
        for missing in sorted(present - set(listed)):
            yield f"pyproject.toml: {missing} is not in the packages of {name}"
        for stray in sorted(set(listed) - present):
            yield f"pyproject.toml: {name} lists {stray}, which is no package"


def sizes(root: Path) -> Iterator[str]:
    """No module is longer than it may be; a generated list of tables may be."""
    for path in files_of(root):
        generated = path.parts[:3] == ("models", "migrations", "versions")
        if path.suffix == ".py" and not generated:
            longest = LONGEST_TEST if path.parts[0] == "tests" else LONGEST_MODULE
            lines = len((root / path).read_bytes().splitlines())
            if lines > longest:
                yield f"{path}: {lines} lines, more than {longest}"


def flow_names(root: Path) -> Iterator[str]:
    """A flow that is loaded by its path must not shadow anything that is imported by name."""
    rooms = {path.parent.name for path in root.glob("*/__init__.py")}
    taken = sys.stdlib_module_names | rooms | set(packages_distributions())
    for path in sorted((root / "flows").glob("*.py")):
        if path.stem in taken:
            yield f"flows/{path.name}: has the name of another module"


RULES: tuple[Callable[[Path], Iterator[str]], ...] = (
    private_keys, addresses, packages, sizes, flow_names,
)  # fmt: skip


def main() -> int:
    """Prints what is wrong; exit status 1 where anything is."""
    findings = [finding for rule in RULES for finding in rule(ROOT)]
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
