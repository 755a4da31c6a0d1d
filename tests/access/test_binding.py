"""Without sign-in nobody but this machine is served: whatever starts the web server elsewhere is refused, and says why."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runners.binding import hosts_listened_on, refuse_open_door
from runners.engine.errors import SettingsInvalid
from runners.engine.settings import read
from runners.engine.settings.hosts import is_loopback, local_host
from tests.servers import free_port
from tests.troubleshooting import symptom

ROOT = Path(__file__).parents[2]
STRONG = "c35a9e7f104b8d26f0417e6b"


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_what_others_reach(host, inside):
    assert is_loopback(host) is inside


def test_without_sign_in_only_loopback_is_listened_on():
    refuse_open_door(read({}), ["127.0.0.1", "::1"])
    refuse_open_door(read({"AUTH_ENABLED": "true", "AUTH_ADMIN_TOKEN": STRONG}), ["0.0.0.0"])

    with pytest.raises(SettingsInvalid, match=r"listens on '0\.0\.0\.0', which others can reach.*AUTH_ENABLED=true"):
        refuse_open_door(read({}), ["127.0.0.1", "0.0.0.0"])


@pytest.mark.parametrize(
    ("host", "local"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.1", "10.0.0.1")]
)
def test_this_machine_reaches_what_listens_everywhere(host, local):
    assert local_host(host) == local


def test_looking_for_listening_sockets_keeps_no_descriptor_open():
    with socket.create_server(("127.0.0.1", 0)), open(os.devnull) as no_socket:
        before = os.listdir("/dev/fd")

        assert "127.0.0.1" in hosts_listened_on()

        assert os.listdir("/dev/fd") == before
        assert not no_socket.closed


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        ["--config", "python:runners.web", "--bind", "0.0.0.0:0"],
        ["--config", "/dev/null", "--bind", "0.0.0.0:0"],
        ["--config", "/dev/null", "--bind", "127.0.0.1:0", "--bind", "0.0.0.0:0"],
        ["--config", "/dev/null"],  # gunicorn itself takes PORT for a reason to listen everywhere
    ],
    ids=["our-settings", "its-own-settings", "one-of-two", "PORT"],
)
def test_gunicorn_bound_elsewhere_does_not_start(options, tmp_path, redis_server):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PORT": str(free_port())}
    env |= {"REDIS_URL": redis_server.url, "DATA_DIR": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn", *options, "wsgi:app"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode not in (0, None)
    assert (
        "which others can reach, and sign-in is off; turn it on with AUTH_ENABLED=true" in ended.stderr + ended.stdout
    )
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
@pytest.mark.reproduces("It does not start", "`HOST='0.0.0.0' is not a loopback address`")
def test_multijob_elsewhere_does_not_start_without_sign_in(tmp_path):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "HOST": "0.0.0.0"}

    for words in (["web"], ["up"]):
        ended = subprocess.run(
            [sys.executable, "-m", "runners.cli", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (ended.returncode, ended.stdout) == (2, "")
        assert symptom("`HOST='0.0.0.0' is not a loopback address`").search(ended.stderr)
        assert ended.stderr.startswith("HOST='0.0.0.0' is not a loopback address; without sign-in only")
        assert ended.stderr.strip().endswith(
            "turn it on with AUTH_ENABLED=true and an AUTH_ADMIN_TOKEN (openssl rand -hex 32)"
        )
