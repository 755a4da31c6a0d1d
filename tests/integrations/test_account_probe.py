"""The request that tries an account: for every template of the catalog it can be made, and it carries the secret."""

import pytest

from runners.engine.integrations.account import Account, changed, read
from runners.engine.integrations.account_probe import Incomplete, probe
from runners.engine.integrations.templates import account_templates

CANARY = "canary-5b/1c"
TEMPLATES = account_templates()


def account(provider, **fields):
    return read(f"{provider}/main", changed(Account(provider, "main"), fields, lambda place, secret: "sealed"))


@pytest.mark.parametrize("provider", TEMPLATES)
def test_every_template_can_be_tried(provider):
    template = TEMPLATES[provider]
    config = {name: "x1" for name, part in template.fields.items() if not part.secret}
    secrets = {name: CANARY for name, part in template.fields.items() if part.secret}

    asked = probe(account(provider, base_url=template.base_url, config=config), secrets, template)

    carried = CANARY in repr(dict(asked.headers)) or "canary-5b%2F1c" in asked.url
    assert asked.method in ("GET", "POST")
    assert carried == bool(secrets and not asked.unproven)
    assert CANARY not in repr(asked)


def test_what_is_missing_is_named():
    with pytest.raises(Incomplete, match="'api_key' is not set, neither among its secrets nor in its config"):
        probe(account("openai", base_url="https://api.openai.com/v1"), {}, TEMPLATES["openai"])
    with pytest.raises(Incomplete, match="it has no base_url"):
        probe(
            account("openai"), {"api_key": CANARY}, TEMPLATES["openai"]
        )  # whatever uses it has no other address either


def test_an_address_of_its_own_wins_over_the_templates():
    asked = probe(account("openai", base_url="https://proxy.example/v1"), {"api_key": CANARY}, TEMPLATES["openai"])

    assert (asked.url, asked.headers) == ("https://proxy.example/v1/models", {"Authorization": f"Bearer {CANARY}"})


def test_an_unknown_provider_is_reached_without_credentials():
    asked = probe(account("mine", base_url="https://a.example/x"), {"api_key": CANARY}, None)

    assert (asked.method, asked.url, asked.headers) == ("GET", "https://a.example/x/", {})
    assert asked.unproven
