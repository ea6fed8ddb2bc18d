"""What the program notes on timelines and in its audit trail, read from its code."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import erp
from erp.fulfilment.lifecycle import (
    PurchaseStatus,
    ReturnStatus,
)

PACKAGE = Path(erp.__file__).parent


def _trees() -> Iterator[ast.AST]:
    for path in PACKAGE.rglob("*.py"):
        yield ast.parse(path.read_text("utf-8"))


def noted_kinds() -> Iterator[str]:
    """What is noted on timelines: literal kinds, and families by status."""
    families: dict[str, type[StrEnum]] = {
        "purchase_": PurchaseStatus,
        "return_": ReturnStatus,
    }
    for call in _calls("note", "_event"):
        for argument in call.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
    for text in _family_texts():
        yield from (f"{text}{each}" for each in families.get(text, ()))
    yield from _kinds_in_rows()


def _kinds_in_rows() -> Iterator[str]:
    """The fast path of the intake writes events as rows."""
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                row = {ast.unparse(key): value for key, value in _items(node)}
                kind = row.get("'kind'")
                if "'facts'" in row and isinstance(kind, ast.Constant):
                    yield str(kind.value)


def _items(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    pairs = zip(node.keys, node.values, strict=True)
    return ((key, value) for key, value in pairs if key is not None)


def _family_texts() -> Iterator[str]:
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
                start = node.values[0]
                if isinstance(start, ast.Constant):
                    yield str(start.value)


def audited_actions() -> Iterator[str]:
    for call in _calls("note"):
        for given in call.keywords:
            if given.arg == "action" and isinstance(given.value, ast.Constant):
                yield str(given.value.value)


def _calls(*names: str) -> Iterator[ast.Call]:
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield node
