"""Finds words in templates and pages that nobody could translate: bare text, shown attributes, and literals that are shown.

Text is read as HTML reads it, expressions as Jinja does: what stands in a gettext call is said in every language, what stands
in <code> and the like is none, and a name is a name everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from jinja2 import nodes
from jinja2.environment import Environment

GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext", "_l", "_n"}
SAID_ELSEWHERE = {*GETTEXT, "url_for", "may", "static", "say", "command", "strftime"}
"""What is called with no words to show: `command` takes a line to copy."""
ERRORS = {"Problem", "Unauthorized"}
SHOWN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-label", "label", "aria-description", "summary"}
NO_LANGUAGE = {"code", "pre", "kbd", "script", "style", "svg", "samp"}
NAMES = {
    *(
        "Multi-Job",
        "API",
        "JSON",
        "YAML",
        "URL",
        "HTTP",
        "MCP",
        "Redis",
        "Telegram",
        "Slack",
        "OpenAPI",
        "UTC",
        "IANA",
        "SMTP",
    ),
    *(
        "Bearer",
        "webhook",
        "cron",
        "Streams",
        "English",
        "Bahasa",
        "Indonesia",
        "PID",
        "pid",
        "CSV",
        "p50",
        "p95",
        "p99",
    ),
    *("Mac", "OS", "X", "EEE", "d", "mon-fri"),
}
"""What is called the same in every language."""
LETTER = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W\d_][\w.-]*")
MARK = "\ue000"
ATTRIBUTES = re.compile(r'[\w:-]+="[^"]*"')
"""What a macro writes inside of a tag stands outside of every tag in its own file."""


def bare_words_of_template(source: str) -> list[str]:
    """Return each bare word or phrase of a template, in its order."""
    written = _Written()
    for part in Environment(extensions=["jinja2.ext.i18n"]).parse(source).body:
        written.take(part)
    reader = _Reader(written)
    reader.feed("".join(written.html))
    reader.close()
    return [*reader.found, *written.found]


def bare_words_of_python(source: str) -> list[str]:
    """Return each phrase of a module that looks like language, and is neither translated, a docstring nor an error's sentence."""
    tree = ast.parse(source)
    aside = {id(inner) for node in ast.walk(tree) if _is_aside(node) for inner in ast.walk(node)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [text.value for text in texts if id(text) not in aside and _is_phrase(text.value)]


def _is_aside(node: ast.AST) -> bool:
    """Say whether nothing of `node` is said by a page itself: docstrings, patterns, logs, what is translated, and errors, whose
    sentences are in English for all and known to `runners.engine.words.sentences`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise | ast.Assert):
        return True
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called in GETTEXT | ERRORS or called.startswith(("LOG.", "re."))


def _is_phrase(text: str) -> bool:
    """Say whether it reads like language: two words beside each other, in no markup, header or list of names with points."""
    is_code = text.lstrip().startswith("<") or "=" in text
    return not is_code and bool(re.search(r"[^\W\d_]{2,}[,;:]? [^\W\d_]", text)) and bool(_without_names(text))


def _without_names(text: str) -> str:
    """Return what is language in `text`: nothing if it holds names, signs and figures alone."""
    words = (word.rstrip(".-") for word in WORD.findall(text))
    return " ".join(word for word in words if word not in NAMES and "." not in word)


@dataclass
class _Written:
    """A template as HTML in which each expression is a mark; `found` holds bare literals of blocks and calls."""

    html: list[str] = field(default_factory=list)
    shown: list[nodes.Node] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def take(self, node: nodes.Node) -> None:
        """Write one node and what is in it, in the order of the source."""
        if isinstance(node, nodes.TemplateData):
            self.html.append(node.data)
        elif isinstance(node, nodes.Output):
            for part in node.nodes:
                self.take(part)
        elif isinstance(node, nodes.Expr):
            self.html.append(f"{MARK}{len(self.shown)}{MARK}")
            self.shown.append(node)
        else:
            for name, value in node.iter_fields():
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, nodes.Expr) and name not in ("test", "target", "template", "names"):
                        self.found += _phrases(part)
                    elif isinstance(part, nodes.Node) and not isinstance(part, nodes.Expr):
                        self.take(part)


def _phrases(node: nodes.Node) -> Iterator[str]:
    """Yield the literals of an expression that are phrases or begin like a sentence: what a macro may be given to show."""
    for text in _literals(node):
        if (re.search(r"\s", text) or text[:1].isupper()) and _without_names(text):
            yield text


def _literals(node: nodes.Node) -> Iterator[str]:
    """Yield the strings of an expression that are not keys, not compared and not translated."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, nodes.Getitem | nodes.Test):
        yield from _literals(node.node)
    elif not isinstance(node, nodes.Compare) and not (isinstance(node, nodes.Call) and _called(node) in SAID_ELSEWHERE):
        for part in node.iter_child_nodes():
            yield from _literals(part)


def _called(call: nodes.Call) -> str:
    if isinstance(call.node, nodes.Getattr):
        return str(call.node.attr)
    return call.node.name if isinstance(call.node, nodes.Name) else ""


def _directly_shown(node: nodes.Node) -> Iterator[str]:
    """Yield the literals that an expression itself becomes, whatever they look like."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and _without_names(node.value):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        for part in (node.expr1, node.expr2):
            yield from _directly_shown(part) if part else ()
    elif isinstance(node, nodes.Or | nodes.Concat | nodes.Add):
        for part in node.iter_child_nodes():
            yield from _directly_shown(part)
    else:
        yield from _phrases(node)


class _Reader(HTMLParser):
    def __init__(self, written: _Written) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._written, self._aside = written, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._aside += tag in NO_LANGUAGE
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        self._aside -= tag in NO_LANGUAGE

    def handle_data(self, data: str) -> None:
        if not self._aside:
            self._look(data)

    def _look(self, text: str) -> None:
        parts = re.split(f"{MARK}([0-9]+){MARK}", ATTRIBUTES.sub("", text))
        if bare := [part.strip() for part in parts[::2] if LETTER.search(part) and _without_names(part)]:
            self.found += bare
        for place in parts[1::2]:
            self.found += _directly_shown(self._written.shown[int(place)])
