"""Every route of Stripe's API v1, read from the SDK's service modules.

A service method names its verb, its path and the type of its parameters; that is all a server
needs to tell an invented call from a real one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import stripe

_PARAMETER_TYPE = re.compile(r"\w+Params")
_PLACE = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One call that Stripe takes.

    Args:
        verb: in lower case.
        template: the path, with ``{}`` where an id stands.
        parameters: module and name of the SDK's type of its parameters; None where it takes none.
    """

    verb: str
    template: str
    parameters: tuple[str, str] | None

    @property
    def key(self) -> tuple[str, str]:
        return self.verb, self.template


@dataclass(frozen=True, slots=True)
class Match:
    """A route that fits a request, and the ids in its path, in order."""

    route: Route
    ids: tuple[str, ...]


@cache
def routes() -> tuple[Route, ...]:
    """Every v1 route of the installed SDK; takes half a second, once per process."""
    root = Path(stripe.__path__[0])
    found = {
        route.key: route for path in sorted(root.rglob("_*_service.py")) for route in _in(path)
    }
    return tuple(found.values())


@cache
def _by_length() -> dict[tuple[str, int], list[tuple[Route, list[str]]]]:
    table: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
    for route in routes():
        parts = route.template.split("/")
        table.setdefault((route.verb, len(parts)), []).append((route, parts))
    for fitting in table.values():  # the more literal a route, the sooner it is tried
        fitting.sort(key=lambda each: each[1].count("{}"))
    return table


def match(verb: str, path: str) -> Match | None:
    """The route of a request, or None where Stripe has none.

    Args:
        verb: in lower case.
        path: without query, for example ``/v1/invoices/in_1/pay``.

    Returns:
        The most literal route that fits: ``/v1/invoices/upcoming`` wins over ``/v1/invoices/{}``.
    """
    asked = path.split("/")
    for route, parts in _by_length().get((verb, len(asked)), ()):
        if all(
            part in ("{}", word) and word for part, word in zip(parts[1:], asked[1:], strict=True)
        ):
            ids = (word for part, word in zip(parts, asked, strict=True) if part == "{}")
            return Match(route, tuple(ids))
    return None


def _in(path: Path) -> Iterator[Route]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported: dict[str, str] = {}
    for node in tree.body:
        for each in node.body if isinstance(node, ast.If) else [node]:
            if isinstance(each, ast.ImportFrom):
                imported |= {alias.name: str(each.module) for alias in each.names}
    for service in tree.body:
        for method in service.body if isinstance(service, ast.ClassDef) else []:
            if isinstance(method, ast.FunctionDef):
                yield from _of_method(method, imported)


def _of_method(method: ast.FunctionDef, imported: dict[str, str]) -> Iterator[Route]:
    annotations = {each.arg: each.annotation for each in method.args.args}
    for call in ast.walk(method.body[-1]):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr in {"_request", "_request_stream"}:
            template = _template(call.args[1])
            if template.startswith("/v1/"):
                name = _type_name(annotations.get("params"))
                parameters = (imported[name], name) if name else None
                yield Route(ast.literal_eval(call.args[0]), template, parameters)


def _template(path: ast.expr) -> str:
    """The path of a call: a plain text, or ``"...".format(...)``."""
    if isinstance(path, ast.Call) and isinstance(path.func, ast.Attribute):
        path = path.func.value
    return _PLACE.sub("{}", str(ast.literal_eval(path)))


def _type_name(annotation: ast.expr | None) -> str | None:
    found = _PARAMETER_TYPE.search(ast.unparse(annotation)) if annotation else None
    return found.group() if found else None
