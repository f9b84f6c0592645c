"""What one look at the project leaves for the next, in memory and nowhere else.

What a build kept on disk is read too; nothing is written there, so that a build may run
beside the preview. After a look that went well, what it did not ask for is dropped.
"""

from __future__ import annotations

from pathlib import Path

from generator.kept import Kept


class Memory(Kept):
    """A folder of entries by key, and above it those of the last looks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._held: dict[str, bytes] = {}
        self._beside: dict[str, Memory] = {}

    def get(self, key: str) -> bytes | None:
        """What is held under `key`, here or on disk; None if nothing is."""
        body = self._held.get(key)
        if body is None:
            body = super().get(key)
            if body is not None:
                self._held[key] = body
        self._used.add(key)
        return body

    def size(self, key: str) -> int | None:
        """Bytes under `key`, held from now on, as a build beside may drop them."""
        body = self.get(key)
        return None if body is None else len(body)

    def put(self, key: str, body: bytes) -> None:
        """Hold `body` under `key`."""
        self._used.add(key)
        self._held[key] = body

    def beside(self, name: str) -> Kept:
        """What is held next to this, in memory too, from one look to the next."""
        if name not in self._beside:
            self._beside[name] = Memory(self.folder.parent / name)
        return self._beside[name]

    def prune(self) -> None:
        """Drop what was neither asked for nor put since the last time."""
        self._held = {k: v for k, v in self._held.items() if k in self._used}
        self._used = set()
