"""The environment of a project's own templates: they reach nothing, and they end.

A template is a program. One that came with a cloned project must neither reach the
machine nor keep it busy, so where a project brings templates, all of its pages are
filled by this environment:

- A name that begins with an underscore is not there. What may be called is a macro,
  the functions that a page is given, and `range`, `namespace`, `loop`, `super`: no
  method of a value.
- Text, numbers and dates are printed, other values refused: the text of an object says
  where it lies in memory, and that of nested lists can be longer than any page.
- Filters are those of `FILTERS`; escaping cannot be switched off.
- A page has `SECONDS`, and `SIZE_LIMIT` characters that it or a step on the way to it
  may hold. Steps of loops, calls and included templates look at the clock. What stands
  between two looks is bounded too: numbers by `BIT_LIMIT`, lists by `ITEM_LIMIT`, texts
  by what is left of the page's size.

Limits are counted while a template runs, by calls that are put into its syntax tree
before it is compiled. So a build without such templates pays nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from types import FunctionType, MethodType
from typing import Any, TypeVar, cast

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.filters import make_attrgetter
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, pass_context
from jinja2.visitor import NodeTransformer

from generator.core.errors import FigureError

# ruff: noqa: ANN401 - templates hold values of any type

SECONDS = 10.0
"""Time that a page, or a figure on it, may take."""
SIZE_LIMIT = 20_000_000
"""Characters that a page may print, all macros on the way to it counted."""
TEXT_LIMIT = 1_000_000
"""Characters that a filter reads or makes."""
ITEM_LIMIT = 100_000
"""Items of a list that a template makes, those of lists in it counted too."""
RANGE_LIMIT = 100_000
"""Numbers that `range` gives."""
BIT_LIMIT = 1024
"""Binary digits of a whole number."""
COUNT_LIMIT = 10_000
"""The largest number that a filter takes as an argument, such as a length."""
PIECE = 16
"""What a printed piece counts beside its characters."""
FILTERS = (
    "abs", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e",
    "escape", "first", "float", "groupby", "indent", "int", "items", "join", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace",
    "reverse", "round", "select", "selectattr", "sort", "string", "striptags", "sum",
    "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip
"""Filters of Jinja that a project's templates may use."""
PRINTED = (str, int, float, dt.date, type(None))
CALLED = (Macro, LoopContext, BlockReference)

T = TypeVar("T")


class PageLimitError(jinja2.TemplateRuntimeError):
    """A template takes more time or room than a page may."""


class PageTimeError(PageLimitError):
    """A template takes more time than a page may."""


class SlowTemplateError(FigureError):
    """A page takes too long, so that no other is begun before that is mended."""


class Meter:
    """What one page has used of its time and size."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin a page."""
        self.deadline = time.monotonic() + SECONDS
        self.size = 0

    def take_step(self) -> None:
        """Look at the clock.

        Raises:
            PageTimeError: If the page's time is over.
        """
        if time.monotonic() > self.deadline:
            raise PageTimeError(
                f"takes longer than the {SECONDS:g} s that a page may take; print "
                "less, or loop over less"
            )

    def add_size(self, size: int) -> None:
        """Count what is printed.

        Args:
            size: Characters.

        Raises:
            PageLimitError: If the page is too large.
        """
        self.size += size
        if self.size > SIZE_LIMIT:
            raise PageLimitError(
                f"prints more than the {SIZE_LIMIT:,} characters that a page may hold, "
                "all macros counted; print less"
            )


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """An environment in which templates reach nothing and end in bounded time and room.

    Args:
        options: Those of `jinja2.Environment`; `finalize` is taken.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, **options: Any) -> None:
        self.meter = Meter()
        super().__init__(finalize=self.measure_output, **options)
        self.globals = {"range": make_range, "namespace": Namespace}
        self.functions = frozenset(self.globals.values())
        self.filters = {name: self.bound_filter(name) for name in FILTERS}
        self.filters |= {
            COUNTED: pass_context(partial(count_steps, self.meter)),
            WEIGHED: pass_context(require_small),
            PRINTING: pass_context(partial(count_text, self.meter)),
            JOINED: partial(join_texts, self.meter),
            SLICED: pass_context(partial(count_slice, self.meter)),
        }
        del self.tests["callable"]

    def bound_filter(self, name: str) -> Callable[..., Any]:
        """Return a filter of Jinja that refuses what would take long or much room.

        Args:
            name: Its name.
        """
        function = JINJA_FILTERS[name]
        # The mark by which Jinja passes its context or environment first.
        mark = getattr(function, "jinja_pass_arg", None)

        def bounded(*given: Any, **options: Any) -> Any:
            self.meter.take_step()
            first = 0 if mark is None else 1
            values = [
                list(count_steps(self.meter, None, one))
                if isinstance(one, Iterator)
                else one
                for one in given[first:]
            ]
            require_small_arguments(name, values, options)
            if name in COMPARING:
                self.require_short_texts(name, values, options)
            value = function(*given[:first], *values, **options)
            if isinstance(value, str):
                self.meter.add_size(len(value))
            elif isinstance(value, list | tuple | dict):
                self.meter.add_size(len(value) * PIECE)
            elif isinstance(value, int):
                require_small_numbers(name, value, 0)
            return value

        if mark is not None:
            bounded.jinja_pass_arg = mark  # type: ignore[attr-defined]
        return bounded

    def require_short_texts(
        self, name: str, given: Sequence[Any], options: Mapping[str, object]
    ) -> None:
        """Check that a filter which compares items by a part of theirs compares little.

        Args:
            name: Name of the filter.
            given: Its value and arguments.
            options: Its named arguments.

        Raises:
            PageLimitError: If the parts are longer than `TEXT_LIMIT` in all.
        """
        for path in [*given[1:], *options.values()]:
            if isinstance(path, str):
                get_part, size = make_attrgetter(self, path), 0
                for item in given[0]:
                    size += measure_text(get_part(item))
                    if size > TEXT_LIMIT:
                        raise make_text_error(name)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Return the Python of a template, with the calls that count in it."""
        bounded = LimitInserter(self, name).visit(source)
        return super()._generate(bounded, name, filename, defer_init)

    def get_template(
        self,
        *names: Any,
        **options: Any,
    ) -> jinja2.Template:
        """Return a template, at the cost of a step."""
        self.meter.take_step()
        return super().get_template(*names, **options)

    def select_template(
        self,
        *names: Any,
        **options: Any,
    ) -> jinja2.Template:
        """Return the first template that there is, at the cost of a step."""
        self.meter.take_step()
        return super().select_template(*names, **options)

    def measure_output(self, value: T) -> T:
        """Return a value that is printed, its characters counted.

        Args:
            value: What a template prints.

        Raises:
            PageLimitError: If the page is too large.
            SecurityError: If its text is not for a page.
        """
        if isinstance(value, str):
            self.meter.add_size(len(value) + PIECE)
        elif isinstance(value, jinja2.Undefined):
            str(value)  # raises the error that names it
        else:
            require_printable(value)
            self.meter.add_size(PIECE)
        return value

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Return whether a template may read an attribute: no method, nothing private.

        Args:
            obj: The object.
            attr: Name of the attribute.
            value: Its value.
        """
        if not super().is_safe_attribute(obj, attr, value):
            return False
        return not callable(value) or self.is_safe_callable(value)

    def is_safe_callable(self, obj: object) -> bool:
        """Return whether a template may call something: macros and functions of ours.

        Args:
            obj: What would be called.
        """
        if isinstance(obj, MethodType):  # loop.cycle, loop.changed
            return isinstance(obj.__self__, LoopContext)
        if isinstance(obj, FunctionType) and obj not in self.functions:
            return str(obj.__module__).startswith("generator.site.")
        return isinstance(obj, CALLED) or obj in self.functions

    def unsafe_undefined(self, obj: object, attribute: str) -> jinja2.Undefined:
        """Return what raises an error where a template uses it.

        Args:
            obj: An object.
            attribute: Name of its attribute that is not for templates.
        """
        if isinstance(obj, jinja2.Undefined):
            return obj
        return self.undefined(
            f"{type(obj).__name__}.{attribute} is not for a project's own templates, "
            "which call no methods and read nothing private; use a filter",
            name=attribute,
            obj=obj,
            exc=SecurityError,
        )

    def call(
        self, context: Context, function: object, /, *given: Any, **options: Any
    ) -> Any:
        """Return what a function gives, at the cost of a step."""
        self.meter.take_step()
        if not self.is_safe_callable(function):
            raise SecurityError(
                "calls something that is neither a macro nor a function of the page; "
                "write a macro, or a filter"
            )
        if isinstance(function, Macro) and (
            function.catch_varargs or function.catch_kwargs
        ):
            require_small(context, [*given, *options.values()])
        return context.call(function, *given, **options)  # type: ignore[arg-type]

    def call_binop(
        self,
        context: Context,
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Return what an operator gives, unless its result would be large."""
        if type(left) is float or type(right) is float:
            return super().call_binop(context, operator, left, right)
        if isinstance(left, int) and isinstance(right, int):
            require_small_numbers(operator, left, right)
        elif operator == "+":
            require_small(context, [left, right])
            if isinstance(left, str) and isinstance(right, str):
                self.meter.add_size(len(left) + len(right))
        elif isinstance(left, str | list | tuple) or isinstance(
            right, str | list | tuple
        ):
            raise SecurityError(
                f"the operator {operator} is for numbers here; print texts one after "
                "the other, or join them with ~"
            )
        return super().call_binop(context, operator, left, right)


COUNTED, WEIGHED, PRINTING, JOINED, SLICED = (
    "steps counted", "items counted", "text counted", "texts joined", "slice counted"
)  # fmt: skip
"""Filters that `LimitInserter` puts in, whose names no template can write."""


class LimitInserter(NodeTransformer):
    """Puts calls that count into the syntax tree of a template.

    Args:
        environment: The environment that the template is for.
        name: Name of the template.
    """

    def __init__(self, environment: jinja2.Environment, name: str | None) -> None:
        self.environment = environment
        self.name = name

    def apply(self, name: str, node: nodes.Expr, line: int) -> nodes.Filter:
        """Return an expression with one of our filters on it."""
        filtered = nodes.Filter(node, name, [], [], None, None, lineno=line)
        filtered.set_environment(self.environment)
        return filtered

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - named by Jinja
        """Count the steps of a loop."""
        self.generic_visit(node)
        items = cast("nodes.Expr", node.iter)
        node.iter = self.apply(COUNTED, items, node.lineno)
        return node

    def visit_container(self, node: nodes.Literal) -> nodes.Node:
        """Count the items of a list, tuple or dictionary that a template writes."""
        self.generic_visit(node)
        if getattr(node, "ctx", "load") != "load":
            return node
        return self.apply(WEIGHED, node, node.lineno)

    visit_List = visit_Tuple = visit_Dict = visit_container  # noqa: N815

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        """Count the items of a slice, which is a copy."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        return self.apply(SLICED, node, node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Count the characters that `~` makes."""
        self.generic_visit(node)
        joined = nodes.Tuple(node.nodes, "load", lineno=node.lineno)
        return self.apply(JOINED, joined, node.lineno)

    def visit_Output(self, node: nodes.Output) -> Any:  # noqa: N802
        """Count the characters of a template's own text."""
        self.generic_visit(node)
        texts = (one for one in node.nodes if isinstance(one, nodes.TemplateData))
        size = sum(len(one.data) for one in texts)
        if not size:
            return node
        counted = self.apply(PRINTING, nodes.Const(size), node.lineno)
        return [nodes.ExprStmt(counted, lineno=node.lineno), node]

    def visit_EvalContextModifier(self, node: nodes.Node) -> nodes.Node:  # noqa: N802
        """Refuse to switch escaping off."""
        problem = "escaping stays on in every page; remove this"
        raise jinja2.TemplateSyntaxError(problem, node.lineno, self.name)

    visit_ScopedEvalContextModifier = visit_EvalContextModifier  # noqa: N815


def make_range(*numbers: int) -> range:
    """Return the numbers of a range, if they are few.

    Args:
        numbers: What `range` takes.

    Raises:
        PageLimitError: If there are more than `RANGE_LIMIT`.
    """
    values = range(*numbers)
    if values[RANGE_LIMIT:]:
        raise PageLimitError(
            f"a range gives {RANGE_LIMIT:,} numbers at most; name a smaller one"
        )
    return values


def count_steps(
    meter: Meter, _context: Context | None, items: Iterable[T]
) -> Iterator[T]:
    """Yield items, looking at the clock at each.

    Args:
        meter: What the page has used.
        items: What a loop goes through.
    """
    for item in items:
        meter.take_step()
        yield item


def count_text(meter: Meter, _context: Context, size: int) -> None:
    """Count text that stands in a template itself."""
    meter.add_size(size)


def count_slice(meter: Meter, _context: Context, value: T) -> T:
    """Return a slice, its items counted."""
    if isinstance(value, str):
        meter.add_size(len(value))
    elif isinstance(value, list | tuple):
        meter.add_size(len(value) * PIECE)
    return value


def join_texts(meter: Meter, values: tuple[Any, ...]) -> str:
    """Return texts in one, as the operator `~` does.

    Args:
        meter: What the page has used.
        values: Texts and numbers.

    Raises:
        PageLimitError: If the page is too large.
        SecurityError: If a value is no text.
    """
    for value in values:
        require_printable(value)
    text = markup_join(values)
    meter.add_size(len(text))
    return text


def require_printable(value: object) -> None:
    """Raise `SecurityError` unless a value has a text that may stand on a page."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises the error that names it
    if not isinstance(value, PRINTED):
        raise SecurityError(
            f"{type(value).__name__} is no text or number; name one of its parts, or "
            "loop over it"
        )


def require_small(_context: Context | None, value: T) -> T:
    """Return a value that a template made, if it has few items.

    Args:
        value: A list, tuple or dictionary; anything else is one item.

    Raises:
        PageLimitError: If there are more than `ITEM_LIMIT`, those of items counted too,
            as often as they are there: comparing takes as long.
    """
    if next(islice(iterate_items(value), ITEM_LIMIT, None), value) is not value:
        raise PageLimitError(
            f"makes a list of more than {ITEM_LIMIT:,} items, those of lists in it "
            "counted; make smaller ones"
        )
    return value


def iterate_items(value: object) -> Iterator[object]:
    """Yield the items of a list, tuple or dictionary, and those of lists in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            parts: Iterable[object] = chain(one.keys(), one.values())
        elif isinstance(one, list | tuple):
            parts = one
        else:
            continue
        for part in parts:
            yield part
            if isinstance(part, list | tuple | dict):
                waiting.append(part)


def require_small_arguments(
    name: str, given: Sequence[object], options: Mapping[str, object]
) -> None:
    """Check that a filter takes little time and makes no large text.

    Args:
        name: Name of the filter.
        given: Its value and arguments.
        options: Its named arguments.

    Raises:
        PageLimitError: If it might.
    """
    value = given[0] if given else None
    others = [*given[1:], *options.values()]
    size = 0 if name in WITHOUT_TEXT else measure_text(value)
    extent = 1
    for one in others:
        require_small(None, one)
        extent += one if isinstance(one, int) else measure_text(one)
        if isinstance(one, int) and abs(one) > COUNT_LIMIT:
            raise PageLimitError(
                f"the filter {name} takes numbers up to {COUNT_LIMIT:,}; name a "
                "smaller one"
            )
    if name == "tojson" and others:
        raise SecurityError("the filter tojson takes no argument here; remove it")
    if name == "sum" and any(isinstance(one, list | tuple) for one in others):
        raise SecurityError("the filter sum adds numbers here, from a number on")
    if name == "join" and (others[1:] or options.get("attribute")):
        raise SecurityError(
            "the filter join takes no attribute here; put |map(attribute=…) before it"
        )
    if name in PRINTING_FILTERS:
        for part in value if isinstance(value, list | tuple) else [value]:
            require_printable(part)
    if size * (extent if name in REPEATING else 1) > TEXT_LIMIT:
        raise make_text_error(name)


def make_text_error(name: str) -> PageLimitError:
    """Return the error for a filter that would take or make a long text."""
    return PageLimitError(
        f"the filter {name} takes or makes more than {TEXT_LIMIT:,} characters; "
        "give it less"
    )


COMPARING = frozenset({"groupby", "max", "min", "sort", "unique"})
"""Filters that compare items, or a part of each that an argument names."""


REPEATING = frozenset({"indent", "join", "replace"})
"""Filters whose arguments can stand in their result once for each character."""
PRINTING_FILTERS = frozenset(
    {
        "capitalize", "center", "e", "escape", "indent", "join", "lower", "replace",
        "string", "striptags", "title", "trim", "truncate", "upper", "wordcount",
    }
)  # fmt: skip
"""Filters that make a text of any value."""
WITHOUT_TEXT = frozenset(
    {
        "batch", "count", "d", "default", "first", "items", "last", "length", "list",
        "map", "reject", "rejectattr", "reverse", "select", "selectattr",
    }
)  # fmt: skip
"""Filters that take no look at texts."""


def measure_text(value: object) -> int:
    """Return the characters of a text, or of all texts in a list and lists in it."""
    if isinstance(value, str):
        return len(value)
    size = 0
    for one in iterate_items(value):
        size += len(one) if isinstance(one, str) else 1
        if size > TEXT_LIMIT:
            break
    return size


def require_small_numbers(operator: str, left: int, right: int) -> None:
    """Check that an operator on whole numbers gives no long one.

    Args:
        operator: The operator.
        left: The number before it.
        right: The number after it.

    Raises:
        PageLimitError: If the result may have more than `BIT_LIMIT` binary digits.
    """
    bits = left.bit_length() + right.bit_length()
    if operator == "**":
        bits = max(bits, left.bit_length() * abs(right))
    if bits > BIT_LIMIT:
        raise PageLimitError(
            f"the operator {operator} gives a number of more than {BIT_LIMIT:,} binary "
            "digits; use smaller ones"
        )
