"""What the handlers of the site are given."""

from __future__ import annotations

import asyncio

import jinja2
from aiohttp import web

from agents.archive.figures import Figures
from agents.archive.queries import Archive
from streams.clock import Clock
from streams.hubs import Hubs
from streams.site.broadcast import Broadcast
from streams.site.kept import Kept
from streams.site.limits import Limits

ARCHIVE = web.AppKey("archive", Archive)
FIGURES = web.AppKey("figures", Figures)
LIMITS = web.AppKey("limits", Limits)
COMPARING = web.AppKey("comparing", asyncio.Semaphore)
KEPT = web.AppKey("kept", Kept)
TEMPLATES = web.AppKey("templates", jinja2.Environment)
CLOCK = web.AppKey("clock", Clock)
BROADCAST = web.AppKey("broadcast", Broadcast)
HUBS = web.AppKey("hubs", Hubs)
"""Only where hubs reach the site."""
PUBLIC_URL = web.AppKey("public_url", str)
"""The site's address, where it is known; else it is what a visitor asked for."""
