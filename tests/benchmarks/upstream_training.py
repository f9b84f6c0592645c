"""textgenrnn 2.0.0's own training, timed, on tf-keras in a process of its own.

Reads from stdin one JSON object, `{"texts", "epochs", "batch_size"}`, and prints one,
`{"seconds", "cpu", "windows"}`: those of each epoch of its `fit`, and how many windows
it trained on in each. Its kernels are what its users get, TensorFlow's defaults.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from typing import Any

os.environ.update(
    TF_USE_LEGACY_KERAS="1", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3"
)

import tensorflow as tf  # noqa: F401 - reads the environment before the shim changes it

from tests.peers.shim import supply


class _Times:
    """Seconds of each epoch of a `fit` it is wrapped around."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.cpu: list[float] = []

    def callback(self) -> Any:
        """A callback that fills `seconds`."""
        import tf_keras

        began = [0.0, 0.0]

        def begin(_epoch: int, _logs: object) -> None:
            began[:] = time.perf_counter(), time.process_time()

        def end(_epoch: int, _logs: object) -> None:
            self.seconds.append(time.perf_counter() - began[0])
            self.cpu.append(time.process_time() - began[1])

        return tf_keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end)


def main() -> None:
    """Train upstream's default character model on the texts and print the times."""
    asked = json.load(sys.stdin)
    supply()
    import tf_keras

    package = importlib.import_module("textgenrnn.textgenrnn")
    times = _Times()
    fit = tf_keras.Model.fit

    def timed(model: Any, *args: Any, **settings: Any) -> Any:
        settings["callbacks"] = [times.callback(), *settings["callbacks"]]
        return fit(model, *args, **settings)

    tf_keras.Model.fit = timed
    text_model = package.textgenrnn.__new__(package.textgenrnn)
    text_model.default_config = {**package.textgenrnn.default_config, "name": "peer"}
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        os.chdir(folder)
        text_model.train_new_model(
            asked["texts"],
            num_epochs=asked["epochs"],
            gen_epochs=0,
            batch_size=asked["batch_size"],
            validation=False,
            verbose=0,
        )
    size = asked["batch_size"]
    windows = sum(len(text) + 1 for text in asked["texts"]) // size * size
    answer = {"seconds": times.seconds, "cpu": times.cpu, "windows": windows}
    print(json.dumps(answer))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
