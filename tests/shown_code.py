"""The examples of the handbook that can be run as they stand, and why the others cannot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.processes import CHECKOUT
from webapp.handbook import CHAPTERS

BLOCK = re.compile(r"^( *)```(sh|python)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
ASKS = re.compile(r"\bcurl\b|\bmultijob\b|\bhttpx\b")
OWN = "it starts or installs a deployment: tests/local and tests/deployment do"
NOT_RUN = {
    ("README", "AUTH_ENABLED=true multijob up"): OWN,
    ("start", "git clone"): OWN,
    ("access", "AUTH_ENABLED=true multijob up"): OWN,
    ("chat", "TELEGRAM_BOT_TOKEN="): OWN,
    ("deploying", "sudo apt-get"): OWN,
    ("deploying", "with_settings"): OWN,
    ("deploying", "git clone"): OWN,
}
"""By chapter and how a block begins."""


@dataclass(frozen=True, slots=True)
class Example:
    """One block of a chapter, in one of the languages that it may be written in."""

    chapter: str
    language: str
    text: str

    @property
    def reason(self) -> str:
        """Say why it is not run; '' when it is."""
        reasons = (
            reason
            for (chapter, begins), reason in NOT_RUN.items()
            if chapter == self.chapter and self.text.startswith(begins)
        )
        return next(reasons, "")


def examples() -> Iterator[Example]:
    """Yield all that ask a platform, in the order of the handbook."""
    chapters = [name for names in CHAPTERS.values() for name in names]
    for name in ("README", *chapters):
        path = CHECKOUT / ("README.md" if name == "README" else f"docs/{name}.md")
        for indent, language, text in BLOCK.findall(path.read_text()):
            if ASKS.search(text):
                yield Example(name, language, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE))
