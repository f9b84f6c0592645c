"""Passwords and keys that nobody means to publish, by their form.

The forms are those that no text has by chance: private keys in PEM, and the tokens of
services, which carry a prefix for this very purpose. Nothing found is ever repeated.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

FORMS: dict[str, bytes] = {
    "a private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a GitHub token": rb"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{60}",
    "a GitLab token": rb"\bglpat-[A-Za-z0-9_-]{20}",
    "an AWS key": rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a Google key": rb"\bAIza[A-Za-z0-9_-]{35}\b",
    "a Slack token": rb"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}",
    "an API key": rb"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{40,}",
    "a Hugging Face token": rb"\bhf_[A-Za-z]{34}\b",
    "a PyPI token": rb"\bpypi-AgE[A-Za-z0-9_-]{50,}",
}
FORM = re.compile(
    b"|".join(b"(?P<f%d>%s)" % (at, form) for at, form in enumerate(FORMS.values()))
)
NAMES = re.compile(
    r"id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|pfx|p12|keystore|kdbx)"
    r"|credentials(\.json)?|secrets?\.(ya?ml|json|toml)"
)


def secret_in(path: str, content: bytes) -> str:
    """What a file holds that must not be published, "" if nothing."""
    if NAMES.fullmatch(PurePosixPath(path).name):
        return "a name that keys and passwords are kept under"
    found = FORM.search(content)
    if found is None:
        return ""
    line = content.count(b"\n", 0, found.start()) + 1
    kind = list(FORMS)[int((found.lastgroup or "f0")[1:])]
    return f"line {line} looks like {kind}"
