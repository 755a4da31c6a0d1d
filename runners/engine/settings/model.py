"""Every setting, as the platform works with it: checked, typed, with its unit in its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from runners.engine.pool import DEFAULT
from runners.engine.settings.secrets import AuthToken


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration of one process; `read` makes it from the environment.

    `redis_url` None means that no server is configured. `memory_fallback_chosen` tells an explicit MEMORY_FALLBACK
    from the default. Fields with credentials are left out of the repr, so that no log can hold them.
    """

    redis_url: str | None = field(default=None, repr=False)
    queue_mode: str = "auto"
    key_prefix: str = "mj:"
    worker_concurrency: int = 5
    worker_pool: str = DEFAULT
    max_dispatch_per_tick: int = 80
    pressure_high: int = 300
    pressure_low: int = 180
    tick: timedelta = timedelta(seconds=0.25)
    lease: timedelta = timedelta(seconds=30)
    reaper_tick: timedelta = timedelta(seconds=5)
    shutdown_grace: timedelta = timedelta(seconds=25)
    host: str = "127.0.0.1"
    port: int = 8000
    web_concurrency: int = 1
    data_dir: Path = field(default_factory=lambda: Path("data").absolute())
    log_format: str = "text"
    memory_fallback: str = "auto"
    memory_fallback_chosen: bool = False
    runs_kept: int = 200_000
    runs_kept_for: timedelta = timedelta(days=30)
    logs_kept_for: timedelta = timedelta(days=14)
    events_kept: int = 200_000
    events_kept_for: timedelta = timedelta(days=30)
    decisions_kept_for: timedelta = timedelta(days=90)
    audit_kept_for: timedelta = timedelta(days=90)
    secret_key: str | None = field(default=None, repr=False)
    backup_key: str | None = field(default=None, repr=False)
    audit_keys: tuple[str, ...] = field(default=(), repr=False)
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    http_allow_private: tuple[str, ...] = ()
    cors_allow_origins: tuple[str, ...] = ()
    command_allow_prefixes: tuple[tuple[str, ...], ...] = ()
    command_roots: tuple[Path, ...] = ()
    command_allow_env: tuple[str, ...] = ()
    granted_roots: tuple[Path, ...] = ()
    file_roots: tuple[Path, ...] = ()
    handler_memory_mb: int | None = None
    handler_cpu_sec: int | None = None
    handler_open_files: int | None = None
    handler_file_mb: int | None = None
    telegram_api_base: str = "https://api.telegram.org"
    telegram_bot_token: str | None = field(default=None, repr=False)
    telegram_allowed_chats: frozenset[int] = frozenset()
    telegram_allowed_senders: frozenset[int] = frozenset()
    telegram_webhook: bool = False
    approve_own: str = "alone"
    smtp_url: str | None = field(default=None, repr=False)
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str = "https://api.openai.com/v1"
    planner_ai_model: str | None = None
    otlp_endpoint: str | None = None
    otlp_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    server_url: str | None = None
    profile: str | None = None
    token: str | None = field(default=None, repr=False)
    auth_enabled: bool = False
    auth_tokens: tuple[AuthToken, ...] = ()
    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"
    metrics_token: str | None = field(default=None, repr=False)
    api_limit_per_min: int = 6000
    session_idle: timedelta = timedelta(minutes=480)
    session_life: timedelta = timedelta(hours=168)
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def public_origin(self) -> str:
        """The origin of `public_url`, as browsers send it; '' without one."""
        return (self.public_url or "").removesuffix(self.public_path)

    @property
    def public_path(self) -> str:
        """The path below which a proxy passes requests on, such as '/multijob'; '' for none."""
        return urlsplit(self.public_url or "").path
