"""Secrets of records on their way: opened with the key of one place and sealed with that of the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from runners.engine.store.writes import Write
from runners.engine.vault import Owner, Sealed, Vault


def resealed(kind: str, name: str, writes: Iterable[Write], old: Vault, new: Vault, lost: list[str]) -> Iterator[Write]:
    """Yield the writes of a record with its secrets sealed anew; one that `old` does not open is left out, and named in `lost`."""
    for write in writes:
        if write[0] != "HMSET" or "json" not in write[2::2]:
            yield write
            continue
        place = 3 + 2 * write[2::2].index("json")
        yield (*write[:place], _content(kind, name, write[place], old, new, lost), *write[place + 1 :])


def _content(kind: str, name: str, text: str, old: Vault, new: Vault, lost: list[str]) -> str:
    content = json.loads(text)
    if not content.get("sealed"):
        return text
    anew = {}
    for place, sealed in content["sealed"].items():
        owner = Owner(kind, name, place)
        try:
            anew[place] = new.seal(owner, old.open(owner, sealed))
        except Sealed as fault:
            lost.append(str(fault))
    return json.dumps(content | {"sealed": anew}, ensure_ascii=False)
