"""The one table of environment variables: name, default, meaning, and how each is read.

`.env.example` is generated from it (`python -m runners.engine.settings`), so it cannot differ from what is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runners.engine.settings import values as v


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable. `field` is the Settings field it fills; '' when `reading` combines it with others.

    `default` is shown, not read: the field's own default holds. `secret` keeps the value out of every message.
    """

    name: str
    default: str
    meaning: str
    field: str
    read: Callable[[str], Any]
    secret: bool = False


def absent(feature: str, *harmless: str) -> Callable[[str], None]:
    """Read a variable whose feature does not stand yet: only values that ask for nothing are let through."""

    def read(text: str) -> None:
        if text.lower() not in harmless:
            raise ValueError(f": {feature} does not stand yet in this version; unset it")

    return read


SIGN_IN = "sign-in"
LANGUAGE_MODEL = "planning with a language model"

SETTINGS: tuple[Variable, ...] = (
    Variable("REDIS_URL", "", "redis://, rediss:// or unix:// address of the server", "", v.redis_url, True),
    Variable("REDIS_TLS_URL", "", "rediss:// address; wins over REDIS_URL", "", v.redis_tls_url, True),
    Variable("REDIS_HOST", "", "server's host name, when no URL is set", "", v.redis_host),
    Variable("REDIS_PORT", "6379", "server's port, 1 to 65535", "", v.whole(1, v.LARGEST_PORT)),
    Variable("REDIS_DB", "0", "server's database, 0 to 9999", "", v.whole(0, 9999)),
    Variable("REDIS_PASSWORD", "", "server's password, with REDIS_HOST", "", str, True),
    Variable(
        "QUEUE_MODE",
        "auto",
        "auto, streams, lists or memory",
        "queue_mode",
        v.one_of("auto", "streams", "lists", "memory"),
    ),
    Variable(
        "MEMORY_FALLBACK",
        "",
        "auto or never: work in memory when the configured server is absent",
        "memory_fallback",
        v.one_of("auto", "never"),
    ),
    Variable("KEY_PREFIX", "mj:", "what every key in Redis begins with; ends in a colon", "key_prefix", v.key_prefix),
    Variable(
        "WORKER_CONCURRENCY", "5", "runs at once in one worker process, 1 to 256", "worker_concurrency", v.whole(1, 256)
    ),
    Variable("WORKER_POOL", "default", "the worker's pool", "", absent("a pool other than default", "default")),
    Variable(
        "RUN_LEASE_SEC",
        "30",
        "seconds until a silent worker's runs are taken away, 1 to 3600",
        "lease",
        v.seconds(1, 3600),
    ),
    Variable(
        "REAPER_TICK_SEC",
        "5",
        "seconds between two looks for expired leases, 0.1 to 300",
        "reaper_tick",
        v.seconds(0.1, 300),
    ),
    Variable(
        "SHUTDOWN_GRACE",
        "25",
        "seconds that runs may take to finish at a stop, 0 to 600",
        "shutdown_grace",
        v.seconds(0, 600),
    ),
    Variable("SCHEDULER_TICK_SEC", "0.25", "seconds between two ticks, 0.05 to 1", "tick", v.seconds(0.05, 1)),
    Variable(
        "SCHEDULER_MAX_DISPATCH_PER_TICK",
        "80",
        "dispatches per tick, 1 to 100000",
        "max_dispatch_per_tick",
        v.whole(1, 100_000),
    ),
    Variable(
        "SCHEDULER_PRESSURE_DEPTH_HIGH",
        "300",
        "depth at which pressure begins, 1 to 10000000",
        "pressure_high",
        v.whole(1, 10_000_000),
    ),
    Variable(
        "SCHEDULER_PRESSURE_DEPTH_LOW",
        "180",
        "depth at which pressure ends, 0 to the high mark",
        "pressure_low",
        v.whole(0, 10_000_000),
    ),
    Variable("HOST", "127.0.0.1", "address to listen on; loopback only, while there is no sign-in", "host", v.loopback),
    Variable("PORT", "8000", "port to listen on, 1 to 65535", "port", v.whole(1, v.LARGEST_PORT)),
    Variable("WEB_CONCURRENCY", "1", "web processes, 1 to 64", "web_concurrency", v.whole(1, 64)),
    Variable(
        "CORS_ALLOW_ORIGINS", "", "other sites' origins that may change things", "cors_allow_origins", v.many(v.origin)
    ),
    Variable("SECRET_KEY", "", "signs sessions and forms, 16 characters or more", "secret_key", v.secret_key, True),
    Variable(
        "DATA_DIR", "./data", "directory of the embedded server's files, backups and keys", "data_dir", v.directory
    ),
    Variable("LOG_FORMAT", "text", "text or json", "log_format", v.one_of("text", "json")),
    Variable(
        "HTTP_ALLOW_PRIVATE",
        "",
        "private networks and hosts for http.request",
        "http_allow_private",
        v.many(v.private_target),
    ),
    Variable(
        "AGENT_COMMAND_ALLOW_PREFIXES",
        "",
        "first words of the commands for command.run",
        "command_allow_prefixes",
        v.many(v.command_prefix),
    ),
    Variable(
        "AGENT_COMMAND_ALLOWED_ROOTS",
        "",
        "absolute directories for command.run",
        "command_roots",
        v.many(v.absolute_directory),
    ),
    Variable(
        "TELEGRAM_API_BASE", "https://api.telegram.org", "address of the Bot API", "telegram_api_base", v.http_url
    ),
    Variable(
        "TELEGRAM_BOT_TOKEN",
        "",
        "the bot's token; without it the connector idles",
        "telegram_bot_token",
        v.bot_token,
        True,
    ),
    Variable(
        "TELEGRAM_ALLOWED_CHATS",
        "",
        "chats that are answered; none means nobody",
        "telegram_allowed_chats",
        v.many(v.chat_id),
    ),
    Variable(
        "TELEGRAM_ALLOWED_SENDERS",
        "",
        "senders that are answered; none means nobody",
        "telegram_allowed_senders",
        v.many(v.chat_id),
    ),
    Variable(
        "MULTIJOB_URL",
        "",
        "the server that the command line talks to; default is HOST and PORT",
        "server_url",
        v.http_url,
    ),
    Variable("MULTIJOB_TOKEN", "", "the command line's token", "", absent(SIGN_IN), True),
    Variable("AUTH_ENABLED", "false", "sign-in for everybody", "", absent(SIGN_IN, "false", "0", "no", "off")),
    Variable("AUTH_VIEWER_TOKEN", "", "token of a viewer", "", absent(SIGN_IN), True),
    Variable("AUTH_OPERATOR_TOKEN", "", "token of an operator", "", absent(SIGN_IN), True),
    Variable("AUTH_ADMIN_TOKEN", "", "token of an admin", "", absent(SIGN_IN), True),
    Variable("AUTH_API_KEYS", "", "tokens with their roles", "", absent(SIGN_IN), True),
    Variable(
        "AUTH_TOKEN_HEADER", "Authorization", "header that carries the token", "", absent(SIGN_IN, "authorization")
    ),
    Variable("AUTH_TOKEN_SCHEME", "Bearer", "scheme before the token", "", absent(SIGN_IN, "bearer")),
    Variable("ENCRYPTION_KEYS", "", "keys of the stored credentials", "", absent("encryption of credentials"), True),
    Variable("METRICS_TOKEN", "", "token of the metrics page", "", absent(SIGN_IN), True),
    Variable("SMTP_URL", "", "mail server of notifications", "", absent("mail"), True),
    Variable("OPENAI_API_KEY", "", "key of the language model", "", absent(LANGUAGE_MODEL), True),
    Variable("OPENAI_BASE_URL", "", "address of the language model", "", absent(LANGUAGE_MODEL), True),
    Variable("PLANNER_AI_MODEL", "", "name of the language model", "", absent(LANGUAGE_MODEL)),
    Variable(
        "AGENT_FILES_ALLOWED_ROOTS",
        "",
        "directories whose files agents may read",
        "",
        absent("reading of files by agents"),
    ),
)
"""Every variable of the platform; an unset or empty one has its default."""
