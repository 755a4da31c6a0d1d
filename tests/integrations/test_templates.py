"""The catalog's data: complete, in both languages, with addresses that can be ones."""

import httpx
import pytest

from runners.engine.integrations.templates import (
    AccountTemplate,
    StdioTemplate,
    account_templates,
    mcp_templates,
    templates,
)
from runners.engine.outgoing.address import fault_of
from runners.engine.words import Language

PROVIDERS = [
    "openai",
    "anthropic",
    "gemini",
    "groq",
    "ollama",
    "github",
    "notion",
    "linear",
    "slack",
    "discord",
    "telegram_api",
    "whatsapp_api",
    "shopee",
    "tokopedia",
    "lazada",
    "tiktok_shop",
    "google_sheets",
    "airtable",
    "facebook_graph",
    "instagram_graph",
    "tiktok_open",
    "youtube_data",
    "x_twitter",
    "linkedin",
    "serpapi",
    "perplexica",
    "gpt_researcher",
    "apify",
    "firecrawl",
    "supabase",
    "pinecone",
    "qdrant",
]
STDIO = [
    "mcp_github",
    "mcp_filesystem",
    "mcp_fetch",
    "mcp_memory",
    "mcp_playwright",
    "mcp_dbhub_stdio",
    "mcp_browser_use_local",
]
HTTP = [
    "mcp_browser_use_cloud",
    "mcp_shopee_proxy",
    "mcp_tiktok_proxy",
    "mcp_facebook_proxy",
    "mcp_youtube_proxy",
    "mcp_firecrawl",
    "mcp_serpapi",
]
ALL = pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.id)


def test_the_catalog_holds_exactly_what_it_promises():
    assert list(account_templates()) == PROVIDERS
    by_transport = {"stdio": [], "http": []}
    for name, template in mcp_templates().items():
        by_transport[template.transport].append(name)
    assert by_transport == {"stdio": STDIO, "http": HTTP}


@ALL
def test_every_template_is_described_in_every_language(template):
    assert set(template.description) == set(template.hint) == set(Language)
    assert template.description[Language.EN] != template.description[Language.ID]
    assert template.hint[Language.EN] != template.hint[Language.ID]


@ALL
def test_every_hint_speaks_of_a_secret_or_says_that_there_is_none(template):
    needs = any(part.secret for part in template.fields.values())

    assert template.hint[Language.EN].startswith("No secret") == (not needs)
    assert template.hint[Language.ID].startswith("Tanpa rahasia") == (not needs)


@ALL
def test_every_address_may_be_asked_for(template):
    if isinstance(template, StdioTemplate):
        return
    url = template.base_url if isinstance(template, AccountTemplate) else template.url
    filled = url.format_map(dict.fromkeys(template.fields, "abc"))

    assert fault_of(httpx.URL(filled)) is None
    assert filled.startswith(("https://", "http://127.0.0.1:"))


@pytest.mark.parametrize("template", account_templates().values(), ids=lambda template: template.id)
def test_the_credentials_of_an_account_go_where_its_template_says(template):
    auth = template.auth
    if auth is None:
        assert not template.fields
        return
    ways = [auth.header, auth.query, auth.path, auth.signed or None]
    assert sum(way is not None for way in ways) == 1
    filled = ((auth.path or auth.text) + (template.probe or "").partition('{"')[0]).format_map(
        {name: f"<{name}>" for name in template.fields}
    )
    assert auth.signed or "<" in filled


@pytest.mark.parametrize(
    ("text", "found"), [("GITHUB", {"github", "mcp_github"}), ("bahasa terbuka", {"groq"}), ("nothing", set())]
)
def test_a_search_looks_at_ids_labels_and_descriptions_literally(text, found):
    assert {name for name, template in templates().items() if template.matches(text)} == found
