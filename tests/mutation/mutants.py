"""Small wrong versions of a module's functions, one change each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, NoneType
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong version of one function.

    Attributes:
        function: its qualified name in the module.
        line: of the change.
        was: the statement as it stands.
        becomes: what it is changed to.
        code: of the whole function.
    """

    function: str
    line: int
    was: str
    becomes: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.function}: {self.was}  →  {self.becomes}"


def mutants_of(source: str, name: str) -> Iterator[Mutant]:
    """Yield every mutant of every function of a module."""
    tree = ast.parse(source)
    for path, function in _functions(tree, ()):
        for index, statement in enumerate(_statements(function)):
            for changed in _changes(statement):
                wrong = copy.deepcopy(tree)
                place = _statements(_at(wrong, path))[index]
                was = _first_line(place)
                _replace(_at(wrong, path), place, changed)
                ast.fix_missing_locations(wrong)
                try:
                    code = _code(compile(wrong, name, "exec"), path)
                except SyntaxError:
                    continue
                becomes = _first_line(changed)
                yield Mutant(".".join(path), statement.lineno, was, becomes, code)


def _functions(
    tree: ast.AST, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef]]:
    """Yield functions and methods; those inside a function belong to it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, (*path, node.name))
        elif isinstance(node, ast.FunctionDef):
            yield (*path, node.name), node


def _at(tree: ast.Module, path: tuple[str, ...]) -> ast.FunctionDef:
    return next(function for found, function in _functions(tree, ()) if found == path)


def _statements(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return all statements in a fixed order, without docstrings and assertions."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    return [
        node
        for node in found[1:]
        if not isinstance(node, ast.Assert)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def _replace(function: ast.FunctionDef, old: ast.stmt, new: ast.stmt) -> None:
    for parent in ast.walk(function):
        for _, field in ast.iter_fields(parent):
            if isinstance(field, list) and old in field:
                field[field.index(old)] = new


def _changes(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield wrong versions of a statement; what stands inside its blocks has its own turn."""
    if not isinstance(statement, (*_FUNCTIONS, ast.Return, ast.Pass)):
        yield ast.copy_location(ast.Pass(), statement)
    if isinstance(statement, ast.Return) and not isinstance(
        statement.value, NoneType | ast.Constant
    ):
        yield ast.copy_location(ast.Return(ast.Constant(None)), statement)
    count = len(list(_expressions(statement)))
    for index in range(count):
        for number in range(_ways(list(_expressions(statement))[index])):
            wrong = copy.deepcopy(statement)
            node = list(_expressions(wrong))[index]
            yield _put(wrong, node, _wrong(node, number))


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of a statement itself; annotations have no effect."""
    for name, field in ast.iter_fields(statement):
        if name in {"body", "orelse", "handlers", "finalbody", "annotation", "returns", "args"}:
            continue
        for each in field if isinstance(field, list) else [field]:
            if isinstance(each, ast.AST):
                asserted = set(_asserted(each))
                yield from (
                    node
                    for node in ast.walk(each)
                    if isinstance(node, ast.expr) and id(node) not in asserted
                )


def _asserted(inside: ast.AST) -> Iterator[int]:
    """Yield what only asserts: that two sequences are of one length says nothing of its own."""
    for node in ast.walk(inside):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "zip":
            yield from (id(each.value) for each in node.keywords if each.arg == "strict")


def _ways(node: ast.expr) -> int:  # noqa: PLR0911 - a table of shapes
    """Return in how many ways an expression can be wrong."""
    match node:
        case ast.Compare(ops=[op]):
            return len(_COMPARISONS[type(op)])
        case ast.Compare(ops=ops):
            return len(ops)
        case ast.Constant(value=bool()):
            return 1
        case ast.Constant(value=int()):
            return 2
        case ast.BoolOp():
            return 1 + len(node.values)
        case ast.BinOp(op=op):
            return int(type(op) in _OPERATORS)
        case ast.IfExp():
            return 2
        case ast.UnaryOp():
            return 1
        case ast.Call(func=ast.Name(id=name)):
            return int(name in _CALLS)
        case _:
            return 0


def _wrong(node: ast.expr, number: int) -> ast.expr:  # noqa: C901 - a table of shapes
    new = copy.deepcopy(node)
    match new:
        case ast.Compare(ops=[op]):
            new.ops = [_COMPARISONS[type(op)][number]()]
        case ast.Compare(ops=ops):
            new.ops[number] = _COMPARISONS[type(ops[number])][0]()
        case ast.Constant(value=bool(value)):
            new.value = not value
        case ast.Constant(value=int(value)):
            new.value = value + (1, -1)[number]
        case ast.BoolOp(op=op, values=values):
            if number:
                del values[number - 1]
                return values[0] if len(values) == 1 else new
            new.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case ast.BinOp(op=op):
            new.op = _OPERATORS[type(op)]()
        case ast.IfExp(body=body, orelse=other):
            return (body, other)[number]
        case ast.UnaryOp(operand=operand):
            return operand
        case ast.Call(func=ast.Name(id=name)):
            new.func = ast.Name(_CALLS[name], ast.Load())
    return new


def _put(statement: ast.stmt, old: ast.expr, new: ast.expr) -> ast.stmt:
    for parent in ast.walk(statement):
        for name, field in ast.iter_fields(parent):
            if field is old:
                setattr(parent, name, new)
            elif isinstance(field, list) and any(each is old for each in field):
                field[next(n for n, each in enumerate(field) if each is old)] = new
    return statement


def _code(module: CodeType, path: tuple[str, ...]) -> CodeType:
    """Return the code of a function inside the code of its module."""
    found = module
    for name in path:
        found = next(
            each for each in found.co_consts if isinstance(each, CodeType) and each.co_name == name
        )
    return found


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).split("\n")[0]
