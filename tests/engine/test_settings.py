"""A bad setting stops the start, every bad one is named, and no secret is ever said."""

import pathlib
from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_address

import pytest

from runners.engine.errors import SettingsInvalid
from runners.engine.settings import SETTINGS, Settings, env_example, read

CANARY = "canary-7f3a"
LOOPBACK_ONLY = (
    "is not a loopback address; without sign-in only 127.0.0.1, ::1 or localhost may be used; "
    "turn it on with AUTH_ENABLED=true and an AUTH_ADMIN_TOKEN (openssl rand -hex 32)"
)
GOOD_KEY = "x1BrYiRaKEsWr2nBVEaTwCmgLTo2BtBdKrNKVzKPGaI="


def problems(**environ):
    with pytest.raises(SettingsInvalid) as caught:
        read(environ)
    return caught.value.problems


def test_nothing_set_means_the_defaults():
    settings = read({})

    assert (settings.redis_url, settings.host, settings.port, settings.worker_concurrency) == (
        None,
        "127.0.0.1",
        8000,
        5,
    )
    assert (settings.max_dispatch_per_tick, settings.pressure_high, settings.pressure_low) == (80, 300, 180)
    assert (settings.tick, settings.lease) == (timedelta(milliseconds=250), timedelta(seconds=30))
    assert settings.data_dir == pathlib.Path.cwd() / "data"


def test_every_bad_variable_is_named_at_once():
    assert problems(SCHEDULER_TICK_SEC="soon", PORT="0", QUEUE_MODE="fast", WEB_CONCURRENCY="٣") == [
        "QUEUE_MODE='fast' is not one of auto, streams, lists, memory",
        "SCHEDULER_TICK_SEC='soon' is not a number from 0.05 to 1",
        "PORT='0' is not a whole number from 1 to 65535",
        "WEB_CONCURRENCY='٣' is not a whole number from 1 to 64",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SCHEDULER_TICK_SEC", "0.04", "is not a number from 0.05 to 1"),
        ("SCHEDULER_TICK_SEC", "1.1", "is not a number from 0.05 to 1"),
        ("SCHEDULER_TICK_SEC", "nan", "is not a number from 0.05 to 1"),
        ("SCHEDULER_TICK_SEC", "1e-1", "is not a number from 0.05 to 1"),
        ("RUN_LEASE_SEC", "0", "is not a number from 1 to 3600"),
        ("WORKER_CONCURRENCY", "1_0", "is not a whole number from 1 to 256"),
        ("WORKER_CONCURRENCY", "5.0", "is not a whole number from 1 to 256"),
        ("WORKER_CONCURRENCY", "-5", "is not a whole number from 1 to 256"),
        ("WORKER_CONCURRENCY", "9" * 5000, "is not a whole number from 1 to 256"),
        ("KEY_PREFIX", "mj", "is not 1 to 31 of A-Z a-z 0-9 _ . - { } and a colon at the end, such as mj:"),
        ("KEY_PREFIX", "a*:", "is not 1 to 31 of A-Z a-z 0-9 _ . - { } and a colon at the end, such as mj:"),
        ("HOST", "0.0.0.0", LOOPBACK_ONLY),
        (
            "HOST",
            "example.com",
            LOOPBACK_ONLY,
        ),
        ("CORS_ALLOW_ORIGINS", "*", "does not begin with http:// or https://"),
        ("CORS_ALLOW_ORIGINS", "https://a.example/path", "is not an origin such as https://ops.example.com"),
        ("HTTP_ALLOW_PRIVATE", "10.0.0.0/99", "is not an address, a network such as 10.0.0.0/8, or a host name"),
        ("HTTP_ALLOW_PRIVATE", "[10.0.0.1", "is not an address, a network such as 10.0.0.0/8, or a host name"),
        ("HTTP_ALLOW_PRIVATE", "intranet:0", "has a port that is not from 1 to 65535"),
        (
            "TELEGRAM_API_BASE",
            "https://h/x?y=1",
            "has more than a host and a path, such as https://jobs.example.org/multijob",
        ),
        ("AGENT_COMMAND_ALLOWED_ROOTS", "here", "is not an absolute path"),
        ("AGENT_COMMAND_ALLOW_PREFIXES", 'df "x', "has a quote without its partner"),
        ("TELEGRAM_ALLOWED_CHATS", "12,me", "is not a list of chat numbers such as 12345,-100123"),
        ("TELEGRAM_API_BASE", "ftp://x", "does not begin with http:// or https://"),
        ("MEMORY_FALLBACK", "yes", "is not one of auto, never"),
        ("REDIS_HOST", "a b", "is not a host name or an address"),
        ("AUTH_ENABLED", "maybe", "is not one of true, 1, yes, on, false, 0, no, off"),
        ("WORKER_POOL", "gpu/2", "is not 1 to 64 of A-Z a-z 0-9 . _ -"),
    ],
)
def test_each_variable_has_its_range(name, value, fault):
    (problem,) = problems(**{name: value})

    assert problem.startswith(f"{name}='{value[:20]}")
    assert problem.endswith(fault)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("REDIS_URL", f"http://:{CANARY}@host", "does not begin with redis:// or rediss://"),
        (
            "REDIS_URL",
            f"redis://:{CANARY}@host:99999",
            "has a port or address that cannot be read; a port is 1 to 65535",
        ),
        (
            "REDIS_URL",
            f"redis://:{CANARY}@host/first",
            "has a database that is not a whole number, as in redis://host:6379/0",
        ),
        ("REDIS_URL", f"redis://:{CANARY}@", "has no usable host and port, as in redis://localhost:6379"),
        ("REDIS_URL", f"redis://:{CANARY}@[::1", "has a port or address that cannot be read; a port is 1 to 65535"),
        (
            "REDIS_URL",
            f"sentinel://:{CANARY}@a:1,b:2",
            "does not name sentinels and their service; write sentinel://[user:password@]host:26379,host:26379/SERVICE/0",
        ),
        (
            "REDIS_URL",
            f"sentinel://:{CANARY}@a:1,b:70000/blue",
            "does not name sentinels and their service; write sentinel://[user:password@]host:26379,host:26379/SERVICE/0",
        ),
        ("REDIS_URL", f"redis://:{CANARY}@a?protocol=3", "has an option 'protocol' that is not one of db"),
        (
            "REDIS_TLS_URL",
            f"rediss://:{CANARY}@a?ssl_cert_reqs=no",
            "has an ssl_cert_reqs that is not none, optional or required",
        ),
        ("REDIS_URL", f"unix://:{CANARY}@", "has no path; write unix:///run/redis.sock?db=0"),
        ("REDIS_TLS_URL", f"redis://:{CANARY}@host", "does not begin with rediss://"),
        ("TELEGRAM_BOT_TOKEN", CANARY, "is not a bot token such as 123456:ABC-DEF"),
        ("SECRET_KEY", CANARY, "is shorter than 16 characters; make one with: openssl rand -hex 32"),
        (
            "ENCRYPTION_KEYS",
            f"{GOOD_KEY},{CANARY}",
            "has a key (number 2) that is not url-safe base64; make one with: multijob secrets key",
        ),
        (
            "ENCRYPTION_KEYS",
            "Y2FuYXJ5LTdmM2E=",
            "has a key (number 1) that has 11 bytes instead of 32; make one with: multijob secrets key",
        ),
        (
            "ENCRYPTION_KEYS",
            "A" * 43 + "=",
            "has a key (number 1) that is not random; make one with: multijob secrets key",
        ),
        (
            "ENCRYPTION_KEYS",
            f"{GOOD_KEY},{GOOD_KEY}",
            "names no key, or one of them twice; write the newest first: new,old",
        ),
        ("AUTH_ADMIN_TOKEN", CANARY, "has not 24 to 512 characters; make one with: openssl rand -hex 32"),
        ("OPENAI_API_KEY", f"{CANARY} {CANARY}", "is not 8 to 512 printable ASCII characters without spaces"),
        (
            "SMTP_URL",
            f"smtp://u:{CANARY}@mail.example.org",
            "is not complete: it needs ?from= and the address that mail comes from",
        ),
    ],
)
def test_a_secret_is_never_said(name, value, fault):
    (problem,) = problems(**{name: value})

    assert problem.replace(f"{name} :", f"{name}:") in (f"{name} {fault}", f"{name}{fault}")
    assert CANARY not in problem


def test_secrets_are_kept_out_of_the_repr():
    secrets = {"REDIS_URL": f"redis://:{CANARY}@h", "SECRET_KEY": CANARY * 2, "TELEGRAM_BOT_TOKEN": f"1:{CANARY}"}

    assert CANARY not in repr(read(secrets))


def test_a_variable_of_an_absent_feature_may_say_that_it_is_off():
    assert read({"AUTH_ENABLED": "False", "WORKER_POOL": "default", "AUTH_TOKEN_SCHEME": "Bearer"}) == read({})


def test_an_empty_variable_counts_as_unset():
    assert read({variable.name: "  " for variable in SETTINGS}) == read({})


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"REDIS_URL": "redis://a", "REDIS_TLS_URL": "rediss://b", "REDIS_HOST": "c"}, "rediss://b"),
        ({"REDIS_URL": "redis://a", "REDIS_HOST": "c"}, "redis://a"),
        ({"REDIS_URL": "unix:///run/redis.sock?db=2"}, "unix:///run/redis.sock?db=2"),
        ({"REDIS_HOST": "c"}, "redis://c:6379/0"),
        ({"REDIS_HOST": "::1", "REDIS_PORT": "7000", "REDIS_DB": "2"}, "redis://[::1]:7000/2"),
        ({"REDIS_HOST": "c", "REDIS_PASSWORD": "p@/:ä"}, "redis://:p%40%2F%3A%C3%A4@c:6379/0"),
        ({"REDIS_PORT": "7000"}, None),
    ],
)
def test_the_server_is_chosen_in_order(environ, url):
    assert read(environ).redis_url == url


def test_marks_and_leases_must_fit_together():
    assert problems(SCHEDULER_PRESSURE_DEPTH_LOW="301") == [
        "SCHEDULER_PRESSURE_DEPTH_LOW='301' is more than SCHEDULER_PRESSURE_DEPTH_HIGH (300)"
    ]
    assert problems(RUN_LEASE_SEC="2") == ["REAPER_TICK_SEC='5' is more than RUN_LEASE_SEC (2)"]


def test_lists_are_separated_by_commas():
    settings = read(
        {
            "AGENT_COMMAND_ALLOW_PREFIXES": "df -h, 'my tool' --fast,",
            "AGENT_COMMAND_ALLOWED_ROOTS": "/srv,/var/log",
            "HTTP_ALLOW_PRIVATE": "10.0.0.0/8, 127.0.0.1:8000, intranet, ::1",
            "CORS_ALLOW_ORIGINS": "https://Ops.example.com:8443",
            "TELEGRAM_ALLOWED_CHATS": "5,-100123",
        }
    )

    assert settings.command_allow_prefixes == (("df", "-h"), ("my tool", "--fast"))
    assert settings.command_roots == (pathlib.Path("/srv"), pathlib.Path("/var/log"))
    assert settings.http_allow_private == ("10.0.0.0/8", "127.0.0.1:8000", "intranet", "::1")
    assert settings.cors_allow_origins == ("https://ops.example.com:8443",)
    assert settings.telegram_allowed_chats == {5, -100123}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_any_loopback_address_may_be_listened_on(host):
    assert read({"HOST": host}).host == host
    assert host == "localhost" or ip_address(host).is_loopback


def test_an_explicit_fallback_is_told_from_the_default():
    assert not read({}).memory_fallback_chosen
    assert read({"MEMORY_FALLBACK": "auto"}).memory_fallback_chosen


def test_the_example_file_is_what_the_table_says():
    example = pathlib.Path(__file__).parents[2] / ".env.example"

    assert example.read_text(encoding="utf-8") == env_example()


def test_the_example_file_states_the_defaults():
    lines = [line.split("=", 1) for line in env_example().splitlines() if "=" in line and not line.startswith("#")]

    assert read(dict(lines)) == read({})


def test_every_field_is_filled_by_a_variable():
    combined = {"redis_url", "memory_fallback_chosen", "auth_tokens"}
    granted = {"granted_roots"}  # what people granted one job, for its runs alone

    assert {field.name for field in fields(Settings)} - combined - granted == {
        each.field for each in SETTINGS if each.field
    }


def test_a_password_in_an_address_for_everybody_is_refused_and_not_said():
    (problem,) = problems(OPENAI_BASE_URL=f"https://me:{CANARY}@models.example/v1")

    assert problem == "OPENAI_BASE_URL has more than a host and a path, such as https://jobs.example.org/multijob"
