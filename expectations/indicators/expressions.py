"""Expressions over figures and cells: `granted_count + requests.denied_state_secret.total ** 2`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Final

from ingest.errors import NianbaoError

_OPERATORS: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_SQUARE: Final = 2


class ExpressionError(NianbaoError, ValueError):
    """An expression uses more than + - *, squares, figures and cells."""


def parse_expression(text: str) -> ast.expr:
    """The tree of an expression. Raises ExpressionError for anything but + - *, squares, names and table.row.column."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"{text!r} is no expression: {error.msg}") from error
    write_expression(tree, str)
    return tree


def list_operands(tree: ast.expr) -> Iterator[str]:
    """The figures (`granted_count`) and cells (`requests.granted.total`) that an expression names, in order."""
    found: list[str] = []

    def keep(name: str) -> str:
        found.append(name)
        return name

    write_expression(tree, keep)
    yield from found


def write_expression(tree: ast.expr, name_operand: Callable[[str], str]) -> str:
    """The expression as SQL text, in which `name_operand` says what stands for a figure or cell."""
    match tree:
        case ast.Name() | ast.Attribute():
            return name_operand(ast.unparse(tree))
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=exponent)) if exponent == _SQUARE:
            base = write_expression(left, name_operand)
            base = f"({base})" if isinstance(left, ast.BinOp) and not base.startswith("(") else base
            return f"{base} * {base}"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            written = [write_expression(side, name_operand) for side in (left, right)]
            if isinstance(right, ast.BinOp) and isinstance(op, (ast.Mult, ast.Sub)):
                written[1] = f"({written[1]})"
            if isinstance(left, ast.BinOp) and isinstance(op, ast.Mult):
                written[0] = f"({written[0]})"
            return f"{written[0]} {_OPERATORS[type(op)]} {written[1]}"
        case _:
            raise ExpressionError(f"{ast.unparse(tree)!r}: only + - *, squares, figures and cells are allowed")
