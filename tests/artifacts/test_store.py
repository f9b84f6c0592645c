"""Artifacts on disk: exact round trips, and nothing handed out that is not whole."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pickle
import re
import time
import typing
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from generator.artifacts import (
    ARTIFACTS,
    SCHEMA,
    Artifact,
    Curves,
    Samples,
    ScoredText,
    store,
)
from generator.artifacts import store as sealed
from generator.artifacts.base import ArtifactHead, ModelProvenance, Provenance
from generator.core import files, serialize
from generator.core.errors import IntegrityError, MissingArtifactError, ResourceError
from generator.core.serialize import decode_value
from generator.core.tokens import Token
from tests.artifacts.saving import save_artifact

PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""Two lone surrogates that JSON cannot tell from the one character they make."""
TEXT = st.text(st.characters(), max_size=12).filter(lambda text: not PAIR.search(text))
NUMBER = st.floats(allow_infinity=False, width=64)
FLOATS = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
    elements=st.floats(allow_infinity=False, width=32),
)
INTS = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)
)
MADE = Provenance(
    method="m",
    settings={"prefix": "<s> \u2028", "epochs": [1, None], "x": {"y": 0.1}},
    seed=(1, 2),
    model=ModelProvenance(
        name="lm", kind="k", settings={}, key="f", seed=1, epochs=2, best=1, windows=9,
        held_out=3, fingerprint={"cpu": "x"},
    ),
)  # fmt: skip


def head(artifact: Artifact, **changes: Any) -> ArtifactHead:
    """A head that fits an artifact."""
    kind = store.find_artifact_kind(artifact)
    whole = ArtifactHead(kind=kind, schema=SCHEMA, key="a" * 64, made=MADE)
    return dataclasses.replace(whole, **changes)


def values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a line for each family
    """Anything of a type, as `codec` reads types."""
    simple = {"str": TEXT, "int": st.integers(), "bool": st.booleans()}
    family = serialize.find_codec(hint)
    if family == "record" or hint is Token:
        names = serialize.find_field_hints(hint)
        return st.builds(hint, **{name: values(of) for name, of in names.items()})
    if family == "optional":
        inner = values(serialize.unwrap_optional(hint))
        return st.none() | inner.filter(lambda value: value == value)  # noqa: PLR0124 - no NaN
    if family == "tuple":
        first, *rest = typing.get_args(hint)
        if rest != [...]:
            return st.tuples(values(first), *map(values, rest))
        return st.lists(values(first), max_size=3).map(tuple)
    if family == "literal":
        return st.sampled_from(typing.get_args(hint))
    if family == "array":
        return INTS if serialize.find_element_type(hint).kind == "i" else FLOATS
    return NUMBER if family == "float" else simple[family]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the bit, NaN being equal to NaN."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(
            one.view(np.uint32) | _nans(one), other.view(np.uint32) | _nans(other)
        )
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(other) and all(
            same(getattr(one, name), getattr(other, name)) for name in names
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and repr(one) == repr(other)


def _nans(array: Any) -> Any:
    return np.where(np.isnan(array), np.uint32(0xFFFFFFFF), np.uint32(0))


@pytest.mark.parametrize("kind", sorted(ARTIFACTS))
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_kind_comes_back_as_it_was(
    kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever an artifact holds, its file gives it back to the bit, every time."""
    artifact = data.draw(values(ARTIFACTS[kind]))
    path = tmp_path_factory.mktemp("a") / "x.json"
    save_artifact(path, artifact, head(artifact))
    stored = store.load_artifact(path)
    assert same(stored.artifact, artifact)
    assert same(stored.head, head(artifact))
    first = path.read_bytes()
    save_artifact(path, stored.artifact, stored.head)
    assert path.read_bytes() == first


def test_a_field_that_came_later_is_left_out_where_it_is_its_default() -> None:
    """What was written before a field was known reads, and is written, as it was."""
    plain = ScoredText(
        tokens=(), scores=np.zeros(0, np.float32), probabilities=np.ones(1, np.float32)
    )
    asked = dataclasses.replace(plain, question="where?")
    old, new = (serialize.encode_value(one, ScoredText, {}) for one in (plain, asked))
    assert new == {**old, "question": "where?"}
    assert "question" not in old
    assert decode_value(old, ScoredText, {}).question == ""
    assert decode_value(new, ScoredText, {}).question == "where?"
    with pytest.raises(serialize.MalformedDataError):
        decode_value({**old, "question": ""}, ScoredText, {})


@given(hnp.arrays(np.uint32, 64))
def test_float32_text_is_exact(bits: Any) -> None:
    """Any finite float32 is the same bits after its shortest text."""
    numbers = bits.view(np.float32)
    numbers = numbers[np.isfinite(numbers)]
    text = json.dumps(
        serialize.encode_value(numbers, serialize.find_field_hints(Curves)["x"], {})
    )
    back = decode_value(json.loads(text), serialize.find_field_hints(Curves)["x"], {})
    assert np.array_equal(back.view(np.uint32), numbers.view(np.uint32))


def curves(points: int = 5000, seed: int = 0) -> Curves:
    """An artifact with a side file, if it has more points than are listed."""
    y = np.random.default_rng(seed).random((1, points), np.float32)
    x = np.arange(points, dtype=np.float32)
    return Curves(x=x, y=y, x_label="x", y_label="y", names=("a",))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A stored artifact with a side file."""
    path = tmp_path / "artifacts" / "walk.json"
    save_artifact(path, curves(), head(curves()))
    return path


def test_large_arrays_are_beside(saved: Path) -> None:
    """More than 4,096 numbers go to the npz file, up to that into the text."""
    assert store.load_artifact(saved).artifact.y.shape == (1, 5000)
    assert b'"y": {"shape": [1, 5000]}' in saved.read_bytes()
    few = curves(serialize.LEAST_STORED_SIZE)
    save_artifact(saved, few, head(few))
    assert not saved.with_suffix(".npz").exists()
    assert same(store.load_artifact(saved).artifact, few)


def test_one_field_a_line(saved: Path) -> None:
    """Each field of an artifact is one line, so that a change is a readable diff."""
    lines = saved.read_text().splitlines()
    for field in dataclasses.fields(Curves):
        assert sum(line.startswith(f'"{field.name}": ') for line in lines) == 1


def test_same_artifact_same_bytes(saved: Path, tmp_path: Path) -> None:
    """Saved anywhere, at any time, an artifact is the same two files."""
    other = tmp_path / "elsewhere" / "other.json"
    save_artifact(other, curves(), head(curves()))
    assert other.read_bytes() == saved.read_bytes()
    side, other_side = saved.with_suffix(".npz"), other.with_suffix(".npz")
    assert other_side.read_bytes() == side.read_bytes()


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_every_flipped_bit_is_seen(saved: Path, suffix: str) -> None:
    """No flip of one bit, at 200 places of each file, is ever read as an artifact."""
    path = saved.with_suffix(suffix)
    data = path.read_bytes()
    for place in np.linspace(0, len(data) * 8 - 1, 200).astype(int).tolist():
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(IntegrityError, match="damaged"):
            store.load_artifact(saved)
        assert store.read_artifact_state(saved, "a" * 64).word == "damaged"


def test_without_hashes_a_flip_gets_through(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is what sees a changed digit: not compared, it is read as a number."""
    text = saved.read_bytes()
    changed = text.replace(b'"y_label": "y"', b'"y_label": "z"')
    saved.write_bytes(changed)
    rest = changed.split(b"\n", 1)[1]
    known = sealed.FIRST_LINE.match(changed)
    assert known
    real = files.digest
    monkeypatch.setattr(
        files, "digest", lambda data: known[1].decode() if data == rest else real(data)
    )
    assert store.load_artifact(saved).artifact.y_label == "z"


def resealed(path: Path, change: Callable[[dict[str, Any]], object] | str) -> None:
    """Change an artifact's text and give it the right hash again."""
    first, _, rest = path.read_text().partition("\n")
    assert first
    if isinstance(change, str):
        rest = change
    else:
        content = json.loads("{" + rest)
        change(content)
        rest = json.dumps(content)[1:]
    data = rest.encode()
    path.write_bytes(f'{{"sha256": "{files.digest(data)}",\n'.encode() + data)


GARBAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda p: p.write_bytes(b""),
    "half": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "appended": lambda p: p.write_bytes(p.read_bytes() + b" "),
    "not JSON": lambda p: p.write_bytes(b"\x00\xff garbage"),
    "sealed: not JSON": lambda p: resealed(p, '"a": }'),
    "sealed: a list": lambda p: resealed(p, '"a": 1}'),
    "sealed: deep": lambda p: resealed(p, '"a": ' + "[" * 200_000),
    "sealed: extra field": lambda p: resealed(p, lambda c: c["content"].update(z=1)),
    "sealed: no field": lambda p: resealed(p, lambda c: c["content"].pop("names")),
    "sealed: kind": lambda p: resealed(p, lambda c: c.update(kind="Artifact")),
    "sealed: kind list": lambda p: resealed(p, lambda c: c.update(kind=[])),
    "sealed: schema": lambda p: resealed(p, lambda c: c.update(schema=True)),
    "sealed: key": lambda p: resealed(p, lambda c: c.update(key=7)),
    "sealed: text": lambda p: resealed(p, lambda c: c["content"].update(unit=7)),
    "sealed: names": lambda p: resealed(p, lambda c: c["content"].update(names="ab")),
    "sealed: shape": lambda p: resealed(
        p, lambda c: c["content"].update(y={"shape": [5000, 1]})
    ),
    "sealed: shape -1": lambda p: resealed(
        p, lambda c: c["content"].update(y={"shape": [-1]})
    ),
    "sealed: a number": lambda p: resealed(p, lambda c: c["content"].update(y=1.0)),
    "sealed: no array": lambda p: resealed(p, lambda c: c["content"].update(y=None)),
    "sealed: no shape": lambda p: resealed(
        p, lambda c: c["content"].update(y={"shape": []})
    ),
    "sealed: ragged": lambda p: resealed(
        p, lambda c: c["content"].update(y=[[1.0], 2.0])
    ),
    "sealed: words": lambda p: resealed(p, lambda c: c["content"].update(y=["1.0"])),
    "sealed: bools": lambda p: resealed(p, lambda c: c["content"].update(y=[True])),
    "sealed: too large": lambda p: resealed(p, lambda c: c["content"].update(y=[1e39])),
    "sealed: huge": lambda p: resealed(p, lambda c: c["content"].update(y=[10**400])),
    "sealed: NaN": lambda p: resealed(
        p,
        p.read_text().split("\n", 1)[1].replace('"marked_x": null', '"marked_x": NaN'),
    ),
    "sealed: 1e999": lambda p: resealed(
        p,
        p.read_text()
        .split("\n", 1)[1]
        .replace('"marked_x": null', '"marked_x": 1e999'),
    ),
    "sealed: twice": lambda p: resealed(
        p,
        p.read_text().split("\n", 1)[1].replace('"unit": ""', '"unit": "", "unit": ""'),
    ),
    "no side file": lambda p: p.with_suffix(".npz").unlink(),
    "side file empty": lambda p: p.with_suffix(".npz").write_bytes(b""),
    "side file swapped": lambda p: p.with_suffix(".npz").write_bytes(
        serialize.pack_arrays({"y": curves(seed=1).y, "x": curves(seed=1).x})
    ),
    "a folder": lambda p: (p.unlink(), p.mkdir()),
    "a dangling link": lambda p: (p.unlink(), p.symlink_to("nowhere")),
    "a link to a good file": lambda p: (
        p.rename(p.with_name("good.json")) and p.symlink_to("good.json")
    ),
    "a pipe": lambda p: (p.unlink(), os.mkfifo(p)),
}


@pytest.mark.parametrize("damage", GARBAGE)
def test_garbage_is_damage(saved: Path, damage: str) -> None:
    """Whatever stands in an artifact's place is called damaged, never drawn."""
    GARBAGE[damage](saved)
    with pytest.raises(IntegrityError, match=r"artifact walk is damaged: .*collect"):
        store.load_artifact(saved)
    assert store.read_artifact_state(saved, "a" * 64).word == "damaged"


def npz(tmp: Path, header: bytes, body: bytes = b"") -> bytes:
    """An npz file whose array `y` has this header."""
    padded = header + b" " * (118 - len(header) - 1) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body
    with zipfile.ZipFile(tmp / "a.npz", "w") as archive:
        archive.writestr("y.npy", member)
    return (tmp / "a.npz").read_bytes()


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (1125899906842624, 2), }",
        b"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }",
        b"{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }",
        b"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -2), }",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9), }",
        b"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }",
        b"__import__('os').system('true')",
        b"",
    ],
)
def test_side_files_are_read_with_suspicion(tmp_path: Path, header: bytes) -> None:
    """An array that claims what it is not is refused at once, nothing allocated."""
    data = npz(tmp_path, header, b"\0" * 16)
    begun = time.perf_counter()
    with pytest.raises(serialize.MalformedDataError):
        serialize.unpack_arrays(data)
    assert time.perf_counter() - begun < 5


def test_side_files_of_ours_are_read(tmp_path: Path) -> None:
    """The same hand-made file with an honest header is read: the refusals are real."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    found = serialize.unpack_arrays(npz(tmp_path, header, b"\0" * 16))
    assert found["y"].shape == (2, 2)


def test_a_pickle_is_never_opened(tmp_path: Path, saved: Path) -> None:
    """An array of objects is refused before anything of it is executed."""
    canary = tmp_path / "canary"

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(canary),)

    np.savez(tmp_path / "bomb.npz", y=np.array([Bomb()], object))
    data = (tmp_path / "bomb.npz").read_bytes()
    saved.with_suffix(".npz").write_bytes(data)
    resealed(saved, lambda c: c.update(npz=files.digest(data)))
    with pytest.raises(IntegrityError):
        store.load_artifact(saved)
    assert not canary.exists()


def test_another_artifact_under_this_name(saved: Path) -> None:
    """A sound file with another key is stale, not fresh."""
    save_artifact(saved, curves(seed=2), head(curves(), key="b" * 64))
    assert store.read_artifact_state(saved, "a" * 64).word == "stale"
    assert store.read_artifact_state(saved, "b" * 64).word == "fresh"


def test_schemas(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A past schema is outdated; a newer one says to upgrade, whoever reads."""
    monkeypatch.setattr(store, "FIRST_SCHEMA", SCHEMA - 1)
    resealed(saved, lambda c: c.update(schema=SCHEMA - 1))
    assert store.read_artifact_state(saved, "a" * 64) == store.ArtifactState(
        "outdated", store.OLDER_SCHEMA
    )
    resealed(saved, lambda c: c.update(schema=SCHEMA + 1, surprise=1))
    state = store.read_artifact_state(saved, "a" * 64)
    assert state.word == "newer"
    assert state.reason.startswith("collected by a newer version")
    with pytest.raises(store.NewerSchemaError, match="upgrade the program, or remove"):
        store.load_artifact(saved)


@pytest.mark.parametrize("schema", [0, -1, "1", True, None, 1.0, [1], {}, "\x1b[2J"])
def test_a_schema_that_never_was_is_damage(saved: Path, schema: object) -> None:
    """It is no past one; the message has its place and what to do, each once."""
    resealed(saved, lambda c: c.update(schema=schema))
    state = store.read_artifact_state(saved, "a" * 64)
    assert state.word == "damaged"
    assert re.fullmatch(r"its schema is .+, which no version writes", state.reason)
    with pytest.raises(store.DamagedArtifactError) as raised:
        store.load_artifact(saved)
    (message,) = raised.value.problems
    assert message.count("run: ") == message.count(str(saved)) == 1
    assert message.isprintable()
    assert raised.value.status == 3


def test_an_error_of_damage_passes_between_processes(saved: Path) -> None:
    """A worker's error is the same in the process that started it."""
    resealed(saved, lambda c: c.update(schema=0))
    with pytest.raises(store.DamagedArtifactError) as raised:
        store.load_artifact(saved)
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - made here
    assert (again.problems, again.reason) == (
        raised.value.problems,
        raised.value.reason,
    )


@pytest.mark.parametrize("key", ["a" * 64, "b" * 64, None])
def test_a_lost_side_file_is_damage_whatever_the_key(
    saved: Path, key: str | None
) -> None:
    """Of what is stale or cannot be compared too, as its page offers both files.

    Where it is stale as well, that was to be expected of a run that was killed.
    """
    stale = key == "b" * 64
    saved.with_suffix(".npz").unlink()
    state = store.read_artifact_state(saved, key)
    assert state == store.ArtifactState("damaged", "walk.npz is missing", stale)


def test_a_folder_behind_a_link_is_not_read(saved: Path, tmp_path: Path) -> None:
    """No part of the path from the project on may be a link, whatever is behind it."""
    study = tmp_path / "studies" / "2024-01-01-first"
    study.mkdir(parents=True)
    (study / "artifacts").symlink_to(saved.parent)
    path = study / "artifacts" / saved.name
    state = store.read_artifact_state(path, "a" * 64)
    assert state.word == "damaged"
    assert "artifacts is a link, and links are not followed" in state.reason
    (study / "artifacts").unlink()
    (study / "artifacts").mkdir()
    for file in (saved, saved.with_suffix(".npz")):  # the control: as plain files
        (study / "artifacts" / file.name).write_bytes(file.read_bytes())
    assert store.read_artifact_state(path, "a" * 64).word == "fresh"


def test_never_collected(tmp_path: Path) -> None:
    """An absent artifact is missing, and the message names the command."""
    path = tmp_path / "walk.json"
    assert store.read_artifact_state(path, "a").word == "missing"
    with pytest.raises(MissingArtifactError, match=r"walk .*python build\.py collect"):
        store.load_artifact(path)


def test_without_a_key_it_is_unknown(saved: Path) -> None:
    """Where the corpus is not at hand, a sound artifact is neither fresh nor stale."""
    assert store.read_artifact_state(saved, None).word == "unknown"


def test_infinite_numbers_are_refused(saved: Path) -> None:
    """An artifact that holds an infinity is not kept, and the old one stays."""
    before = saved.read_bytes()
    bad = dataclasses.replace(curves(4), y=np.array([[np.inf]], np.float32))
    with pytest.raises(IntegrityError, match="y holds an infinite number"):
        save_artifact(saved, bad, head(bad))
    assert saved.read_bytes() == before


def test_a_folder_in_the_way_is_set_aside(saved: Path) -> None:
    """What stands where an artifact belongs is moved away with all it holds."""
    saved.unlink()
    saved.mkdir()
    (saved / "precious").write_text("kept")
    save_artifact(saved, curves(), head(curves()))
    assert store.read_artifact_state(saved, "a" * 64).word == "fresh"
    assert (saved.parent / ".aside-1-walk.json" / "precious").read_text() == "kept"


def test_links_are_not_written_through(saved: Path, tmp_path: Path) -> None:
    """Saving replaces a link and leaves what it points to as it was."""
    canary = tmp_path / "canary"
    canary.write_text("alive")
    for path in (saved, saved.with_suffix(".npz")):
        path.unlink()
        path.symlink_to(canary)
    save_artifact(saved, curves(), head(curves()))
    assert canary.read_text() == "alive"
    assert store.read_artifact_state(saved, "a" * 64).word == "fresh"


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """Artifacts are not written into a folder that is a link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "artifacts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="links are not followed"):
        save_artifact(tmp_path / "artifacts" / "x.json", curves(3), head(curves(3)))
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_forbidden_files(saved: Path) -> None:
    """A file that may not be read is the machine's refusal, not damage."""
    saved.chmod(0)
    with pytest.raises(ResourceError, match="cannot be read"):
        store.load_artifact(saved)


def test_surrogates_and_separators(tmp_path: Path) -> None:
    """Characters that break lines or have no UTF-8 stay inside their own line."""
    text = "\ud800 \u2028 \u2029 \x85 \x7f \x00 </script> é 😀"
    words = Samples(samples=(), prefix=text)
    path = tmp_path / "x.json"
    save_artifact(path, words, head(words))
    assert store.load_artifact(path).artifact == words
    assert len(path.read_text("utf-8").splitlines()) == 12
