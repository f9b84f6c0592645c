"""Small mistakes that a test should notice, each a change of one place of a source.

A place is a node of the syntax tree; the rest of the file stays as it is written. Left
out is what no behaviour follows from: docstrings, annotations, messages of errors,
assertions (`strict=True` of zip is one), decorators, numbers of versions, and changes
that by their form alone change no value (`is_equivalent`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Change = tuple[Any, str, str]
"""A node, the kind of its change, and the source that then stands there."""
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
EXCHANGED = {
    "min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil",
    "minimum": "maximum", "maximum": "minimum", "argmax": "argmin", "argmin": "argmax",
    "ceil": "floor",
}  # fmt: skip
DROPPED = {"abs", "sorted", "reversed", "round", "strip", "lower", "cumsum"}
"""Functions of one argument, or methods of none, that are left out."""
ARGUMENTS = {"axis", "key", "ddof", "keepdims", "kind", "reverse", "default"}
"""Keyword arguments that are left out, so that the default holds."""
SIZE = 10
"""Whole numbers from here on are sizes, of which one more is no mistake to be seen:
they are doubled, as fractions are."""
SILENT = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.JoinedStr)
UNTYPED = {"annotation", "returns", "decorator_list"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: `text` stands where the bytes `start` to `end` did."""

    line: int
    kind: str
    start: int
    end: int
    before: str
    text: str

    def apply(self, source: str) -> str:
        """Return the source with the change."""
        data = source.encode()
        return (data[: self.start] + self.text.encode() + data[self.end :]).decode()


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a source."""
    data = source.encode()
    offsets = [0]
    for line in data.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    found = []
    for visited in visible(ast.parse(source)):
        for node, kind, text in changes(visited):
            if is_equivalent(node, kind):
                continue
            start = offsets[node.lineno - 1] + node.col_offset
            end = offsets[node.end_lineno - 1] + node.end_col_offset
            before = data[start:end].decode()
            found.append(Mutant(node.lineno, kind, start, end, before, text))
    return found


def visible(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes from which a behaviour follows."""
    for name, value in ast.iter_fields(node):
        if name in UNTYPED or (name == "target" and isinstance(node, ast.AnnAssign)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_silent(child):
                yield child
                yield from visible(child)


def is_silent(node: ast.AST) -> bool:
    """Whether a statement is a message, a docstring, a version or the name of a type.

    A type is named where something with brackets is given to a capitalised name.
    """
    match node:
        case ast.Expr(value=value):
            return isinstance(value, ast.Constant)
        case ast.keyword(arg="strict", value=ast.Constant(value=True)):
            return True
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    name = str(getattr(targets[0], "id", ""))
    value = getattr(node, "value", None)
    alias = isinstance(node, ast.Assign) and isinstance(value, ast.Subscript)
    return isinstance(node, SILENT) or name == "version" or (alias and name.istitle())


def is_equivalent(node: Any, kind: str) -> bool:
    """Whether a change of this kind leaves every value as it is, whatever is computed.

    A draw from an interval is equal to its limit with probability 0; of two equal
    numbers it is the same which is taken; and nothing is run for a checker of types.
    """
    match node:
        case ast.Compare(left=ast.Call(func=ast.Attribute(attr="random"))):
            return isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
        case ast.Name(id="TYPE_CHECKING"):
            return kind == "negation"
    return False


def changes(node: Any) -> Iterator[Change]:  # noqa: C901, PLR0912 - one branch an operator
    """Yield what can be changed of a node."""
    match node:
        case ast.Compare(ops=[first, *rest]):
            new = [COMPARISONS[type(first)](), *rest]
            yield node, "comparison", written(node, ops=new)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield node, "boolean", written(node, op=other)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in ARITHMETIC:
            if not any(map(is_sequence, (left, right))):
                yield node, "arithmetic", written(node, op=ARITHMETIC[type(op)]())
        case ast.AugAssign(op=op, value=value) if type(op) in ARITHMETIC:
            new = ast.AugAssign(node.target, ARITHMETIC[type(op)](), value)
            yield node, "arithmetic", ast.unparse(new)
        case ast.Constant(value=bool() as value):
            yield node, "constant", repr(not value)
        case ast.Constant(value=int() as value):
            yield node, "constant", repr(value + 1 if value < SIZE else value * 2)
        case ast.Constant(value=float() as value):
            tolerance = abs(value) < 0.01
            yield node, "constant", repr(value * (100 if tolerance else 2) or 1.0)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield node, "negation", f"({ast.unparse(operand)})"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield from negated(test)
        case ast.comprehension(ifs=tests):
            for test in tests:
                yield from negated(test)
        case ast.Call():
            yield from called(node)


def negated(test: ast.expr) -> Iterator[Change]:
    """Negate a condition that no other operator changes."""
    if not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield test, "negation", f"(not {ast.unparse(test)})"


def called(node: ast.Call) -> Iterator[Change]:
    """Call something else, nothing, or with an argument less."""
    function, arguments = node.func, node.args
    name = str(getattr(function, "attr", getattr(function, "id", "")))
    whole = ast.unparse(function)
    if name in EXCHANGED:
        other = ast.Name(whole.removesuffix(name) + EXCHANGED[name])
        yield node, "call", written(node, func=other)
    elif name in DROPPED and len(arguments) == 1:
        yield node, "call", f"({ast.unparse(arguments[0])})"
    elif name in DROPPED and not arguments and isinstance(function, ast.Attribute):
        yield node, "call", f"({ast.unparse(function.value)})"
    for at, keyword in enumerate(node.keywords):
        if keyword.arg in ARGUMENTS:
            rest = node.keywords[:at] + node.keywords[at + 1 :]
            yield node, "argument", written(node, keywords=rest)


def written(node: Any, **changed: object) -> str:
    """Return a node as source, in brackets, with some of its fields changed."""
    fields = {name: getattr(node, name) for name in node._fields}
    return f"({ast.unparse(type(node)(**fields | changed))})"


def is_sequence(node: ast.AST) -> bool:
    """Whether a side of a sum is text or a sequence, which only adds."""
    text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    return text or isinstance(node, (ast.JoinedStr, ast.List, ast.Tuple, ast.Set))
