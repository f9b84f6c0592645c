"""Licences that are known by their SPDX identifier, with the address of their text."""

from __future__ import annotations

from dataclasses import dataclass

CREATIVE = "https://creativecommons.org/licenses"
ADDRESSES = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": f"{CREATIVE}/by/4.0/",
    "CC-BY-NC-4.0": f"{CREATIVE}/by-nc/4.0/",
    "CC-BY-NC-ND-4.0": f"{CREATIVE}/by-nc-nd/4.0/",
    "CC-BY-NC-SA-4.0": f"{CREATIVE}/by-nc-sa/4.0/",
    "CC-BY-ND-4.0": f"{CREATIVE}/by-nd/4.0/",
    "CC-BY-SA-4.0": f"{CREATIVE}/by-sa/4.0/",
    "MIT": "https://opensource.org/license/mit",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as it was written, and the address of its text if it is known."""

    name: str
    url: str = ""


def licence(name: str) -> Licence:
    """The licence of that name, whatever its case."""
    known = {key.casefold(): key for key in ADDRESSES}
    found = known.get(name.strip().casefold())
    return Licence(found, ADDRESSES[found]) if found else Licence(name.strip())
