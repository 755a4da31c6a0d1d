"""What counts as a secret by its name, and what is shown of one."""

import pytest

from runners.engine.secret_names import holds_credentials, is_mask, is_secret_name, mask

SECRET = """
token access_token accessToken X-Auth-Token refreshToken bot_token GITHUB_TOKEN GITHUB_PERSONAL_ACCESS_TOKEN tokens
secret client_secret clientSecret SECRET webhook_secret secrets JWT_SECRET
password Password db.password passwd pwd SMTP_PASS passphrase PGPASSWORD
api_key apiKey apikey API-KEY X-Api-Key OPENAI_API_KEY key x-functions-key Ocp-Apim-Subscription-Key signing_key
privateKey private_key PRIVATE-KEY ssh_private_key accessKey AWS_SECRET_ACCESS_KEY service_role_key ENCRYPTION_KEY
authorization Authorization Proxy-Authorization auth basic_auth cookie Cookie Set-Cookie
credential credentials GOOGLE_APPLICATION_CREDENTIALS bearer jwt dsn SENTRY_DSN pat session_id sessionId
connection_string webhook_url slackWebhookUrl authtoken myapikey dbpassword api_keys apiKeys apikeys ENCRYPTION_KEYS
"""
OPEN = """
region model label url base_url name id timeout enabled email username user host port
token_url token_endpoint tokenType token_type auth_type auth_method api_key_header api_key_id secret_name password_policy
max_tokens maxTokens max_output_tokens min_tokens tokens_per_minute total_tokens token_limit token_budget
public_key publicKey primary_key sort_key partition_key idempotency_key project_key keyboard monkey author authority
cookie_name cookiePath compass passenger tokenizer_model authorization_url expires_in secretary x-request-id
public_keys keys max_keys primary_keys
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", [*OPEN.split(), "", "___", "ключ"])
def test_names_of_what_anybody_may_see(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("https://user:word@example.com/", True),
        ("postgres://u:p@10.0.0.1/db", True),
        ("https://[broken:p@x", True),
        ("https://example.com/hook?room=1&token=abc", True),
        ("redis://cache?password=abc", True),
        ("https://example.com/?token=", False),
        ("https://example.com/?max_tokens=5", False),
        ("what of ://this?token=", False),
        ("https://user@example.com/", False),
        ("https://example.com/@name", False),
        ("somebody@example.com", False),
    ],
)
def test_a_url_with_a_password_is_a_secret_under_any_name(text, holds):
    assert holds_credentials(text) == holds


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("", "****"),
        ("abcd", "****"),
        ("a" * 11 + "wxyz", "****"),
        ("a" * 12 + "wxyz", "****wxyz"),
        ("ä" * 20, "****ääää"),
    ],
)
def test_a_mask_shows_four_characters_at_most(secret, shown):
    assert mask(secret) == shown
    assert is_mask(shown)


@pytest.mark.parametrize("text", ["", "***", "****abcde", "abcd", "secret****"])
def test_what_is_no_mask(text):
    assert not is_mask(text)
