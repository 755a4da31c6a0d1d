"""Variables whose features do not stand yet: set, they stop the start, so that nobody relies on what is not there."""

from __future__ import annotations

from collections.abc import Callable

from runners.engine.settings.variable import Variable


def absent(feature: str, *harmless: str) -> Callable[[str], None]:
    """Read a variable whose feature does not stand yet: only values that ask for nothing are let through."""

    def read(text: str) -> None:
        if text.lower() not in harmless:
            raise ValueError(f": {feature} does not stand yet in this version; unset it")

    return read


SIGN_IN = "sign-in"
LANGUAGE_MODEL = "planning with a language model"

LATER: tuple[Variable, ...] = (
    Variable("MULTIJOB_TOKEN", "", "the command line's token", "", absent(SIGN_IN), secret=True),
    Variable("WORKER_POOL", "default", "the worker's pool", "", absent("a pool other than default", "default")),
    Variable("AUTH_ENABLED", "false", "sign-in for everybody", "", absent(SIGN_IN, "false", "0", "no", "off")),
    Variable("AUTH_VIEWER_TOKEN", "", "token of a viewer", "", absent(SIGN_IN), secret=True),
    Variable("AUTH_OPERATOR_TOKEN", "", "token of an operator", "", absent(SIGN_IN), secret=True),
    Variable("AUTH_ADMIN_TOKEN", "", "token of an admin", "", absent(SIGN_IN), secret=True),
    Variable("AUTH_API_KEYS", "", "tokens with their roles", "", absent(SIGN_IN), secret=True),
    Variable(
        "AUTH_TOKEN_HEADER", "Authorization", "header that carries the token", "", absent(SIGN_IN, "authorization")
    ),
    Variable("AUTH_TOKEN_SCHEME", "Bearer", "scheme before the token", "", absent(SIGN_IN, "bearer")),
    Variable("METRICS_TOKEN", "", "token of the metrics page", "", absent(SIGN_IN), secret=True),
    Variable("SMTP_URL", "", "mail server of notifications", "", absent("mail"), secret=True),
    Variable("OPENAI_API_KEY", "", "key of the language model", "", absent(LANGUAGE_MODEL), secret=True),
    Variable("OPENAI_BASE_URL", "", "address of the language model", "", absent(LANGUAGE_MODEL), secret=True),
    Variable("PLANNER_AI_MODEL", "", "name of the language model", "", absent(LANGUAGE_MODEL)),
    Variable(
        "AGENT_FILES_ALLOWED_ROOTS",
        "",
        "directories whose files agents may read",
        "",
        absent("reading of files by agents"),
    ),
)
