"""A path that a model wrote, behind an address that it did not choose. Pure."""

from __future__ import annotations

from urllib.parse import unquote

DEEPEST = 4
"""How often a path is decoded to look for what it hides; one that hides more is refused."""


def plain_path(path: str) -> str:
    """Return `path` when it goes down from where it begins and nowhere else. Raises ValueError.

    Nothing in it may be read as another host, as a step up or as a query, however often somebody on the way decodes it.
    """
    if not path.startswith("/"):
        raise ValueError("path begins with /: the account has the host")
    decoded = path
    for _ in range(DEEPEST):
        _refuse(decoded)
        if (deeper := unquote(decoded)) == decoded:
            return path
        decoded = deeper
    raise ValueError(f"path is encoded more than {DEEPEST} times")


def _refuse(path: str) -> None:
    if path.startswith("//") or "\\" in path:
        raise ValueError("path holds // at its beginning, or a backslash: it may lead to another host")
    if any(segment in (".", "..") for segment in path.replace(";", "/").split("/")):
        raise ValueError("path holds a step such as ..; write where it leads")
    if "?" in path or "#" in path:
        raise ValueError("path holds ? or #; write the query in `query`")
    if not path.isprintable() or any(character.isspace() and character != " " for character in path):
        raise ValueError("path holds a character that cannot be shown")
