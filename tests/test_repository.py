"""Guards of the project as a whole; each rule finds the fault it is there for."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support import repository_check as check

ROOT = check.ROOT
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = SETTINGS["tool"]["importlinter"]["root_packages"]
BEGIN = "-----BEGIN EC PRIVATE " + "KEY-----"

Rule = Callable[[Path], Iterator[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project without fault: two rooms, one flow, a lock."""
    for room in ("flows", "models"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "flows" / "route_directive.py").write_text("x = 1\n")
    lists = '["flows", "models"]'
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.hatch.build.targets.wheel]\npackages = {lists}\n"
        f"[tool.importlinter]\nroot_packages = {lists}\n"
        f"[tool.mypy]\npackages = {lists}\n[tool.coverage.run]\nsource = {lists}\n"
    )
    (tmp_path / "requirements.lock").write_text("alembic==1.16\n")
    return tmp_path


@pytest.mark.parametrize("rule", check.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_every_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize("rule", check.RULES, ids=lambda rule: rule.__name__)
def test_a_project_without_fault_gives_no_finding(project: Path, rule: Rule) -> None:
    assert list(rule(project)) == []


FAULTS: list[tuple[Rule, str, str, str]] = [
    (check.private_keys, "demo/key.pem", f"{BEGIN}\nMHc\n", "private key"),
    (check.private_keys, "demo/office.p12", "x", "private key"),
    (check.addresses, "README.md", "https://pypi." + "org/simple", "package host"),
    (check.addresses, "docs/a.md", "see /wo" + "rk/main", "one machine"),
    (check.addresses, "requirements.lock", "--index-url https://x.example\n", "lock"),
    (check.addresses, "package-lock.json", '{\n"resolved": "https://x.example/a"\n}', "lock"),
    (check.packages, "portal/__init__.py", "", "portal"),
    (check.sizes, "models/large.py", "x = 1\n" * 401, "401 lines"),
    (check.flow_names, "flows/email.py", "", "email.py"),
    (check.flow_names, "flows/models.py", "", "models.py"),
    (check.flow_names, "flows/prefect.py", "", "prefect.py"),
]


@pytest.mark.parametrize(("rule", "name", "text", "said"), FAULTS)
def test_each_planted_fault_is_found(
    project: Path, rule: Rule, name: str, text: str, said: str
) -> None:
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    findings = list(rule(project))
    assert findings
    assert any(said in finding for finding in findings)


def test_keys_for_tests_may_lie_among_the_fixtures(project: Path) -> None:
    (project / "tests" / "fixtures").mkdir(parents=True)
    (project / "tests" / "fixtures" / "test-only.pem").write_text(f"{BEGIN}\nMHc\n")
    assert list(check.private_keys(project)) == []


def test_a_list_that_names_what_is_not_there_is_found(project: Path) -> None:
    (project / "models" / "__init__.py").unlink()
    assert any("no package" in finding for finding in check.packages(project))


def test_no_other_distribution_owns_the_name_of_a_room() -> None:
    owners = packages_distributions()
    strangers = {room: set(owners.get(room, ())) - {"trinh-ky"} for room in ROOMS}
    assert {room: names for room, names in strangers.items() if names} == {}


def _entrypoints() -> list[str]:
    scripts = [target.replace(":", ".") for target in SETTINGS["project"]["scripts"].values()]
    deployments = ROOT / "prefect.yaml"
    text = deployments.read_text(encoding="utf-8") if deployments.exists() else ""
    return scripts + re.findall(r"^\s*entrypoint:\s*\"?([\w.]+)", text, re.MULTILINE)


@pytest.mark.parametrize("entrypoint", _entrypoints())
def test_every_entrypoint_names_a_function_that_is_there(entrypoint: str) -> None:
    module, _, name = entrypoint.rpartition(".")
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    assert name in {node.name for node in tree.body if isinstance(node, functions)}


def test_the_room_of_the_database_is_the_only_one_that_makes_tables() -> None:
    """`create_all` would make tables that no migration knows."""
    made = [
        path
        for path in check.files_of(ROOT)
        if path.suffix == ".py"
        and path.parts[0] in ROOMS
        and "create_all(" in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert made == []
