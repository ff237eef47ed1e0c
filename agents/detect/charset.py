"""The text of a page from its bytes, whatever its charset says."""

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# The charsets of the WHATWG Encoding Standard under Python's names. Only these: Python has codecs that take quadratic
# time (punycode) or are no charsets at all, and UTF-16 always comes with a byte order mark.
_CHARSETS = {
    "utf_8", "gb18030", "big5hkscs", "euc_jp", "cp932", "cp949", "koi8_r", "koi8_u", "mac_roman", "mac_cyrillic",
    "cp866", "cp874",
    *(f"cp{number}" for number in range(1250, 1259)),
    *(f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
}  # fmt: skip

# The standard reads these as their supersets, as browsers do; and some names that Python does not know.
_SUPERSETS = {
    "ascii": "cp1252", "latin_1": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
    "x_gbk": "gb18030", "x_sjis": "cp932", "windows_31j": "cp932", "windows_874": "cp874",
    "x_mac_cyrillic": "mac_cyrillic",
}  # fmt: skip

_META = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE
)
FEW_LOST = 10
"""How many times more characters that are not ASCII are read than lost, in a page that is UTF-8."""

_META_WITHIN = 4096
"""Bytes in which a page names its charset; the standard says 1024."""


def decode(body: bytes, declared: str | None = None) -> str:
    """The text of a page: by its byte order mark, else as UTF-8 if it is that, else as header or page declare it.

    A declaration that cannot be true (most of what is not ASCII would be lost) is passed over. In the end it is
    Windows-1252, in which every byte means something, and which is what undeclared pages mostly are.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body.decode(charset, "replace")
    text = body.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    if not lost or FEW_LOST * lost < len(text) - len(text.encode("ascii", "ignore")):
        return text  # a sequence that was cut somewhere makes no other charset of the page
    meta = _META.search(body, 0, _META_WITHIN)
    for label in (declared, meta[1].decode("ascii", "replace") if meta else None):
        charset = _python_name(label or "")
        if charset and _is_plausible(text := body.decode(charset, "replace")):
            return text
    return body.decode("cp1252", "replace")


def _python_name(label: str) -> str:
    name = label.strip().lower().replace("-", "_").replace(":", "_")
    name = aliases.get(name, name)
    name = _SUPERSETS.get(name, name)
    return name if name in _CHARSETS else ""


def _is_plausible(text: str) -> bool:
    lost = text.count("\ufffd")
    return 2 * lost <= len(text) - len(text.encode("ascii", "ignore"))
