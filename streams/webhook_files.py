"""The file that names who is told of changes by webhooks."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import msgspec

from agents.diff.labels.rules import RULES
from schemas.change import Change, ChangeKind
from schemas.errors import SettingsError
from streams.files import read_whole

IN_BASE64 = "whsec_"
"""Before a secret, which is written in base64: so https://www.standardwebhooks.com has it."""

SHORTEST_SECRET = 24
"""Bytes, as the same says."""


class Webhook(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Who is told of which changes: all of them, or those of any of these sources, labels and kinds, and so severe."""

    name: str
    url: str
    secret: str
    sources: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[ChangeKind, ...] = ()
    severity: float = 0.0

    def __repr__(self) -> str:
        """Its name: the address may be as secret as the secret."""
        return f"webhook {self.name}"

    @property
    def key(self) -> bytes:
        """What requests are signed with.

        Raises:
            ValueError: the secret is too short, or not written as it has to be.
        """
        how = f"write {IN_BASE64} and {SHORTEST_SECRET} random bytes or more in base64"
        if not self.secret.startswith(IN_BASE64):
            raise ValueError(f"its secret does not begin with {IN_BASE64}: {how}")
        try:
            key = base64.b64decode(self.secret.removeprefix(IN_BASE64), validate=True)
        except (binascii.Error, ValueError):  # ValueError: there is more than ASCII in it
            raise ValueError(f"its secret is no base64 after {IN_BASE64}: {how}") from None
        if len(key) < SHORTEST_SECRET:
            raise ValueError(f"its secret has less than {SHORTEST_SECRET} bytes: {how}")
        return key

    def wants(self, change: Change) -> bool:
        """Whether it is to be told of a change."""
        return (
            (not self.sources or change.article.source in self.sources)
            and (not self.labels or any(label.name in self.labels for label in change.labels))
            and (not self.kinds or change.kind in self.kinds)
            and change.severity.score >= self.severity
        )


class _File(msgspec.Struct, forbid_unknown_fields=True):
    webhook: list[Webhook]


def read_webhooks(path: Path) -> list[Webhook]:
    """The webhooks that a file names.

    Raises:
        UnavailableError: it cannot be read.
        SettingsError: it is no such file, or a webhook of it cannot be.
    """
    body = read_whole(path)
    try:
        found = msgspec.convert(tomllib.loads(body.decode()), _File).webhook
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        what = "write [[webhook]] with name, url and secret, and sources, labels, kinds and severity if you like"
        raise SettingsError(f"{path}: {error}: {what}; kinds are {', '.join(get_args(ChangeKind))}") from None
    names = [one.name for one in found]
    for one in found:
        if wrong := _wrong(one, is_alone=names.count(one.name) == 1):
            raise SettingsError(f"{path}: webhook {one.name!r}: {wrong}")
    return found


def _wrong(webhook: Webhook, *, is_alone: bool) -> str | None:
    """What is wrong with a webhook; its address is not repeated, for there may be a secret in it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", webhook.name) or not is_alone:
        return "its name is no word of its own"
    if not _is_url(webhook.url):
        return "its url is no http or https URL without a user and password"
    if unknown := set(webhook.labels) - set(RULES):
        return f"there is no label {', '.join(sorted(unknown))}: known are {', '.join(RULES)}"
    if not 0 <= webhook.severity <= 1:
        return "its severity is no number from 0 to 1"
    try:
        _ = webhook.key
    except ValueError as error:
        return str(error)
    return None


def _is_url(text: str) -> bool:
    """Whether it can be asked: http or https, a host that can be one, and nothing that logs or terminals stumble on."""
    try:
        parts = urlsplit(text)
        host, _port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    is_plain = text.isprintable() and " " not in text
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc and is_plain
