"""Networks: the only folder that imports TensorFlow, set up here to repeat itself.

The same numbers need the same kernels in the same order. So the processor, the thread
counts and oneDNN's kernels are fixed in this file, before TensorFlow is imported; every
module of this package runs it first. `compute_fingerprint` names what still differs
between machines: same fingerprint, same bits.

    parameters.py   names, shapes and first values of arrays; arrays as files
    layers/         encoders, recurrences and attention as functions of named arrays
    training/       the loop, batches, checkpoints and the trained model on disk
    inference/      batching and compiled answers that classifiers share
    <model>/        one folder for each model: network, inference, training
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from generator.core import machine

THREADS = machine.choose_threads()
"""Operations that may run at once, each on one thread: matrices here are small, and a
recurrent network gains more from two at once than from two threads in one. How many
decides no bit: a step is divided into a fixed number of shards, whose sums are added in
a fixed order. The number of threads within an operation would, and is always one."""

os.environ.update(
    TF_ENABLE_ONEDNN_OPTS="1",
    CUDA_VISIBLE_DEVICES="-1",
    TF_CPP_MIN_LOG_LEVEL="3",
    KERAS_BACKEND="tensorflow",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS=str(THREADS),
    OMP_NUM_THREADS="1",
)


@contextmanager
def _silence_stderr() -> Iterator[None]:
    """Silence what TensorFlow's C++ prints to stderr before it reads its log level."""
    original = os.dup(2)
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(original, 2)
        os.close(original)
        os.close(devnull)


with _silence_stderr():
    import keras  # reads the environment above, so it comes after it
    import numpy as np
    import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
tf.config.experimental.enable_op_determinism()
tf.get_logger().setLevel("ERROR")


@cache
def compute_fingerprint() -> tuple[tuple[str, str], ...]:
    """Return what decides the bits of a trained model, sorted (name, value) pairs."""
    return tuple(
        sorted(
            {
                "keras": keras.__version__,
                "numpy": np.__version__,
                "oneDNN": os.environ["TF_ENABLE_ONEDNN_OPTS"],
                "op determinism": "on",
                "processor": machine.processor(),
                "system": machine.operating_system(),
                "tensorflow": tf.__version__,
                "threads": "1 within an operation",
            }.items()
        )
    )
