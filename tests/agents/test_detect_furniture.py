"""What stands beside an article is left out of it, and can be had again; what is said in it never is."""

from __future__ import annotations

import pytest
from detect_fetches import page, prose

from agents.detect.furniture import is_furniture
from agents.detect.page import read_page
from agents.detect.visible import visible_hash


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement", "ADVERTISEMENT:", "Article continues below advertisement", "Anzeige", "Publicité", "広告",
        "Share this article", "Copy link", "Facebook", "Follow us on Instagram", "Print", "Teilen", "Compartir",
        "1,234 shares", "12 comments", "Comments (3)", "3.4K views", "45 Kommentare", "5 min read", "Lesezeit: 4 Min",
        "5 minutes ago", "Updated 2 hours ago", "vor 5 Minuten", "il y a 3 heures", "hace 2 horas", "3 ore fa",
        "Related articles", "Most read", "Read more", "You may also like", "Lesen Sie auch", "À lire aussi",
        "Leggi anche", "Subscribe to our newsletter for more",
        "Sign up for our morning newsletter", "Get the day's news in your inbox",
        "You have 3 free articles left this month.", "We use cookies to measure how this site is used.",
        "\u00a9 2026 Eastmere Echo. All rights reserved.", "July 1, 2026", "Tuesday, 3 March 2026",
        "1:36 AM PST 11/19/2019", "2h ago", "Vor 5 Minuten aktualisiert", "5分钟前",
        "2026-03-01 12:05", "Last updated: July 23, 2026", "Updated at 14:05",
        "Updated at 14:05 on Tuesday", "Published 3 March 2026, updated 4 March 2026 14:05 GMT", "Stand: 3. März 2026",
        "Aktualisiert am 03.03.2026 um 14:05 Uhr", "Publié le 3 mars 2026 à 14h05, mis à jour à 15h10",
        "Temps de lecture : 3 min", "Tiempo de lectura: 3 min", "1,204 people are reading this story",
        "Partager sur Facebook",
        "Newsletter: Das Wichtigste vom Tag. Jetzt anmelden!", "Support our journalism", "Sponsored by Harbour Bank",
        "Table of contents", "Back to top", "Leave a comment",
    ],
)  # fmt: skip
def test_furniture_is_told_by_its_wording(line: str) -> None:
    """Labels, counts, relative times, boxes and banners, in several languages."""
    assert is_furniture(line, linked=False)


@pytest.mark.parametrize(
    "line",
    [
        "At least 12 dead.", "The mayor did not resign.", "Ada Quill is 43.", "Correction: the bridge opened in 1912.",
        "An earlier version of this article misstated the number of boats.", "Twelve people commented.",
        "More than 300 people live there.", "Read more slowly, the judge told him.", "Live: the council votes tonight",
        "Copyright law will be rewritten, the minister said.", "Already 12 members of the party have resigned.",
        "Two minutes ago, he said, the bridge was still there.", "Share prices fell by 3 percent.",
        "Subscribers left in droves.", "Print is dead, she said, and laughed.", "He has 1,234 shares in the company.",
        "328 votes", "(c) the defendant shall pay the costs.", "Copyright 2024 rules will oblige companies to pay.",
        "Inscrivez-vous sur les listes avant le 31 janvier, a rappelé le ministre.",
        "Download the app, he told patients.",
        "Subscribe to updates, the group told its followers.", "By continuing to sell cookies, the shop broke the law.",
        "11/19/2019 by Ada Quill", "Inscrivez-vous sur les listes avant le 3 mars",
        "Published in 2019, the book sold two million copies.", "On July 1, 2026, it rained.",
        "Updated figures show that 12 people died.", "Updated 3 March 2026: the dead were 13.",
        "Update 14:05: Police say that 12 people were hurt.", "Correction 3 March 2026: it rained.", "10.30",
        "Harrow, 3 March",
        "Sign up for Medicare has been delayed after alerts were sent by mistake.", "Jump to safety", "More from Gaza",
        "Register voters received an e-mail with a wrong date.", "1,204 people are dead.",
        "Sponsored by Qatar, it sank.",
        "You have read too many articles about this storm, the mayor told a reporter.", "Share on the stock market",
        "Stand: Die Partei bleibt bei ihrer Meinung.", "Publié en 2019, le livre a été vendu.",
        "It opens on July 1, 2026.", "Related: it never happened, he said, and nobody asked.",
    ],
)  # fmt: skip
def test_what_is_said_is_never_furniture(line: str) -> None:
    """A number, a name, a negation, a correction, a short last line stay, however short the paragraph is."""
    assert not is_furniture(line, linked=False)
    assert line in [paragraph.text for paragraph in read_page(page(*prose(), line)).paragraphs]


def test_furniture_is_kept_aside() -> None:
    """A wrong drop can be undone: the lines are in the reading, with their kind."""
    reading = read_page(page(*prose(), "12 comments"))
    assert [paragraph.text for paragraph in reading.furniture] == ["12 comments"]
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose())


def test_what_the_extractor_passes_over_is_kept_aside() -> None:
    """Captions, asides and boxes that are no part of the article for it can be looked up, menus and forms cannot."""
    caption = "<figure><img src='/a.jpg'><figcaption>The pier</figcaption></figure>"
    aside = "<aside><p>The pier was built in 1912 by two brothers from Harrow.</p></aside>"
    menu = "<nav><p>The pier, the harbour, the boats and the people of Eastmere</p></nav>"
    body = (
        page(*prose())
        .replace(b"</p><p>", f"</p>{caption}{aside}<p>".encode(), 1)
        .replace(b"<body>", f"<body>{menu}".encode())
    )
    reading = read_page(body)
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose())
    kept = [(paragraph.kind, paragraph.text) for paragraph in reading.furniture]
    assert kept == [("caption", "The pier"), ("text", "The pier was built in 1912 by two brothers from Harrow.")]


def test_headings_at_the_end_are_those_of_other_articles() -> None:
    """Many in a row, with nothing beneath; one or two may close an article."""
    others = "".join(f"<h3>Ferry {n} hits the northern pier</h3>" for n in range(3))
    body = page(*prose()).replace(b"</article>", f"{others}</article>".encode())
    reading = read_page(body)
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose())
    assert [paragraph.text for paragraph in reading.furniture if paragraph.kind == "heading"][:1] == [
        "Ferry 0 hits the northern pier"
    ]


CARD = "<{0}><a href='{1}/{2}'><h3>Ferry {2} hits the pier</h3></a><p>Nobody was hurt when ferry {2} came.</p></{0}>"


@pytest.mark.parametrize("box", ["article", "div", "li"])
@pytest.mark.parametrize("where", ["</p><p>", "</article>", "</body>"])
def test_teasers_are_furniture(box: str, where: str) -> None:
    """Boxes in a row with a linked heading and a line each are other articles, wherever they stand."""
    readings = []
    for row in ((1, 2, 3), (4, 5, 6)):
        cards = "".join(CARD.format(box, "http://[n", n) for n in row)
        readings.append(read_page(page(*prose()).replace(where.encode(), _before(where, cards))))
    assert [[paragraph.text for paragraph in reading.paragraphs] for reading in readings] == [list(prose())] * 2
    assert "Nobody was hurt when ferry 1 came." in [paragraph.text for paragraph in readings[0].furniture]


def _before(where: str, html: str) -> bytes:
    """A box in front of a tag, between paragraphs where it is two."""
    return (f"</p><section>{html}</section><p>" if where == "</p><p>" else f"<section>{html}</section>{where}").encode()


def test_a_list_is_no_share_bar() -> None:
    """What is listed is told, be it names of networks or dates; a link to a network is not."""
    items = "<ul><li>TikTok</li><li>Mastodon</li><li>Monday 12 May 2026</li></ul>"
    body = page(*prose()).replace(b"</article>", f"{items}</article>".encode())
    assert [p.text for p in read_page(body).paragraphs][-3:] == ["TikTok", "Mastodon", "Monday 12 May 2026"]


def test_the_next_article_is_another_one() -> None:
    """Where a page goes on with the next article, its heading leads there, and its text is not joined."""
    box = "<article class='story'><h2><a href='/n'>Next</a></h2><div class='b'>{}</div></article>"
    text = "".join(f"<p>{one}</p>" for one in prose("other"))
    body = page(*prose()).replace(b"</h1>", b"</h1><div class='b'>").replace(b"</article>", b"</div></article>")
    body = body.replace(b"<article>", b"<main><article class='story'>")
    body = body.replace(b"</body>", f"{box.format(text)}</main></body>".encode())
    assert [p.text for p in read_page(body).paragraphs] == list(prose())


def test_the_posts_of_a_live_blog_are_no_teasers() -> None:
    """Their headings lead to addresses beneath the page's own."""
    posts = "".join(CARD.format("article", "https://eastmere-echo.test/live/post", n) for n in range(3))
    head = "<link rel='canonical' href='https://eastmere-echo.test/live'>"
    body = page(*prose(), head=head).replace(b"</article>", f"{posts}</article>".encode())
    assert "Nobody was hurt when ferry 1 came." in [paragraph.text for paragraph in read_page(body).paragraphs]


def test_only_a_link_is_a_label_of_a_link() -> None:
    """`Read more: ...` leads away where it is a link, and is said by somebody where it is not."""
    linked = page(*prose(), "READ MORE: <a href='/other'>Ferry hits pier in thick fog off Eastmere</a>")
    assert len(read_page(linked).paragraphs) == len(prose())
    assert not is_furniture("Read more: that was her advice to the young.", linked=False)


def test_a_date_is_a_heading_in_a_timeline() -> None:
    """What happened on a day stands beneath it; by itself a date is when the page was made."""
    body = page(*prose()).replace(b"</p><p>", b"</p><h2>3 March 2026</h2><p>", 1)
    assert "3 March 2026" in [paragraph.text for paragraph in read_page(body).paragraphs]
    assert "3 March 2026" not in [paragraph.text for paragraph in read_page(page(*prose(), "3 March 2026")).paragraphs]


def test_links_within_a_page_lead_nowhere_else() -> None:
    """A heading that links to itself stays one."""
    heading = "<h2><a href='#pier'>The pier</a></h2>"
    body = page(*prose()).replace(b"</p><p>", b"</p>%s<p>" % heading.encode(), 1)
    assert "The pier" in [paragraph.text for paragraph in read_page(body).paragraphs if paragraph.kind == "heading"]


def test_paragraphs_between_empty_lines() -> None:
    """Text whose paragraphs are only divided by `<br><br>` is read paragraph by paragraph."""
    text = "<br> <br>".join(prose())
    body = f"<html><head><title>Storm</title></head><body><div class='c'><h1>Storm</h1>{text}</div></body></html>"
    assert [paragraph.text for paragraph in read_page(body.encode()).paragraphs] == list(prose())


def test_the_article_is_where_most_prose_is() -> None:
    """A teaser in a box that looks like an article is not taken for it."""
    text = "<br><br>".join(f"{paragraph} Day {n}." for n in range(5) for paragraph in prose(n))
    teaser = f"<ul><li><a href='/n'><p>{prose('other')[0]}</p></a></li></ul>"
    body = (
        "<html><head><title>Storm</title></head><body><div id='top'><h1>Storm</h1>"
        f"<div class='article'><div class='content'>{text}</div></div></div>{teaser}</body></html>"
    )
    assert len(read_page(body.encode()).paragraphs) == 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 boats", "13 boats"),
        ("Nobody", "Somebody"),
        ("<title>Storm over", "<title>Calm over"),
        ("<h1>Storm", "<h1>Calm"),
        ("</head>", "<meta name='author' content='Ada Quill'></head>"),
        ("</head>", "<meta property='og:title' content='Catch > quota'></head>"),
        ("</head>", '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Calm"}</script></head>'),
    ],
)
def test_whatever_makes_a_version_is_visible(old: str, new: str) -> None:
    """The cheap look sees each edit of text, headline or author, also where only machines are told."""
    before = page(*prose()).decode()
    assert old in before
    assert visible_hash(before) != visible_hash(before.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<article>", "<article class='css-1x2' data-nonce='8f'>"),
        ("</p><p>", "</p>\n\n  <!-- 0.13 s --><p>"),
        ("board's", "board\u2019s"),
        ("harbour", "har\u00adbour"),
        ("</head>", "<script src='/a.js?v=9'></script><meta name='csrf' content='1'></head>"),
    ],
)
def test_what_nobody_can_see_costs_no_reading(old: str, new: str) -> None:
    """Attributes, comments, whitespace, scripts and typography leave the cheap look as it is."""
    before = page(*prose()).decode()
    assert old in before
    assert visible_hash(before) == visible_hash(before.replace(old, new))


HOLDERS = (
    "<div style='display:none'>{}</div>", "<div hidden>{}</div>", "<noscript>{}</noscript>", "<template>{}</template>",
    "<details><summary>More</summary>{}</details>", "<div aria-hidden='true'>{}</div>", "<textarea>{}</textarea>",
    "<select><option>{}</option></select>", "<figure><img src='/a.jpg'><figcaption>{}</figcaption></figure>",
    "<iframe>{}</iframe>", "<object>{}</object>", "<dialog>{}</dialog>", "<button>{}</button>",
    "<svg><text>{}</text></svg>",
)  # fmt: skip


@pytest.mark.parametrize("holder", HOLDERS)
def test_whatever_is_read_is_visible(holder: str) -> None:
    """However a paragraph is wrapped: where an edit in it would make a version, the cheap look sees it."""
    before, after = (
        page(*prose()).replace(b"</article>", f"{holder.format(f'<p>{prose(n)[0]}</p>')}</article>".encode())
        for n in (77, 78)
    )
    assert read_page(before).visible != read_page(after).visible or read_page(before).hash == read_page(after).hash
