"""The networks: all that knows TensorFlow, and the settings that make it repeat itself.

The same numbers need the same kernels in the same order, so the processor, the thread
counts and oneDNN's kernels are fixed before TensorFlow is imported, from here, which
every module of this package runs first. What still differs between machines is told
by `fingerprint`: same fingerprint, same bits.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from generator.core import machine

THREADS = 2
"""Operations that may run at once, each on one thread: matrices here are small, and a
recurrent network gains more from two at once than from two threads in one. A constant,
because the number of threads within an operation changes the bits."""

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
    """Keep off stderr what TensorFlow's C++ says before its log level is read."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
    """What decides the bits of a trained model, as sorted (name, value) pairs."""
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
                "threads": f"1 within an operation, {THREADS} operations at once",
            }.items()
        )
    )
