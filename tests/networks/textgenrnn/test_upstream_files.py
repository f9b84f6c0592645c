"""textgenrnn's files: read whole or refused, and written as upstream writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from generator.core.errors import CorpusError, IntegrityError
from generator.networks.textgenrnn import upstream
from generator.networks.textgenrnn.inference import WindowNetwork
from generator.networks.textgenrnn.upstream import read_upstream_files
from tests.networks.states import network, write_upstream_files

Trio = tuple[Path, Path, Path]


@pytest.fixture(params=[{}, {"rnn_bidirectional": True, "word_level": True}])
def state(request: pytest.FixtureRequest) -> Any:
    """A network, in one direction and in both."""
    return network(max_words=99, **request.param)


@pytest.fixture
def trio(tmp_path: Path, state: Any) -> Trio:
    """Its three files."""
    vocabulary = type(state.vocabulary)(
        state.vocabulary.tokens, state.settings.word_level
    )
    return write_upstream_files(tmp_path, state.settings, vocabulary, state.arrays, "x")


def change(path: Path, **values: Any) -> None:
    """Change entries of a JSON file; None removes one."""
    found = {**json.loads(path.read_text("utf-8")), **values}
    kept = {name: value for name, value in found.items() if value is not None}
    path.write_text(json.dumps(kept), "utf-8")


def test_round_trip(trio: Trio, state: Any) -> None:
    """What is written is read again, to the last bit, and written the same."""
    found = read_upstream_files(*trio)
    assert found.settings == state.settings
    assert found.vocabulary.tokens == state.vocabulary.tokens
    for one, other in zip(found.arrays, state.arrays, strict=True):
        assert np.array_equal(one, other)
    before = [path.read_bytes() for path in trio]
    write_upstream_files(trio[0].parent, *found, "x")
    assert [path.read_bytes() for path in trio] == before


def cudnn(array: np.ndarray) -> np.ndarray:
    """An LSTM's array as CuDNNLSTM keeps it."""
    if array.ndim == 1:
        return np.concatenate([array * 0.25, array * 0.75])
    gates = np.split(array, 4, axis=1)
    return np.concatenate([gate.T.reshape(gate.shape) for gate in gates], 1)


def test_cudnn_layout(trio: Trio, state: Any) -> None:
    """Kernels transposed by gate and biases in halves are read as what they mean."""
    with h5py.File(trio[0], "r+") as file:
        for layer in ("rnn_1", "rnn_2"):
            for name in file[layer].attrs["weight_names"]:
                place = file[layer][name.decode()]
                array = cudnn(place[...])
                del file[layer][name.decode()]
                file[layer].create_dataset(name.decode(), data=array)
    for one, other in zip(read_upstream_files(*trio).arrays, state.arrays, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_weights_within_a_whole_model(trio: Trio, state: Any) -> None:
    """A file that holds more than weights has them under `model_weights`."""
    with h5py.File(trio[0], "r+") as file:
        whole = file.create_group("model_weights")
        for layer in [name for name in file if name != "model_weights"]:
            file.move(layer, f"model_weights/{layer}")
        assert len(whole) > 4
    assert np.array_equal(read_upstream_files(*trio).arrays[0], state.arrays[0])


@pytest.mark.parametrize("keep", [0, 10, 1000, -1])
def test_weights_cut_short(trio: Trio, keep: int) -> None:
    """A weight file that ends early is refused."""
    trio[0].write_bytes(trio[0].read_bytes()[:keep])
    with pytest.raises(IntegrityError, match="x_weights"):
        read_upstream_files(*trio)


def test_garbage_never_escapes(trio: Trio, state: Any) -> None:
    """Bytes changed anywhere give numbers or one of our errors, nothing else."""
    data, rng = trio[0].read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        spoilt = bytearray(data)
        for place in rng.integers(0, min(len(data), 4000), 8):
            spoilt[place] = rng.integers(256)
        try:
            upstream.read_weights(bytes(spoilt), state.settings, 11)
        except IntegrityError:
            refused += 1
    assert 10 < refused < 150


def test_links_out_are_refused(trio: Trio, tmp_path: Path, state: Any) -> None:
    """An array that is a link to another file is not followed, nor a soft link."""
    other = tmp_path / "other.hdf5"
    other.write_bytes(trio[0].read_bytes())
    name = "embedding/embeddings:0"
    for link in (
        h5py.ExternalLink(str(other), f"embedding/{name}"),
        h5py.SoftLink("/"),
    ):
        with h5py.File(trio[0], "r+") as file:
            del file["embedding"][name]
            file["embedding"][name] = link
        with pytest.raises(IntegrityError, match="link"):
            read_upstream_files(*trio)
    del state


def test_arrays_kept_elsewhere_are_refused(trio: Trio, tmp_path: Path) -> None:
    """An array whose numbers lie in another file is not read."""
    name = "embedding/embeddings:0"
    (tmp_path / "secret").write_bytes(bytes(4 * 55))
    with h5py.File(trio[0], "r+") as file:
        del file["embedding"][name]
        file["embedding"].create_dataset(
            name, (11, 5), "f4", external=[(str(tmp_path / "secret"), 0, 4 * 55)]
        )
    with pytest.raises(IntegrityError, match="within the file"):
        read_upstream_files(*trio)


def test_a_bomb_costs_nothing(trio: Trio) -> None:
    """An array that claims to be huge is refused by its shape, unread."""
    name = "embedding/embeddings:0"
    with h5py.File(trio[0], "r+") as file:
        del file["embedding"][name]
        file["embedding"].create_dataset(
            name, (1 << 20, 1 << 20), "f4", compression="gzip", chunks=(64, 64)
        )
    with pytest.raises(IntegrityError, match="another configuration or vocabulary"):
        read_upstream_files(*trio)


def test_numbers_must_be_finite(trio: Trio, state: Any) -> None:
    """Weights with a NaN are refused."""
    state.arrays[-1][3] = np.nan
    trio[0].write_bytes(upstream.encode_weights(state.arrays, state.settings))
    with pytest.raises(IntegrityError, match="NaN"):
        read_upstream_files(*trio)


def test_a_vocabulary_of_another_size(trio: Trio) -> None:
    """One token more is another vocabulary; the message says why that matters."""
    change(trio[1], ä=11)
    with pytest.raises(IntegrityError, match="its order included"):
        read_upstream_files(*trio)


@pytest.mark.parametrize("ids", [{"a": 2}, {"a": 0}, {"<s>": None}, {"a": 99}])
def test_ids_without_a_gap(trio: Trio, ids: dict[str, Any]) -> None:
    """Ids are 1 and up, each once."""
    change(trio[1], **ids)
    with pytest.raises(IntegrityError, match="x_vocab"):
        read_upstream_files(*trio)


@pytest.mark.parametrize(
    "values",
    [
        {"rnn_size": 7},
        {"rnn_layers": 3},
        {"dim_embeddings": 6},
    ],
)
def test_another_configuration(trio: Trio, values: dict[str, Any]) -> None:
    """Weights of another shape than the configuration says are refused."""
    change(trio[2], **values)
    with pytest.raises(IntegrityError, match=r"expected|no layer"):
        read_upstream_files(*trio)


@pytest.mark.parametrize(
    "values",
    [
        {"rnn_size": "7"},
        {"rnn_size": True},
        {"rnn_size": 0},
        {"rnn_size": 10**9},
        {"max_length": 4.0},
        {"word_level": 1},
        {"rnn_layers": None},
    ],
)
def test_bad_settings(trio: Trio, values: dict[str, Any]) -> None:
    """A setting of another type, out of range, or missing is named."""
    change(trio[2], **values)
    with pytest.raises(CorpusError, match=next(iter(values))):
        read_upstream_files(*trio)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"\xff\xfe", b'{"a": "b"}'])
def test_bad_json(trio: Trio, text: bytes) -> None:
    """A vocabulary that is no JSON object of ids is refused."""
    trio[1].write_bytes(text)
    with pytest.raises(CorpusError, match="x_vocab"):
        read_upstream_files(*trio)


def test_absent_or_linked(trio: Trio) -> None:
    """A missing file, a folder and a link are refused, each by its name."""
    weights = trio[0].rename(trio[0].with_name("moved"))
    with pytest.raises(CorpusError, match="x_weights"):
        read_upstream_files(*trio)
    trio[0].symlink_to(weights)
    with pytest.raises(CorpusError, match="plain file"):
        read_upstream_files(*trio)
    trio[0].unlink()
    trio[0].mkdir()
    with pytest.raises(CorpusError, match="plain file"):
        read_upstream_files(*trio)


@pytest.mark.slow
def test_the_shipped_model() -> None:
    """Greedy from `<s>`: two thirds on padding, then all on the last character."""
    shipped = upstream.read_packaged_model()
    model = WindowNetwork(*shipped, 0)
    written = model.write([model.vocabulary.encode(["<s>"])], 12, 0, (0,))
    padding = (written.weights[0] * (written.histories[0] == 0)).sum(1)
    assert padding[0] == pytest.approx(0.66, abs=0.01)
    assert written.weights[0, 5:12, -1].min() >= 0.99
