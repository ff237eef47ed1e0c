"""The canonical URL of an article, its key: made from the URL alone, without asking anyone."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

import can_ada
import xxhash

from schemas.errors import BadRecordError, Reason, shown

MAX_URL = 2048
"""Characters of a canonical URL; sitemaps.org allows no more either."""

MAX_GIVEN = 8192
"""Characters of a URL as given, which may carry long tracking parameters."""

# Parameters that say where a reader came from. Only names that mean nothing else anywhere: what removes too little
# watches an article twice, what removes too much makes one article of two. (So `ref`, `source`, `cid` and `sid`, which
# are article numbers on some sites, stay.) From the query stripping list of Firefox and the query filter of Brave, from
# AdGuard's URL tracking filter, and from the links in newspapers' own feeds and share buttons.
_TRACKING_PREFIXES = (
    "utm_",  # Google Analytics
    "mtm_", "matomo_", "pk_campaign", "pk_kwd", "piwik_",  # Matomo, once Piwik
    "at_custom", "at_campaign", "at_medium",  # Piano, once AT Internet: BBC, Le Monde
    "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "ns_fee",  # Comscore: BBC
    "itm_campaign", "itm_content", "itm_medium", "itm_source", "itm_term",  # links within a site
    "hsa_", "oly_", "vero_", "wt.mc_",  # HubSpot, Omeda, Vero, Webtrends
    "fb_action_", "guce_referrer",  # Facebook, Yahoo
)  # fmt: skip
_TRACKING = {
    # click identifiers of advertisers and networks
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid", "ysclid",
    "igshid", "igsh", "li_fat_id", "rb_clickid", "srsltid", "_openstat", "wickedid", "s_cid", "s_kwcid",
    # newsletters and marketing
    "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking", "ml_subscriber",
    "ml_subscriber_hash", "__s",
    # analytics across sites
    "_ga", "_gl", "wt_mc", "xtor", "guccounter", "fb_ref", "fb_source",
    # newspapers: CNN and Bloomberg, the Guardian, the New York Times, the BBC, the Daily Mail, Die Zeit
    "cmpid", "cmp", "intcmp", "smid", "ocid", "ito", "wt_zmc",
}  # fmt: skip

# Session identifiers of PHP, Java, ASP and ColdFusion, as web crawlers (Heritrix, Nutch) drop them.
_SESSIONS = {"phpsessid", "jsessionid", "cfid", "cftoken"}
_SESSION_PREFIX = "aspsessionid"
_PATH_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|([^A-Za-z0-9._~!$&'()*+,;=:@/?-])")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def split(url: str) -> SplitResult | None:
    """The parts of a URL as a page has it, None where it cannot be taken apart: brackets that are no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def canonical_url(url: str) -> str:
    """The one form of all URLs that differ only in what does not choose the page.

    `https`, the host in lower case and in ASCII, no user, no default port, no dot segments, one way of percent-encoding
    (RFC 3986, 6.2.2), no session and no tracking parameters, the others in the order of their names, no fragment.

    Raises:
        BadRecordError: `bad_url`; it is no http or https URL, has no host, or is too long.
    """
    if len(url) > MAX_GIVEN:
        raise _bad(url, f"has {len(url)} characters, it may have {MAX_GIVEN}")
    parsed = _parse(url)
    if parsed.protocol not in ("http:", "https:"):
        raise _bad(url, "is neither http nor https")
    host = parsed.hostname.removesuffix(".")
    if not host or host.endswith("."):
        raise _bad(url, "has no host name")
    port = f":{parsed.port}" if parsed.port not in ("", "80", "443") else ""
    path = _PATH_SESSION.sub("", _normal(parsed.pathname))
    # What stood before a session identifier may be a dot segment now.
    path = _parse(f"https://{host}{path}").pathname
    canonical = f"https://{host}{port}{path}{_query(parsed.search)}"
    if len(canonical) > MAX_URL:
        raise _bad(canonical, f"has {len(canonical)} characters, it may have {MAX_URL}")
    return canonical


def article_id(url: str) -> str:
    """The id of the article with this canonical URL: its xxh3_128, in hex."""
    return xxhash.xxh3_128_hexdigest(url.encode())


def host_of(url: str) -> str:
    """The host of a canonical URL, without a port."""
    return str(_parse(url).hostname)


def host_and_port(url: str) -> str:
    """The host of any URL, with its port if that is odd.

    Raises:
        BadRecordError: as for `canonical_url`.
    """
    return canonical_url(url).removeprefix("https://").partition("/")[0]


def has_user(url: str) -> bool:
    """Whether there are credentials in a URL, which are not to be kept."""
    parsed = _parse(url)
    return bool(parsed.username or parsed.password)


def source_of(url: str) -> str:
    """The name of the paper where nobody gave one: the host without `www.`."""
    return host_of(url).removeprefix("www.")


def _parse(url: str) -> can_ada.URL:
    try:
        return can_ada.parse(url)
    except (ValueError, TypeError):  # TypeError: lone surrogates
        raise _bad(url, "is no URL with a scheme and a host") from None


def _bad(url: str, what: str) -> BadRecordError:
    return BadRecordError(Reason.BAD_URL, f"the URL {shown(url)} {what}: send the article's http or https URL")


def _normal(text: str) -> str:
    """Percent-encoding in one way: unreserved characters bare, what has no place in a path or query encoded."""
    return _ESCAPE.sub(_one_way, text)


def _one_way(match: re.Match[str]) -> str:
    code, char = match.groups()
    if code is None:
        return "".join(f"%{byte:02X}" for byte in char.encode())
    decoded = chr(int(code, 16))
    return decoded if decoded in _UNRESERVED else f"%{code.upper()}"


def _query(search: str) -> str:
    parameters = (_normal(part) for part in search.removeprefix("?").split("&") if part)
    named = [(parameter.partition("=")[0], parameter) for parameter in parameters]
    kept = sorted((pair for pair in named if not _is_noise(pair[0].lower())), key=lambda pair: pair[0])
    return "?" + "&".join(parameter for _, parameter in kept) if kept else ""


def _is_noise(name: str) -> bool:
    return name in _TRACKING or name in _SESSIONS or name.startswith((*_TRACKING_PREFIXES, _SESSION_PREFIX))
