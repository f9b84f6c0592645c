"""The process that runs a brought function: it answers with numbers and nothing else.

It sees its own files alone, in a folder made for it, and imports nothing from where the
project lies. What the function prints goes to a file. Every call is a message of JSON,
every answer a line of JSON and then numbers as bytes, so that neither side can send the
other an object.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

OUTPUT = ".output"
"""What the function prints, in its folder."""
Functions = Mapping[str, Callable[..., Any]]


class AnswerError(Exception):
    """A function gave what it may not; the message is for its author."""


def run_functions(pipe: Connection, order: bytes) -> None:
    """Answer calls until the pipe is closed.

    Args:
        pipe: Where calls come from and answers go.
        order: JSON with `folder`, `file` and `functions`: names by their part.
    """
    settings = json.loads(order)
    folder = Path(settings["folder"])
    _leave_session(folder)
    before = set(sys.modules)
    with _answering(pipe, folder) as answer:
        functions = _import_functions(folder, settings["file"], settings["functions"])
        answer({"versions": _find_versions(set(sys.modules) - before)}, ())
    while True:
        try:
            call = json.loads(pipe.recv_bytes())
        except EOFError:
            return
        with _answering(pipe, folder) as answer:
            answer(*_ask(functions, call))


def _leave_session(folder: Path) -> None:
    """Begin a session of one's own in the folder, printing to a file of it."""
    if hasattr(os, "setsid"):
        os.setsid()  # so that what the function starts ends with it
    output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, output), (2, output)):
        os.dup2(target, number)
    os.chdir(folder)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - the function's own generator, if it uses this one
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """End this process, whatever it is at, soon after its parent has ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


@contextlib.contextmanager
def _answering(pipe: Connection, folder: Path) -> Iterator[Callable[..., None]]:
    """Give what sends an answer; an error inside is sent in its place."""

    def answer(head: Mapping[str, Any], arrays: tuple[Any, ...]) -> None:
        parts = [np.ascontiguousarray(one, np.float64) for one in arrays]
        shapes = {"shapes": [list(one.shape) for one in parts]}
        line = json.dumps({**head, **shapes}).encode()
        pipe.send_bytes(b"\n".join([line, b"".join(one.tobytes() for one in parts)]))

    try:
        yield answer
    except AnswerError as error:
        answer({"error": str(error)}, ())
    except BrokenPipeError:
        raise
    except BaseException as error:  # noqa: BLE001 - exits are the author's mistake too
        answer({"error": _format_error(error), "place": _find_place(error, folder)}, ())


def _format_error(error: BaseException) -> str:
    """Format what was raised in a line."""
    if isinstance(error, SystemExit):
        return "left the program by exit()"
    text = " ".join(str(error).split())
    if isinstance(error, FileNotFoundError | ModuleNotFoundError):
        text += "; what the function reads or imports is named under files:"
    return f"raised {type(error).__name__}{f': {text}' if text else ''}"


def _find_place(error: BaseException, folder: Path) -> str:
    """Return the last line of the author's files that an error passed, or ""."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(traceback.FrameSummary(error.filename, error.lineno or 1, ""))
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.is_relative_to(folder):
            return f"{path.relative_to(folder).as_posix()}:{frame.lineno}"
    return ""


def _import_functions(
    folder: Path, file: str, names: Mapping[str, str]
) -> dict[str, Callable[..., Any]]:
    """Import a file and return functions of it by their part."""
    sys.path.insert(0, str(folder))
    sys.argv = [file]
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("brought_model", folder / file)
    assert spec is not None  # noqa: S101 - for mypy: the name ends in .py
    assert spec.loader is not None  # noqa: S101 - for mypy
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {part: _find_function(module, name) for part, name in names.items()}


def _find_function(module: ModuleType, name: str) -> Callable[..., Any]:
    found = getattr(module, name, None)
    if callable(found):
        return found  # type: ignore[no-any-return]
    own = (key for key, value in vars(module).items() if callable(value))
    known = ", ".join(sorted(key for key in own if not key.startswith("_"))[:20])
    problem = "is no function" if hasattr(module, name) else "is not in it"
    raise AnswerError(f"{name!r} {problem}; it has: {known or 'no function'}")


def _find_versions(modules: set[str]) -> dict[str, str]:
    """Return the versions of installed packages that modules belong to, by name."""
    known = importlib.metadata.packages_distributions()
    tops = {module.partition(".")[0] for module in modules}
    names = {name for top in tops & known.keys() for name in known[top]}
    return {name: importlib.metadata.version(name) for name in sorted(names)}


def _ask(
    functions: Functions, call: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return what a function answers to the texts of a call."""
    part, texts = call["part"], call["texts"]
    given = functions[part](*_make_arguments(call))
    if part == "tokenize":
        return {"tokens": _check_tokens(given)}, ()
    if part == "predict":
        return {}, (_make_array(given, (len(texts), None)),)
    if not isinstance(given, list | tuple | np.ndarray) or len(given) != len(texts):
        count = len(given) if hasattr(given, "__len__") else 1
        raise AnswerError(
            f"gave {count} arrays for {len(texts)} texts; expected one for each"
        )
    dimensions = (None,) if part == "attention" else (None, None)
    return {}, tuple(_make_array(one, dimensions) for one in given)


def _make_arguments(call: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the arguments of a call: texts, and what gradients need beside them."""
    if call["part"] == "tokenize":
        return tuple(call["texts"])  # one text
    return (call["texts"], *([call["labels"]] if "labels" in call else []))


def _check_tokens(given: object) -> list[str]:
    """Check that a tokenizer gave texts."""
    found = list(given) if isinstance(given, list | tuple) else None
    if found is None or not all(isinstance(one, str) for one in found):
        raise AnswerError("must give a list of str: the parts of the text in order")
    return found


def _make_array(given: object, shape: tuple[int | None, ...]) -> Any:  # noqa: ANN401 - an array
    """Return what a function gave as an array of numbers.

    Raises:
        AnswerError: It is none, or of another shape.
    """
    try:
        array = np.asarray(given, np.float64)
    except (TypeError, ValueError) as error:
        wanted = "an array of numbers"
        raise AnswerError(f"must give {wanted}, got {type(given).__name__}") from error
    fits = array.ndim == len(shape) and all(
        want in {None, have} for want, have in zip(shape, array.shape, strict=False)
    )
    if not fits:
        want = " by ".join("any" if one is None else str(one) for one in shape)
        have = " by ".join(map(str, array.shape)) or "a single number"
        raise AnswerError(f"gave an array of {have}; expected {want}")
    return array
