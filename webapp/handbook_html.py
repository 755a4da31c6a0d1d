"""A chapter of the handbook as HTML: headings that can be linked to, tables that become cards, links to other chapters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from markdown_it.token import Token
from markupsafe import Markup

from webapp.handbook import Chapter, reader, slug

CHAPTER_LINK = re.compile(r"(?:\.\./)?([a-z-]+)\.md(#.*)?")
PICTURE = re.compile(r"pictures/([a-z-]+\.svg)")
OUTSIDE = ("https://", "http://", "mailto:")


def html(chapter: Chapter, address: Callable[[str], str | None], picture: Callable[[str], str]) -> Markup:
    """Return the chapter without its title. `address` gives where another one is, None for none; `picture` where a picture is.

    What is no chapter (a file of the checkout) is named and not linked.
    """
    tokens = reader().parse(chapter.text)
    tokens = tokens[3:] if tokens and tokens[0].tag == "h1" else tokens
    _name_headings(tokens)
    _label_cells(tokens)
    for token in tokens:
        token.children = _linked(token.children or [], address, picture)
    return Markup(reader().renderer.render(tokens, reader().options, {}))


def _name_headings(tokens: Sequence[Token]) -> None:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", slug(inline.content))


def _label_cells(tokens: Sequence[Token]) -> None:
    """Give each cell its column's heading, which a narrow screen shows beside it."""
    heads: list[str] = []
    column = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(tokens[place + 1].content.replace("`", ""))
            token.attrSet("scope", "col")
            token.attrs.pop("style", None)
        elif token.type == "td_open":
            token.attrs.pop("style", None)
            token.attrSet("data-label", heads[column])
            column += 1


def _linked(
    children: Sequence[Token], address: Callable[[str], str | None], picture: Callable[[str], str]
) -> list[Token]:
    """Return the words of a line with links that lead somewhere here, and without those that do not."""
    kept: list[Token] = []
    dropped = 0
    for token in children:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href") or ""), address)
            if target is None:
                dropped += 1
                continue
            token.attrSet("href", target)
        elif token.type == "link_close" and dropped:
            dropped -= 1
            continue
        elif token.type == "image":
            shown = PICTURE.fullmatch(str(token.attrGet("src") or ""))
            if shown is None:
                continue
            token.attrSet("src", picture(shown[1]))
        kept.append(token)
    return kept


def _target(href: str, address: Callable[[str], str | None]) -> str | None:
    if href.startswith(("#", *OUTSIDE)):
        return href
    other = CHAPTER_LINK.fullmatch(href)
    place = address(other[1]) if other else None
    return place + (other[2] or "") if place and other else None
