"""How people and tokens may be called: names that cannot be taken for one another, and need no escaping anywhere."""

from __future__ import annotations

import re

from runners.engine.errors import Problem
from runners.engine.fields import show

PERSON_NAME = r"[a-z0-9][a-z0-9._@-]{0,63}"
TOKEN_NAME = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"


def person_name_problems(name: object) -> list[Problem]:
    """Return what is wrong with the name of a new person: small letters only, so that none looks like another's."""
    if isinstance(name, str) and re.fullmatch(PERSON_NAME, name, re.ASCII):
        return []
    fault = f"name {show(name)} is not 1 to 64 of a-z 0-9 . _ @ - with a letter or digit first"
    return [Problem(("name",), fault, "not_a_name")]


def token_name_problems(name: object) -> list[Problem]:
    """Return what is wrong with the name of a new token."""
    if isinstance(name, str) and re.fullmatch(TOKEN_NAME, name, re.ASCII):
        return []
    fault = f"name {show(name)} is not 1 to 64 of A-Z a-z 0-9 . _ @ - with a letter or digit first"
    return [Problem(("name",), fault, "not_a_name")]
