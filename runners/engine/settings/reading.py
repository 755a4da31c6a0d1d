"""From the environment to Settings: every variable is read, and every bad one is named before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from runners.engine.errors import SettingsInvalid
from runners.engine.fields import show
from runners.engine.secret_names import holds_credentials
from runners.engine.settings.access import access_problems, auth_tokens
from runners.engine.settings.model import Settings
from runners.engine.settings.variable import Variable
from runners.engine.settings.variables import SETTINGS


def read(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` states; an empty variable counts as unset.

    Raises SettingsInvalid with one sentence per bad variable; secrets are never quoted in it.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in SETTINGS:
        text = environ.get(variable.name, "").strip()
        if not text:
            continue
        try:
            values[variable.name] = variable.read(text)
        except ValueError as error:
            problems.append(sentence(variable, text, str(error)))
    problems += across(values)
    if problems:
        raise SettingsInvalid(problems)
    return Settings(**fields(values))


def sentence(variable: Variable, text: str, fault: str) -> str:
    """Return what is wrong with one variable, such as SCHEDULER_TICK_SEC='soon' is not a number from 0.05 to 1."""
    is_secret = variable.secret or holds_credentials(text)
    name = variable.name if is_secret else f"{variable.name}={show(text)}"
    return f"{name}{'' if fault.startswith(':') else ' '}{fault}"


def across(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong between variables that are each good alone."""
    usual = Settings()
    problems = []
    high = values.get("SCHEDULER_PRESSURE_DEPTH_HIGH", usual.pressure_high)
    low = values.get("SCHEDULER_PRESSURE_DEPTH_LOW", usual.pressure_low)
    if low > high:
        problems.append(f"SCHEDULER_PRESSURE_DEPTH_LOW='{low}' is more than SCHEDULER_PRESSURE_DEPTH_HIGH ({high})")
    lease = values.get("RUN_LEASE_SEC", usual.lease)
    look = values.get("REAPER_TICK_SEC", usual.reaper_tick)
    if look > lease:
        problems.append(
            f"REAPER_TICK_SEC='{look.total_seconds():g}' is more than RUN_LEASE_SEC ({lease.total_seconds():g})"
        )
    return problems + access_problems(values)


def fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of Settings; those that are missing keep their defaults."""
    named = {
        variable.field: values[variable.name] for variable in SETTINGS if variable.field and variable.name in values
    }
    for ids in ("telegram_allowed_chats", "telegram_allowed_senders"):
        named[ids] = frozenset(named.get(ids, ()))
    named["auth_tokens"] = auth_tokens(values)
    return named | {"redis_url": redis_url(values), "memory_fallback_chosen": "MEMORY_FALLBACK" in values}


def redis_url(values: Mapping[str, Any]) -> str | None:
    """Return the server's address: REDIS_TLS_URL before REDIS_URL before REDIS_HOST; None when none is set."""
    for name in ("REDIS_TLS_URL", "REDIS_URL"):
        if name in values:
            return str(values[name])
    if "REDIS_HOST" not in values:
        return None
    host, port, database = values["REDIS_HOST"], values.get("REDIS_PORT", 6379), values.get("REDIS_DB", 0)
    password = f":{quote(values['REDIS_PASSWORD'], safe='')}@" if "REDIS_PASSWORD" in values else ""
    return f"redis://{password}{f'[{host}]' if ':' in host else host}:{port}/{database}"
