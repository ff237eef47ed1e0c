"""The place, date and agency in front of an article: "PARIS, March 3 (AFP) - "."""

from __future__ import annotations

import re

import regex

MAX_CHARS = 120

_DATELINE = regex.compile(
    r"""
    \W{0,2}
    (?: [\p{Lu}][\p{L}\p{M}.'’/ -]{1,40}? (?: \ \([\p{L} ]{2,30}\) )? [\p{L}\p{M}\d.,'’/º° -]{0,40}?
        \ ? \([\p{L}][\p{L}./\ -]{1,30}\) \ ?                                                # Paris, 3 mars (AFP)
      | [\p{Lu}][\p{Lu}\p{M}.,'’/ -]{2,40} (?: , [\p{L}\d.,º° ]{1,40} )? \ ?                      # HARROW FALLS, May 3
      | [\p{Lu}][\p{L}-]+ (?: \ [\p{Lu}][\p{L}-]+ ){0,2} (?: , \ [\p{L}\d.º° ]{1,30} )? \ (?=[—–])  # Berlin
      | \p{Arabic}{2,20} (?: \ \p{Arabic}{2,20} )? \ ? (?: \( [\p{Arabic} ]+ \) \ ? )?
    )
    [.,:]? \ ? (?: — | – | ― | -{1,2} ) \ ?-? \s+
    | (?: \p{Han}{2,8} 社 | 本报 | 本報 | 中新网 | 央视网 ) [\p{Han}\d]{2,20} [电電讯訊日] [）)]?
        (?: [（(] [^）)]{1,40} [）)] )? \s*
    | [【［（(] [^】］）)]{2,20} [】］）)] \s*
    """,
    regex.V1 | regex.VERBOSE,
)

_SIGN = re.compile("[—–―【［（(社报報网视-]")
"""What every dateline has one of."""


def dateline(paragraph: str) -> str:
    """The dateline that a paragraph begins with, or nothing."""
    beginning = paragraph[:MAX_CHARS]
    match = _DATELINE.match(beginning) if _SIGN.search(beginning) else None
    return match[0] if match else ""
