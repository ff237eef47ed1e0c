"""What the handlers of the site are given."""

from __future__ import annotations

import jinja2
from aiohttp import web

from agents.archive.queries import Archive
from streams.clock import Clock
from streams.site.broadcast import Broadcast

ARCHIVE = web.AppKey("archive", Archive)
TEMPLATES = web.AppKey("templates", jinja2.Environment)
CLOCK = web.AppKey("clock", Clock)
BROADCAST = web.AppKey("broadcast", Broadcast)
