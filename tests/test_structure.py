"""What a reader may rely on in our sources: features know no platform, and importing declares and does nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import ROOT, files_of

FEATURES = files_of("bot/features")
PLATFORMS = re.compile(r"telegram|discord|slack|matrix|wechat|\blocal\b(?!_)", re.IGNORECASE)
# The course's own words: a local date, a local time, the member's local anything.
OUR_WORDS = re.compile(r"local[_ ](date|time|calendar|day)", re.IGNORECASE)
DECLARING = {
    "compile", "frozenset", "timedelta", "time", "range", "tuple", "enumerate", "items", "map", "fromkeys", "Text",
    "select", "where", "order_by", "bindparam", "among", "is_", "is_not",
    "in_", "not_in", "limit", "join", "join_from", "outerjoin",
    "text", "length", "desc", "with_for_update", "insert", "update", "delete", "values", "returning", "and_", "or_",
    "alias", "count", "sum", "min", "max", "coalesce", "group_by", "label", "literal", "between", "correlate", "exists",
    "scalar_subquery", "same_person", "same_persons", "by_person", "person_of", "is_of", "counts_once", "distinct",
    "false", "get_args", "add_columns",
}  # fmt: skip
"""What may be called while a feature is imported: it makes a value out of what stands there."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FEATURES, ids=name_of)
def test_no_feature_names_a_platform(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    found = [f"{path.name}:{number}: {line}" for number, line in lines if PLATFORMS.search(OUR_WORDS.sub("", line))]
    assert found == []


@pytest.mark.parametrize("path", FEATURES, ids=name_of)
def test_importing_a_feature_only_declares(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    done = [f"{path.name}:{part.lineno}: {ast.unparse(part)[:80]}" for part in work_in(module)]
    assert done == []


def work_in(module: ast.Module) -> Iterator[ast.stmt]:
    """The statements at the top of a module that do more than declare."""
    for statement in module.body:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
                pass
            case ast.Expr(value=ast.Constant()):  # a docstring
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="feature")))):  # feature.fact(…)
                pass
            case ast.Assign() | ast.AnnAssign() if all(map(is_declaring, calls_in(statement))):
                pass
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case _:
                yield statement


def calls_in(node: ast.AST) -> list[ast.Call]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Call)]


def is_declaring(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in DECLARING or name[:1].isupper()


def test_every_module_says_what_it_is_for() -> None:
    ours = files_of("bot", "adapters", "rules", "scheduler", "storage", "tests")
    silent = [
        name_of(path)
        for path in ours
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
