"""What textgenrnn 2.0.0 imports and no longer exists, put in place. No TensorFlow yet.

For a process of its own: `supply()`, then `import textgenrnn`. The names are those of
tf-keras; Adam is the legacy one, which knows `lr`; three names are never called.
"""

from __future__ import annotations

import importlib
import os
import sys
import types
from pathlib import Path
from typing import Any

PARTS = (
    "backend",
    "callbacks",
    "initializers",
    "layers",
    "models",
    "preprocessing",
    "preprocessing.text",
    "utils",
)


def supply() -> None:
    """Make `import textgenrnn` work in this process."""
    os.environ.update(
        TF_USE_LEGACY_KERAS="1",
        CUDA_VISIBLE_DEVICES="-1",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",
    )
    import numpy as np
    import tf_keras
    from tf_keras.optimizers import legacy

    sys.modules["tensorflow.keras"] = tf_keras
    for part in PARTS:
        module = importlib.import_module(f"tf_keras.{part}")
        sys.modules[f"tensorflow.keras.{part}"] = module
    tf_keras.utils.multi_gpu_model = _never
    _module("tensorflow.keras.optimizers", Adam=legacy.Adam)
    _module("keras")
    _module("keras.backend")
    _module("keras.backend.tensorflow_backend", set_session=_never)
    _module("pkg_resources", resource_filename=_beside)
    block = np.block
    np.block = lambda arrays: block(list(arrays))


def _module(name: str, **names: Any) -> None:
    module = types.ModuleType(name)
    vars(module).update(names)
    sys.modules[name] = module


def _never(*_: object) -> None:
    raise AssertionError("called a function that only had to be importable")


def _beside(module: str, name: str) -> str:
    """Where a file of the package lies."""
    return str(Path(str(sys.modules[module].__file__)).with_name(name))
