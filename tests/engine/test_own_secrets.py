"""Which texts of the environment are secrets: keys, tokens, and passwords inside addresses."""

import pytest

from runners.engine.settings.own_secrets import own_secrets

KEY = "x1BrYiRaKEsWr2nBVEaTwCmgLTo2BtBdKrNKVzKPGaI="


@pytest.mark.parametrize(
    ("environ", "secrets"),
    [
        ({}, set()),
        ({"REDIS_URL": "redis://user:p%40ss@host/0"}, {"p%40ss", "p@ss"}),
        ({"REDIS_URL": "redis://host/0"}, set()),
        ({"REDIS_HOST": "h", "REDIS_PASSWORD": "word-of-redis"}, {"word-of-redis"}),
        (
            {"REDIS_URL": "sentinel://:primary-word@a:1/blue?sentinel_password=other-word"},
            {"primary-word", "other-word"},
        ),
        ({"ENCRYPTION_KEYS": f"{KEY}, other"}, {f"{KEY}, other", KEY, "other"}),
        ({"AUTH_API_KEYS": "tok-1:viewer, tok:2:admin"}, {"tok-1", "tok:2"}),
        ({"SMTP_URL": "smtps://me:word-of-mail@h?from=a@b.example"}, {"word-of-mail"}),
        ({"AUTH_ADMIN_TOKEN": "tok-3", "PORT": "8000", "PATH": "/bin"}, {"tok-3"}),
        ({"TELEGRAM_BOT_TOKEN": "12:abcdefgh"}, {"12:abcdefgh"}),
        ({"REDIS_URL": "unix:///run/redis.sock?db=0&password=word%20of-redis"}, {"word of-redis"}),
        ({"REDIS_PASSWORD": "odd://word-of-redis"}, {"odd://word-of-redis"}),
        ({"BACKUP_KEY": "four words: see://them all"}, {"four words: see://them all"}),
        (
            {"OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer word-of-otel, x-at=http://h/k"},
            {"Bearer word-of-otel", "word-of-otel", "http://h/k"},
        ),
    ],
)
def test_secrets_of_the_configuration(environ, secrets):
    assert own_secrets(environ) == secrets
