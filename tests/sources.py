"""Our own source files as syntax trees, for tests of what the code may say and do."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "adapters", "rules", "scheduler", "storage")


def files_of(*folders: str) -> list[Path]:
    """Every module in these folders of the checkout."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def nodes_of(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module, each with where it stands."""
    for path in files_of(*folders):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", node
