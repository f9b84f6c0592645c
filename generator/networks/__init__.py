"""Networks: the only folder that imports TensorFlow, set up here to repeat itself.

The same numbers need the same kernels in the same order. So the device, the threads
within an operation and oneDNN's kernels are fixed in this file, before TensorFlow is
imported; every module of this package runs it first. `compute_fingerprint` names what
still differs between machines: same fingerprint, same bits.

    parameters.py   names, shapes and first values of arrays; arrays as files
    layers/         encoders, recurrences and attention as functions of named arrays
    training/       the loop, batches, checkpoints and the trained model on disk
    inference/      batching and compiled answers that classifiers share
    keras_files.py  trained networks as files that stock Keras opens
    <model>/        one folder for each model: network, inference, training
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from generator.core import machine
from generator.core.errors import ConfigError

GPU_EXTRA = "[gpu]"
"""The extra that installs CUDA's libraries."""
THREADS = machine.choose_threads()
"""Operations that may run at once, each on one thread: matrices here are small, and a
recurrent network gains more from two at once than from two threads in one. How many
decides no bit: a step is divided into a fixed number of shards, whose sums are added in
a fixed order. The number of threads within an operation would, and is always one."""

os.environ.update(
    TF_ENABLE_ONEDNN_OPTS="1",
    TF_CPP_MIN_LOG_LEVEL="3",
    KERAS_BACKEND="tensorflow",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS=str(THREADS),
    OMP_NUM_THREADS="1",
    TF_FORCE_GPU_ALLOW_GROWTH="true",  # several processes share a GPU
)
DEVICE = machine.choose_device()
if DEVICE == "cpu" or not machine.find_gpus():
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


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


def open_gpu() -> str:
    """Open the first GPU that TensorFlow sees, and hide the others.

    Returns:
        Its name, "" if networks run on the processor.

    Raises:
        ConfigError: A GPU is asked for, and TensorFlow opens none.
    """
    every = tf.config.list_physical_devices("GPU")
    if not every:
        if DEVICE == "gpu":
            raise ConfigError(
                "--device gpu: TensorFlow opens no GPU: CUDA's libraries are missing, "
                f"or older than the driver; install the extra {GPU_EXTRA}, or leave "
                "--device out"
            )
        return ""
    tf.config.set_visible_devices(every[0], "GPU")
    tf.config.experimental.enable_tensor_float_32_execution(False)  # 10 bits too few
    details = tf.config.experimental.get_device_details(every[0])
    return str(details.get("device_name", "GPU"))


GPU = open_gpu()
"""The name of the GPU that networks run on, "" for the processor."""


def _find_cuda() -> str:
    """Return the versions of CUDA and cuDNN that TensorFlow was built for."""
    built = tf.sysconfig.get_build_info()
    return ", ".join(str(built.get(f"{of}_version", "?")) for of in ("cuda", "cudnn"))


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
                **({"device": GPU, "CUDA": _find_cuda()} if GPU else {}),
            }.items()
        )
    )
