"""The file that names who is told of changes by webhooks."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec

from schemas.change import Change, ChangeKind
from schemas.errors import SettingsError
from streams.files import read_whole

SHORTEST_SECRET = 16
IN_BASE64 = "whsec_"
"""Before a secret that is written in base64, as https://www.standardwebhooks.com has it."""


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
        """Its name and address, without the secret."""
        return f"Webhook({self.name!r}, {self.url!r})"

    @property
    def key(self) -> bytes:
        """What requests are signed with.

        Raises:
            ValueError: it is too short, or no base64 where it should be.
        """
        if self.secret.startswith(IN_BASE64):
            try:
                key = base64.b64decode(self.secret.removeprefix(IN_BASE64), validate=True)
            except binascii.Error:
                raise ValueError(f"the secret is no base64 after {IN_BASE64}") from None
        else:
            key = self.secret.encode()
        if len(key) < SHORTEST_SECRET:
            raise ValueError(f"the secret has less than {SHORTEST_SECRET} bytes")
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
    """What is wrong with a webhook."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", webhook.name) or not is_alone:
        return "its name is no word of its own"
    if not re.fullmatch(r"https?://[^\s/?#@]+\S*", webhook.url):
        return f"{webhook.url} is no http or https URL without a password"
    try:
        _ = webhook.key
    except ValueError as error:
        return str(error)
    return None
