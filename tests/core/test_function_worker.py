"""What the process of a brought function answers, here in a thread of this one."""

from __future__ import annotations

import json
import multiprocessing
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core import function_worker

SOURCE = """
import numpy as np
name = "none"
_hidden = len
answers = {answers}
def predict(texts, *more):
    answer = answers[texts[0]]
    if isinstance(answer, BaseException):
        raise answer
    return [*answer, *more] if isinstance(answer, list) and more else answer
def tokenize(text):
    return answers[text]
"""
ANSWERS = """{
    "two": [[0.5, 0.5], [1, 0]], "one": [0.5], "text": ["a"], "more": [[1, 2], [3, 4]],
    "tuple": ("a", "b"), "mixed": ["a", 1], "array": np.ones((2, 1, 3)), "number": 3.0,
    "rows": [[1.0, 2.0], [3.0]], "error": ValueError("bad  \\n text"),
    "bare": KeyError(), "exit": SystemExit(), "three": np.ones((2, 3, 4)),
}"""
Ask = Callable[..., tuple[dict[str, Any], list[Any]]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ask]:
    """Start a worker of a source; its first answer is to nothing."""
    monkeypatch.setattr(function_worker, "_leave_session", lambda _folder: None)
    known = {"wanted": ["Wanted", "Also"], "json": ["Json"]}
    packages = function_worker.importlib.metadata
    monkeypatch.setattr(packages, "packages_distributions", lambda: known)
    monkeypatch.setattr(packages, "version", lambda name: f"{name} 1")
    for name, value in (
        ("path", [*sys.path]),
        ("argv", []),
        ("modules", {**sys.modules}),
    ):
        monkeypatch.setattr(sys, name, value)
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)

    def run(source: str, **functions: str) -> Ask:
        (tmp_path / "model.py").write_text(source)
        pipe, theirs = multiprocessing.Pipe()
        order = {"folder": str(tmp_path), "file": "model.py", "functions": functions}
        given = theirs, json.dumps(order).encode()
        worker = threading.Thread(
            target=function_worker.run_functions, args=given, daemon=True
        )
        worker.start()

        def ask(**call: Any) -> tuple[dict[str, Any], list[Any]]:
            if call:
                pipe.send_bytes(json.dumps(call).encode())
            assert pipe.poll(60)
            line, _, body = pipe.recv_bytes().partition(b"\n")
            head, at, arrays = json.loads(line), 0, []
            for shape in head.pop("shapes"):
                size = int(np.prod(shape))
                arrays.append(np.frombuffer(body, np.float64, size, at).reshape(shape))
                at += 8 * size
            assert at == len(body)
            return head, arrays

        return ask

    return run


@pytest.fixture
def ask(start: Callable[..., Ask]) -> Ask:
    """A worker with two functions under four names."""
    names = dict.fromkeys(("predict", "attention", "gradients"), "predict")
    asked = start(SOURCE.replace("{answers}", ANSWERS), tokenize="tokenize", **names)
    head, arrays = asked()
    assert (set(head), arrays) == ({"versions"}, [])
    return asked


@pytest.mark.parametrize(
    ("part", "texts", "arrays"),
    [
        ("predict", ["two", "b"], [[[0.5, 0.5], [1, 0]]]),
        ("attention", ["more", "b"], [[1, 2], [3, 4]]),
        ("gradients", ["array", "b"], [[[1, 1, 1]], [[1, 1, 1]]]),
    ],
)
def test_numbers_are_answered_as_arrays(
    part: str, texts: list[str], arrays: list[Any], ask: Ask
) -> None:
    """One for all texts, or one for each."""
    head, found = ask(part=part, texts=texts)
    assert head == {}
    assert [one.tolist() for one in found] == arrays


def test_gradients_are_asked_with_labels(ask: Ask) -> None:
    """As a second argument, where the call has some."""
    head, _ = ask(part="attention", texts=["one", "b"])
    assert head["error"] == "gave 1 arrays for 2 texts; expected one for each"
    head, found = ask(part="attention", texts=["more", "b", "c"], labels=[5])
    assert head == {}
    assert [one.tolist() for one in found] == [[1, 2], [3, 4], [5]]


def test_parts_of_a_text_are_text(ask: Ask) -> None:
    """A list or a tuple of them."""
    assert ask(part="tokenize", texts=["text"]) == ({"tokens": ["a"]}, [])
    assert ask(part="tokenize", texts=["tuple"]) == ({"tokens": ["a", "b"]}, [])
    for wrong in ("mixed", "number"):
        head, _ = ask(part="tokenize", texts=[wrong])
        assert head["error"].startswith("must give a list of str")


@pytest.mark.parametrize(
    ("part", "text", "error"),
    [
        ("predict", "one", "gave an array of 1; expected 1 by any"),
        ("predict", "two", "gave an array of 2 by 2; expected 1 by any"),
        ("predict", "number", "gave an array of a single number; expected 1 by any"),
        ("predict", "text", "must give an array of numbers, got list"),
        ("predict", "rows", "must give an array of numbers, got list"),
        ("predict", "three", "gave an array of 2 by 3 by 4; expected 1 by any"),
        ("attention", "number", "gave 1 arrays for 1 texts; expected one for each"),
        ("attention", "two", "gave 2 arrays for 1 texts; expected one for each"),
        ("gradients", "one", "gave an array of a single number; expected any by any"),
    ],
)
def test_an_answer_of_another_shape_is_named(
    part: str, text: str, error: str, ask: Ask
) -> None:
    """With what was expected; the worker goes on."""
    head, arrays = ask(part=part, texts=[text])
    assert (head, arrays) == ({"error": error}, [])
    assert ask(part="tokenize", texts=["text"])[0] == {"tokens": ["a"]}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("error", "raised ValueError: bad text"),
        ("bare", "raised KeyError"),
        ("exit", "left the program by exit()"),
        ("unknown", "raised KeyError: 'unknown'"),
    ],
)
def test_an_error_has_its_line_of_the_author_s_file(
    text: str, error: str, ask: Ask
) -> None:
    """In a line of text, whatever is in it."""
    head, _ = ask(part="predict", texts=[text])
    lines = SOURCE.replace("{answers}", ANSWERS).splitlines()
    place = "answers[texts[0]]" if text == "unknown" else "raise answer"
    line = next(n for n, one in enumerate(lines, 1) if place in one)
    assert head == {"error": error, "place": f"model.py:{line}"}


@pytest.mark.parametrize(
    ("source", "name", "error", "place"),
    [
        ("def g(): 1\ndef f(: 2\n", "f", "raised SyntaxError", "model.py:2"),
        ("x = 1\n1 / 0\n", "f", "raised ZeroDivisionError", "model.py:2"),
        ("x = 1\ndef _f(): 1\n", "f", "'f' is not in it; it has: no function", ""),
        ("f = 1\ndef g(): 1\n", "f", "'f' is no function; it has: g", ""),
        ("def h(): 1\ndef g(): 1\n", "f", "'f' is not in it; it has: g, h", ""),
    ],
)
def test_a_file_without_the_function_says_what_it_has(
    source: str, name: str, error: str, place: str, start: Callable[..., Ask]
) -> None:
    """Or what is wrong with it, and where."""
    head, _ = start(source, predict=name)()
    assert error in head["error"]
    assert head.get("place", "") == place


def test_packages_that_a_file_imports_are_versions(
    start: Callable[..., Ask], tmp_path: Path
) -> None:
    """Of those that were not here before, by their names."""
    for name in ("wanted", "other"):
        (tmp_path / f"{name}.py").write_text("")
    source = "import json, other, wanted\ndef f(): 1\n"
    head, _ = start(source, predict="f")()
    assert head == {"versions": {"Also": "Also 1", "Wanted": "Wanted 1"}}
    assert list(head["versions"]) == ["Also", "Wanted"]
