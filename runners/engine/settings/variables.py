"""The one table of environment variables.

`.env.example` is generated from it (`python -m runners.engine.settings`), so it cannot differ from what is read.
"""

from __future__ import annotations

from runners.engine.settings.access import ACCESS, switch
from runners.engine.settings.acting import ACTING
from runners.engine.settings.hosts import LARGEST_PORT
from runners.engine.settings.mail import smtp_url
from runners.engine.settings.planning import PLANNING
from runners.engine.settings.tracing import TRACING
from runners.engine.settings.values import (
    bot_token,
    chat_id,
    days,
    directory,
    encryption_keys,
    http_url,
    key_prefix,
    listening_host,
    many,
    one_of,
    origin,
    pool,
    redis_host,
    redis_tls_url,
    redis_url,
    seconds,
    secret_key,
    whole,
)
from runners.engine.settings.variable import Variable

SETTINGS: tuple[Variable, ...] = (
    Variable(
        "REDIS_URL", "", "redis://, rediss://, unix:// or sentinel:// address of the server", "", redis_url, secret=True
    ),
    Variable(
        "REDIS_TLS_URL",
        "",
        "rediss:// address; wins over REDIS_URL; ?ssl_cert_reqs=none takes any certificate",
        "",
        redis_tls_url,
        secret=True,
    ),
    Variable("REDIS_HOST", "", "server's host name, when no URL is set", "", redis_host),
    Variable("REDIS_PORT", "6379", "server's port, 1 to 65535", "", whole(1, LARGEST_PORT)),
    Variable("REDIS_DB", "0", "server's database, 0 to 9999", "", whole(0, 9999)),
    Variable("REDIS_PASSWORD", "", "server's password, with REDIS_HOST", "", str, secret=True),
    Variable(
        "QUEUE_MODE",
        "auto",
        "auto, streams, lists or memory",
        "queue_mode",
        one_of("auto", "streams", "lists", "memory"),
    ),
    Variable(
        "MEMORY_FALLBACK",
        "",
        "auto or never: work in memory when the configured server is absent",
        "memory_fallback",
        one_of("auto", "never"),
    ),
    Variable(
        "KEY_PREFIX",
        "mj:",
        "what the platform's keys in Redis begin with, all but RQ's own (rq:...); ends in a colon. "
        "Two deployments need two databases",
        "key_prefix",
        key_prefix,
    ),
    Variable(
        "WORKER_CONCURRENCY", "5", "runs at once in one worker process, 1 to 256", "worker_concurrency", whole(1, 256)
    ),
    Variable(
        "WORKER_POOL", "default", "whose runs a worker takes: those of jobs with this `pool`", "worker_pool", pool
    ),
    Variable(
        "RUN_LEASE_SEC",
        "30",
        "seconds until a silent worker's runs are taken away, 1 to 3600",
        "lease",
        seconds(1, 3600),
    ),
    Variable(
        "REAPER_TICK_SEC",
        "5",
        "seconds between two looks for expired leases, 0.1 to 300",
        "reaper_tick",
        seconds(0.1, 300),
    ),
    Variable(
        "SHUTDOWN_GRACE",
        "25",
        "seconds that runs may take to finish at a stop, 0 to 600",
        "shutdown_grace",
        seconds(0, 600),
    ),
    Variable("SCHEDULER_TICK_SEC", "0.25", "seconds between two ticks, 0.05 to 1", "tick", seconds(0.05, 1)),
    Variable(
        "SCHEDULER_MAX_DISPATCH_PER_TICK",
        "80",
        "dispatches per tick, 1 to 100000",
        "max_dispatch_per_tick",
        whole(1, 100_000),
    ),
    Variable(
        "SCHEDULER_PRESSURE_DEPTH_HIGH",
        "300",
        "depth at which pressure begins, 1 to 10000000",
        "pressure_high",
        whole(1, 10_000_000),
    ),
    Variable(
        "SCHEDULER_PRESSURE_DEPTH_LOW",
        "180",
        "depth at which pressure ends, 0 to the high mark",
        "pressure_low",
        whole(0, 10_000_000),
    ),
    Variable(
        "RUNS_KEPT",
        "200000",
        "ended runs that are kept, 100 to 100000000; the oldest go first",
        "runs_kept",
        whole(100, 100_000_000),
    ),
    Variable("RUNS_KEPT_DAYS", "30", "days that an ended run is kept, 1 to 3650", "runs_kept_for", days(1, 3650)),
    Variable(
        "LOGS_KEPT_DAYS", "14", "days that the log of an ended run is kept, 1 to 3650", "logs_kept_for", days(1, 3650)
    ),
    Variable(
        "EVENTS_KEPT",
        "200000",
        "events that are kept, 100000 to 100000000; the oldest go first",
        "events_kept",
        whole(100_000, 100_000_000),
    ),
    Variable(
        "EVENTS_KEPT_DAYS",
        "30",
        "days that an event is kept, 1 to 3650; the newest 100000 stay in any case",
        "events_kept_for",
        days(1, 3650),
    ),
    Variable(
        "LEDGER_KEPT_DAYS",
        "90",
        "days that decisions, and what deleted jobs leave, are kept, 1 to 3650",
        "decisions_kept_for",
        days(1, 3650),
    ),
    Variable(
        "AUDIT_KEPT_DAYS",
        "90",
        "days that entries of the audit are kept, 1 to 36500; they go by age alone, so that nobody can push any out",
        "audit_kept_for",
        days(1, 36_500),
    ),
    Variable("HOST", "127.0.0.1", "address to listen on; without sign-in loopback only", "host", listening_host),
    Variable("PORT", "8000", "port to listen on, 1 to 65535", "port", whole(1, LARGEST_PORT)),
    Variable("WEB_CONCURRENCY", "1", "web processes, 1 to 64", "web_concurrency", whole(1, 64)),
    Variable(
        "CORS_ALLOW_ORIGINS", "", "other sites' origins that may change things", "cors_allow_origins", many(origin)
    ),
    Variable(
        "SECRET_KEY", "", "signs sessions and forms, 16 characters or more", "secret_key", secret_key, secret=True
    ),
    Variable(
        "AUDIT_KEYS",
        "",
        "keys that seal the audit, 16 characters or more each, newest first (new,old), the same in every process; "
        "SECRET_KEY serves when unset, else a key that is made in DATA_DIR",
        "audit_keys",
        many(secret_key),
        secret=True,
    ),
    Variable(
        "ENCRYPTION_KEYS",
        "",
        "keys of the stored secrets, newest first (new,old), the same in every process; made in DATA_DIR on one machine",
        "encryption_keys",
        encryption_keys,
        secret=True,
    ),
    Variable("DATA_DIR", "./data", "directory of the embedded server's files, backups and keys", "data_dir", directory),
    Variable("LOG_FORMAT", "text", "text or json", "log_format", one_of("text", "json")),
    *ACTING,
    Variable(
        "HANDLER_MEMORY_MB",
        "",
        "most address space of a handler's process in MiB, 64 to 1048576; no limit when unset",
        "handler_memory_mb",
        whole(64, 1_048_576),
    ),
    Variable(
        "APPROVE_OWN",
        "alone",
        "alone or never: may somebody decide on what they asked for themselves, when nobody else could",
        "approve_own",
        one_of("alone", "never"),
    ),
    Variable(
        "HANDLER_CPU_SEC",
        "",
        "most processor seconds of one run, 1 to 86400; no limit when unset",
        "handler_cpu_sec",
        whole(1, 86_400),
    ),
    Variable(
        "HANDLER_OPEN_FILES",
        "",
        "most open files of a handler's process, 32 to 1048576; the system's own limit when unset",
        "handler_open_files",
        whole(32, 1_048_576),
    ),
    Variable(
        "HANDLER_FILE_MB",
        "",
        "largest file that a handler's process may write in MiB, 1 to 1048576; no limit when unset",
        "handler_file_mb",
        whole(1, 1_048_576),
    ),
    Variable("TELEGRAM_API_BASE", "https://api.telegram.org", "address of the Bot API", "telegram_api_base", http_url),
    Variable(
        "TELEGRAM_BOT_TOKEN",
        "",
        "the bot's token; without it the connector idles",
        "telegram_bot_token",
        bot_token,
        secret=True,
    ),
    Variable(
        "TELEGRAM_ALLOWED_CHATS",
        "",
        "chats that are answered; none means nobody",
        "telegram_allowed_chats",
        many(chat_id),
    ),
    Variable(
        "TELEGRAM_ALLOWED_SENDERS",
        "",
        "senders that are answered beside linked people: as operators, with AUTH_ENABLED only how to link themselves",
        "telegram_allowed_senders",
        many(chat_id),
    ),
    Variable(
        "TELEGRAM_WEBHOOK",
        "false",
        "true has Telegram send to PUBLIC_URL, which must be https, instead of being asked",
        "telegram_webhook",
        switch,
    ),
    Variable(
        "SMTP_URL",
        "",
        "mail server of notifications: smtp:// or smtps://user:password@host?from=address",
        "smtp_url",
        smtp_url,
        secret=True,
    ),
    Variable(
        "MULTIJOB_URL",
        "",
        "the server that the command line talks to; default is HOST and PORT",
        "server_url",
        http_url,
    ),
    Variable(
        "MULTIJOB_PROFILE",
        "",
        "the profile (`multijob profile list`) whose server the command line talks to, when neither --profile, "
        "MULTIJOB_URL nor MULTIJOB_TOKEN is given",
        "profile",
        str,
    ),
    *PLANNING,
    *TRACING,
    *ACCESS,
)
"""Every variable of the platform; an unset or empty one has its default."""
