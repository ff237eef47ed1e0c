"""The place, date and agency in front of an article: "PARIS, March 3 (AFP) - "."""

from __future__ import annotations

import regex

_AGENCY = r"\((?:[\p{Lu}][\p{L}./ -]{1,30})\)"
_DATELINE = regex.compile(
    rf"""
    \W{{0,2}}
    (?: [\p{{Lu}}][\p{{L}}\p{{M}}.,'’/ -]{{1,60}}? (?: ,?\ \d{{1,2}}[\p{{L}}.º]* (?:\ (?:de\ )?\p{{L}}+\.?)? )? (?:\ \d{{4}})?
        \ ? {_AGENCY} \ ?
      | [\p{{Lu}}][\p{{Lu}}\p{{M}}.,'’/ -]{{2,40}} (?: , [\p{{L}}\d., ]{{1,40}} )? \ ?
      | [\p{{Lu}}][\p{{L}}-]+ (?:\ [\p{{Lu}}][\p{{L}}-]+){{0,2}} (?: ,\ [\p{{L}}\d.º ]{{1,30}} )? \ (?=[—–])
      | [\p{{Arabic}}]{{2,20}} (?:\ [\p{{Arabic}}]{{2,20}})? \ ? (?: \([\p{{Arabic}} ]+\) \ ? )?
    )
    [.,:]? \ ? (?:—|–|-{{1,2}}|―) \ ?-? \s+ (?: \p{{Lu}}[\p{{L}} ]+\. \s+ )?
    | (?: [\p{{Han}}]{{2,8}}社 | 本报 | 本報 | 中新网 | 央视网 ) [\p{{Han}}\d]{{2,20}} [电電讯訊日] [）)]? (?: [（(] [^）)]{{1,40}} [）)] )? \s*
    | [【［（(] [^】］）)]{{2,20}} [】］）)] \s*
    """,
    regex.V1 | regex.VERBOSE,
)


def dateline(paragraph: str) -> str:
    """The dateline that a paragraph begins with, or nothing."""
    match = _DATELINE.match(paragraph[:150])
    return match[0] if match else ""
