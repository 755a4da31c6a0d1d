"""The form of an account: what it shows, and what it changes. Secrets that were typed never come back into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.integrations.account import Account
from runners.engine.integrations.templates import AccountTemplate, account_templates
from runners.engine.masking import masked
from runners.engine.secret_names import STARS, is_secret_name
from runners.engine.strict import json_text
from webapp.language import language
from webapp.pages.given import Given, typed

PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:\s*)"(?:[^"\\]|\\.)*("|$)')


@dataclass(frozen=True, slots=True)
class AccountEditor:
    """A form of an account. `account` is None while one is made; `version` is the one that the person saw."""

    shown: Mapping[str, str]
    given: Given
    providers: Iterable[str]
    hint: str = ""
    account: Account | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)


def blank(provider: str) -> AccountEditor:
    """Return the form of a new account, prefilled with what the catalog knows of `provider`."""
    template = account_templates().get(provider)
    config = {name: "" for name, part in template.fields.items() if not part.secret} if template else {}
    base_url = template.base_url if template else ""
    shown = {"provider": provider, "account_id": "main", "enabled": "on", "base_url": base_url, "config": _text(config)}
    return _editor(shown, None, template)


def of_account(account: Account) -> AccountEditor:
    """Return the form of an account as it is."""
    shown = {
        "provider": account.provider,
        "account_id": account.account_id,
        "label": account.label,
        "base_url": account.base_url or "",
        "config": _text(account.config),
    }
    enabled = {"enabled": "on"} if account.enabled else {}
    return _editor(shown | enabled, account, account_templates().get(account.provider), account.version)


def as_typed(
    form: Mapping[str, str], account: Account | None, problems: list[Problem], version: int = 0
) -> AccountEditor:
    """Return the form as it was sent, without secrets."""
    kept = {name: form[name] for name in ("provider", "account_id", "label", "enabled", "base_url") if name in form}
    template = account_templates().get(account.provider if account else form.get("provider", ""))
    return _editor(kept | {"config": _starred(form.get("config", ""))}, account, template, version, problems)


def change_of(form: Mapping[str, str], account: Account | None) -> dict[str, Any]:
    """Return what the form changes, as the API takes it. Raises Invalid when its config is no JSON object."""
    config = _config(form.get("config", ""))
    return {
        "label": form.get("label", "").strip(),
        "enabled": "enabled" in form,
        "base_url": form.get("base_url", "").strip() or None,
        "config": patch(account.config if account else {}, config),
        "secrets": typed(form, account.secrets if account else ()),
    }


def patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch that makes `after` of `before`: what is left out in a form was taken away."""
    gone = {name: None for name in before if name not in after}
    changed = {
        name: patch(before[name], value) if isinstance(value, dict) and isinstance(before.get(name), dict) else value
        for name, value in after.items()
    }
    return gone | changed


def _config(text: str) -> dict[str, Any]:
    try:
        value = json_text.parse(text.encode("utf-8", "surrogatepass")) if text.strip() else {}
    except Malformed as error:
        raise Invalid([Problem(("config",), f"config: {error}".replace("the body", "it"), "not_json")]) from None
    if not isinstance(value, dict):
        raise Invalid(
            [Problem(("config",), 'config is no JSON object; write one such as {"region": "eu"}', "dict_type")]
        )
    return value


def _starred(text: str) -> str:
    """Return a typed config with stars in place of secrets, as far as it can be read."""
    try:
        return _text(masked(_config(text)))
    except Invalid:
        return PAIR.sub(
            lambda pair: f'"{pair[1]}"{pair[2]}"{STARS}"' if is_secret_name(pair[1]) else pair[0], masked(text)
        )


def _text(config: Mapping[str, Any]) -> str:
    return json.dumps(config, indent=2, ensure_ascii=False) if config else ""


def _editor(
    shown: Mapping[str, str],
    account: Account | None,
    template: AccountTemplate | None,
    version: int = 0,
    problems: list[Problem] | None = None,
) -> AccountEditor:
    masks = dict(account.secrets) if account else {}
    secret = [name for name, part in template.fields.items() if part.secret] if template else []
    return AccountEditor(
        shown,
        Given(masks, [name for name in secret if name not in masks]),
        account_templates(),
        template.hint.get(language(), "") if template else "",
        account,
        version,
        problems or [],
    )
