"""What the handlers of the site are given."""

from __future__ import annotations

import jinja2
from aiohttp import web

from agents.archive.queries import Archive
from streams.clock import Clock
from streams.hubs import Hubs
from streams.site.broadcast import Broadcast

ARCHIVE = web.AppKey("archive", Archive)
TEMPLATES = web.AppKey("templates", jinja2.Environment)
CLOCK = web.AppKey("clock", Clock)
BROADCAST = web.AppKey("broadcast", Broadcast)
HUBS = web.AppKey("hubs", Hubs)
"""Only where hubs reach the site."""
PUBLIC_URL = web.AppKey("public_url", str)
"""The site's address, where it is known; else it is what a visitor asked for."""
