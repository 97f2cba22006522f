"""The page on the architecture names every module of actions by what it says of itself."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_module_of_actions_stands_on_the_page_with_its_own_words() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = [one for one in (ROOT / "actions").glob("*.py") if one.name != "__init__.py"]
    for module in modules:
        said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
        first = " ".join(said.partition("\n\n")[0].split())
        assert f"- `{module.stem}`: {first}\n" in page
    assert page.count("\n- `") == len(modules)
