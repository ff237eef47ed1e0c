"""Pages from templates. Whatever is put into one is escaped."""

from __future__ import annotations

from typing import Any

import jinja2
from aiohttp import web

from streams.show_html import marked
from streams.site import words
from streams.site.keys import CLOCK, PUBLIC_URL, TEMPLATES


def new_templates() -> jinja2.Environment:
    """The templates of the site."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("streams.site"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals.update(
        ago=words.ago, moment=words.moment, counted=words.counted, times=words.times, edits=words.edits
    )
    environment.filters.update(marked=marked, safe_url=words.safe_url)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment


def render(request: web.Request, name: str, *, status: int = 200, **values: Any) -> web.Response:  # noqa: ANN401
    """A page."""
    template = request.app[TEMPLATES].get_template(name)
    text = template.render(
        values, status=status, now=request.app[CLOCK].now(), path=request.path, base=base_of(request)
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def base_of(request: web.Request) -> str:
    """The address of the site: as it is set, or as this visitor has it."""
    known = request.app.get(PUBLIC_URL)
    if known is not None:
        return known
    try:
        return str(request.url.origin())
    except ValueError:  # the Host header is none
        return ""
