"""What changes on a page while its article stays: each kind changes a page's tree, otherwise with every chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement, fragment_fromstring

Change = Callable[[HtmlElement, list[HtmlElement], random.Random], None]
"""Changes a tree; the list are the paragraphs of its article."""

WORDS = [
    "harbour",
    "council",
    "storm",
    "budget",
    "ferry",
    "museum",
    "strike",
    "festival",
    "bridge",
    "clinic",
    "orchard",
    "tunnel",
    "verdict",
    "drought",
]
"""Of which the teasers around an article are made."""


def teaser(chance: random.Random) -> str:
    """A headline of another article."""
    return " ".join(chance.choices(WORDS, k=chance.randint(5, 9))).capitalize()


def links(chance: random.Random, count: int = 4) -> str:
    """A list of links to other articles."""
    items = (f"<li><a href='/n/{chance.randrange(10**6)}'>{teaser(chance)}</a></li>" for _ in range(count))
    return f"<ul>{''.join(items)}</ul>"


def inserted(html: Callable[[random.Random], str], where: str = "between") -> Change:
    """A kind that puts a box between two paragraphs of the article, behind them, or at the top of the page."""

    def change(tree: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
        box = fragment_fromstring(html(chance))
        if where == "top":
            tree.body.insert(0, box)
            return
        after = article[-1] if where == "behind" else article[len(article) // 2]
        box.tail, after.tail = after.tail, None
        after.addnext(box)

    return change


def outside(tree: HtmlElement, article: list[HtmlElement]) -> Iterator[HtmlElement]:
    """The elements of the body that are neither around nor in the box of the article, nor its headline."""
    around = [{*paragraph.iterancestors()} for paragraph in article]
    box = next(one for one in article[0].iterancestors() if all(one in ancestors for ancestors in around))
    inside = {box, *box.iterancestors()}
    for element in tree.body.iter():
        if isinstance(element.tag, str) and element not in inside:
            boxes = {element, *element.iterancestors()}
            if box not in boxes and not any(one.tag == "h1" for one in boxes):
                yield element


def attributes(tree: HtmlElement, _: list[HtmlElement], chance: random.Random) -> None:
    """Nonces and ids."""
    for element in tree.body.iter("div", "script", "p", "a"):
        element.set("data-nonce", f"{chance.getrandbits(64):x}")


def classes(tree: HtmlElement, _: list[HtmlElement], chance: random.Random) -> None:
    """Hashes that a style compiler appends to classes."""
    for element in tree.body.iter("div", "span", "p", "section"):
        element.set("class", f"{element.get('class') or ''} css-{chance.getrandbits(40):x}".strip())


def assets(tree: HtmlElement, _: list[HtmlElement], chance: random.Random) -> None:
    """Versions of scripts, styles and pictures."""
    for element in tree.iter("script", "link", "img"):
        for name in ("src", "href"):
            if element.get(name) and element.get("rel") != "canonical":
                element.set(name, f"{element.get(name)}?v={chance.getrandbits(32):x}")


def whitespace(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """Line breaks and indentation in the source."""
    for paragraph in article:
        for element in paragraph.iter():
            if element.text:
                element.text = re.sub(" ", lambda _: chance.choice((" ", "\n   ", "  ")), element.text)


def unseen(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """Zero-width characters and soft hyphens."""
    for paragraph in article:
        if paragraph.text and len(paragraph.text) > 10:
            at = chance.randrange(1, len(paragraph.text))
            paragraph.text = paragraph.text[:at] + chance.choice("\u200b\u00ad\ufeff\u2060") + paragraph.text[at:]


def typography(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """Quotation marks, apostrophes, dashes, dots."""
    curly = chance.random() < 0.5
    pairs = (("'", "\u2019"), ("\u2014", "\u2013"), ("...", "\u2026"))
    for paragraph in article:
        for element in paragraph.iter():
            for straight, other in pairs:
                if element.text:
                    old, new = (straight, other) if curly else (other, straight)
                    element.text = element.text.replace(old, new)


def counters(tree: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """Every number outside the article."""
    for element in outside(tree, article):
        if element.text and element.tag not in ("script", "style"):
            element.text = re.sub(r"\d", lambda _: str(chance.randrange(10)), element.text)


def link_order(tree: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """The order in lists of links."""
    for element in list(outside(tree, article)):
        if element.tag in ("ul", "ol") and len(element) > 2 and all(item.find(".//a") is not None for item in element):
            items = list(element)
            chance.shuffle(items)
            element[:] = items


def link_texts(tree: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """The headlines that lead to other articles."""
    for element in list(outside(tree, article)):
        if element.tag == "a" and element.text and len(element.text.split()) > 3:
            element.text = teaser(chance)


def comments(tree: HtmlElement, _: list[HtmlElement], chance: random.Random) -> None:
    """Comments in the source: when it was made, by which machine."""
    tree.body.append(
        fragment_fromstring(f"<div><!-- made by web-{chance.randrange(99)} in {chance.random()} s --></div>")
    )


def wrapper(tree: HtmlElement, _: list[HtmlElement], chance: random.Random) -> None:
    """One more box around everything, or none."""
    if chance.random() < 0.5:
        box = fragment_fromstring("<div class='page-wrap'></div>")
        box.extend(list(tree.body))
        tree.body.append(box)


def number(chance: random.Random) -> str:
    """A count as a page shows it."""
    return f"{chance.randrange(1000, 99999):,}"


def _ad(chance: random.Random) -> str:
    return f"<div class='ad-slot' id='ad{chance.randrange(99)}'><span>Advertisement {teaser(chance)}</span></div>"


def _ad_label(chance: random.Random) -> str:
    return chance.choice(("<p>Advertisement</p>", "<p>Article continues below advertisement</p>", "<p></p>"))


def _share_bar(chance: random.Random) -> str:
    return f"<div class='share'><a href='#'>Facebook</a> <a href='#'>Tweet</a> {number(chance)}</div>"


def _comments(chance: random.Random) -> str:
    said = f"<p>{teaser(chance)}, says {teaser(chance)}.</p>"
    return f"<div id='comments' class='comments'><h3>Comments</h3>{said}</div>"


def _newsletter_box(chance: random.Random) -> str:
    return f"<div class='newsletter'><p>Get {teaser(chance)} in your inbox</p></div>"


def _meter(chance: random.Random) -> str:
    return f"<div><p>You have {chance.randrange(1, 5)} free articles left this month.</p></div>"


def _cookies(chance: random.Random) -> str:
    return f"<div class='cookie-consent'><p>We use cookies. {chance.randrange(99)} partners.</p></div>"


def _stamp(chance: random.Random) -> str:
    time, day = f"{chance.randrange(24)}:{chance.randrange(10, 60)}", chance.randrange(1, 29)
    return chance.choice((f"<p>Updated at {time}</p>", f"<div>Last updated: {day} March 2026 {time}</div>"))


def _teaser_boxes(chance: random.Random) -> str:
    boxes = "".join(f"<div><a href='/n/{chance.randrange(999)}'>{teaser(chance)}</a></div>" for _ in range(3))
    return f"<div><h3>You might also like</h3>{boxes}</div>"


def _plain_newsletter(chance: random.Random) -> str:
    sign = "<a href='/newsletter'>Sign up</a>"
    return f"<div>Get {teaser(chance)} and more in your inbox every morning. {sign}</div>"


KINDS: dict[str, Change] = {
    "attributes": attributes,
    "class hashes": classes,
    "asset versions": assets,
    "whitespace": whitespace,
    "unseen characters": unseen,
    "typography": typography,
    "numbers outside": counters,
    "order of links": link_order,
    "other headlines": link_texts,
    "comments in source": comments,
    "wrapper": wrapper,
    "ad box": inserted(_ad),
    "ad label": inserted(_ad_label),
    "related aside": inserted(lambda c: f"<aside class='related'><h3>Related articles</h3>{links(c)}</aside>"),
    "related box": inserted(lambda c: f"<div><p>Related</p>{links(c)}</div>"),
    "read more": inserted(lambda c: f"<p>READ MORE: <a href='/n/{c.randrange(999)}'>{teaser(c)}</a></p>"),
    "most read": inserted(lambda c: f"<div class='most-read'><h4>Most read</h4>{links(c, 5)}</div>", "behind"),
    "share count": inserted(lambda c: f"<p>{number(c)} shares</p>"),
    "share bar": inserted(_share_bar),
    "minutes ago": inserted(lambda c: f"<p>Updated {c.randrange(2, 59)} minutes ago</p>"),
    "comment count": inserted(lambda c: f"<p>{c.randrange(2, 999)} comments</p>", "behind"),
    "comments": inserted(_comments, "behind"),
    "newsletter": inserted(lambda c: f"<p>Sign up for our newsletter and join {number(c)} readers</p>"),
    "newsletter box": inserted(_newsletter_box, "behind"),
    "newsletter line": inserted(_plain_newsletter),
    "stamp of time": inserted(_stamp),
    "readers now": inserted(lambda c: f"<p>{number(c)} people are reading this story</p>"),
    "teaser boxes": inserted(_teaser_boxes, "behind"),
    "meter": inserted(_meter, "top"),
    "breaking banner": inserted(lambda c: f"<div class='breaking-news'><a href='/n/1'>{teaser(c)}</a></div>", "top"),
    "recommendations": inserted(lambda c: f"<div id='taboola-below'><div>{links(c, 6)}</div></div>", "behind"),
    "cookie banner": inserted(_cookies, "top"),
}


def edit_word(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """One word of a paragraph is another."""
    _replace(article, chance, r"\b[a-z]{4,}\b", lambda _: chance.choice(WORDS))


def edit_number(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """One digit of a number is another; where there is no number, one comes."""
    if not _replace(article, chance, r"\d", lambda found: str((int(found[0]) + 1) % 10)):
        _replace(article, chance, r" ", lambda _: " 7 ")


def negate(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """A "not" comes."""
    _replace(article, chance, r" ", lambda _: " not ")


def rename(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """A name is another."""
    if not _replace(article, chance, r"\b[A-Z][a-z]+\b", lambda _: "Quillon"):
        _replace(article, chance, r" ", lambda _: " Quillon ")


def edit_lede(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """The first paragraph begins otherwise."""
    _replace(article[:1], chance, r"^\s*", lambda _: f"{teaser(chance)}: ")


def add_correction(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """A correction is added at the end."""
    text = f"Correction: an earlier version of this article misstated the {chance.choice(WORDS)}."
    article[-1].addnext(fragment_fromstring(f"<p>{text}</p>"))


def delete(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """A paragraph is gone."""
    gone = chance.choice(article)
    gone.drop_tree()


def move(_: HtmlElement, article: list[HtmlElement], __: random.Random) -> None:
    """The last paragraph stands first."""
    article[0].addprevious(article[-1])


def add_short_line(_: HtmlElement, article: list[HtmlElement], chance: random.Random) -> None:
    """A short last line comes."""
    article[-1].addnext(fragment_fromstring(f"<p>The {chance.choice(WORDS)} was saved.</p>"))


def edit_headline(tree: HtmlElement, _: list[HtmlElement], __: random.Random) -> None:
    """The headline has one word more, wherever it stands."""
    told = {word for title in tree.iter("title") for word in (title.text or "").lower().split()}
    headings = [h1 for h1 in tree.iter("h1") if str(h1.text_content()).strip()]
    heading = max(headings, key=lambda h1: len(told & {*str(h1.text_content()).lower().split()}), default=None)
    old = " ".join(str(heading.text_content()).split()) if heading is not None else ""
    new = f"{old} again"
    if heading is not None:
        for child in list(heading):
            heading.remove(child)
        heading.text = new
    for title in tree.iter("title"):
        title.text = (
            (title.text or "").replace(old, new) if old and old in (title.text or "") else f"Again: {title.text}"
        )
    for meta in tree.iter("meta"):
        if meta.get("property") == "og:title" and meta.get("content"):
            meta.set("content", f"{meta.get('content')} again")
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "") and script.text:
            script.text = re.sub(r'("headline"\s*:\s*")', r"\1Again: ", script.text)


def _replace(
    article: list[HtmlElement], chance: random.Random, pattern: str, new: Callable[[re.Match[str]], str]
) -> bool:
    """Replace one place that matches in the own text of the paragraphs; whether there was one."""
    places = [(p, found) for p in article for found in re.finditer(pattern, p.text or "")]
    if not places:
        return False
    paragraph, found = chance.choice(places)
    text = paragraph.text or ""
    paragraph.text = text[: found.start()] + new(found) + text[found.end() :]
    return True


EDITS: dict[str, Change] = {
    "a word": edit_word,
    "a number": edit_number,
    "a negation": negate,
    "a name": rename,
    "the lede": edit_lede,
    "the headline": edit_headline,
    "an added correction": add_correction,
    "a deleted paragraph": delete,
    "a moved paragraph": move,
    "a short last line": add_short_line,
}
