"""`multijob token` and `multijob user` work on the store itself; every other command shows MULTIJOB_TOKEN to its server alone."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner, Result

from runners.cli import main
from runners.engine.access.identity import by_token, verify_password
from runners.engine.role import Role
from runners.engine.store.audit import AuditFilter, list_entries
from tests.planted import PASSWORD


@pytest.fixture
def multijob(platform, server_env, monkeypatch):
    """Run a command in the environment of the platform's processes."""
    for name, value in (server_env | {"AUTH_ENABLED": "true", "HOME": server_env["DATA_DIR"]}).items():
        monkeypatch.setenv(name, value)
    # the process is the tests' own: how it logs stays as it is
    monkeypatch.setattr("runners.start.logs.configure", lambda settings: None)

    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=stdin)

    return run


def answered(result: Result):
    """Return the JSON that a command printed; it must have ended well."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_token_is_made_listed_and_revoked_by_its_name(multijob, platform):
    made = answered(multijob("token", "create", "ci", "--role", "operator", "--days", "30", "--json"))

    assert by_token(platform, made["token"]).role is Role.OPERATOR
    assert made["expires_at"] > made["created_at"] and made["created_by"].startswith("terminal:")
    (listed,) = answered(multijob("token", "list", "--json"))
    assert listed["status"] == "active" and "token" not in listed
    assert answered(multijob("token", "revoke", "ci", "--json"))["status"] == "revoked"
    assert by_token(platform, made["token"]) is None


def test_a_list_has_the_rows_of_all_pages(multijob, monkeypatch):
    monkeypatch.setattr("runners.cli.tokens.PAGE", 2)
    for name in ("a", "b", "c", "d", "e"):
        answered(multijob("token", "create", name, "--role", "viewer", "--json"))

    listed = answered(multijob("token", "list", "--json"))

    assert sorted(row["name"] for row in listed) == ["a", "b", "c", "d", "e"]


def test_whoever_goes_on_with_a_broken_audit_is_named_as_at_any_terminal(multijob, platform, monkeypatch):
    def nameless():
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    answered(multijob("token", "create", "ci", "--role", "viewer", "--json"))
    platform.store.redis.zremrangebyrank(platform.store.keys.audit, -1, -1)

    resumed = multijob("audit", "resume", "--reason", "a row was deleted")

    assert resumed.exit_code == 0, resumed.output
    (newest,) = list_entries(platform.store, AuditFilter(), 1).rows
    assert (newest.said["operation"], newest.said["actor"]) == ("resume_audit", f"terminal:{os.getuid()}")


def test_whoever_rotates_the_secrets_is_named_as_at_any_terminal(multijob, platform, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ana")

    rotated = answered(multijob("secrets", "rotate", "--json"))

    assert rotated["unreadable"] == []
    (newest,) = list_entries(platform.store, AuditFilter(), 1).rows
    assert (newest.said["operation"], newest.said["actor"]) == ("rotate_secrets", "terminal:ana")


def test_a_token_is_shown_with_how_to_use_it(multijob):
    result = multijob("token", "create", "ci", "--role", "viewer")

    assert "mjt_" in result.stdout and "mjt_" not in result.stderr
    assert "shown this once" in result.stderr


def test_a_person_is_made_changed_and_deleted(multijob, platform):
    answered(multijob("user", "create", "root", "--role", "admin", "--generate", "--json"))
    made = answered(multijob("user", "create", "ana", "--role", "viewer", "--json", stdin=f"{PASSWORD}\n"))

    assert "password" not in made and verify_password(platform, "ana", PASSWORD) is not None
    assert answered(multijob("user", "role", "ana", "operator", "--json"))["role"] == "operator"
    assert answered(multijob("user", "disable", "ana", "--json"))["disabled"] is True
    assert verify_password(platform, "ana", PASSWORD) is None
    assert answered(multijob("user", "enable", "ana", "--json"))["disabled"] is False
    generated = answered(multijob("user", "password", "ana", "--generate", "--json"))["password"]
    assert verify_password(platform, "ana", generated) is not None
    assert [row["name"] for row in answered(multijob("user", "list", "--json"))] == ["ana", "root"]
    assert answered(multijob("user", "delete", "ana", "--json")) == {"name": "ana", "status": "deleted"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("user", "create", "ana", "--role", "boss"), 2, "'boss' is not one of 'viewer', 'operator', 'admin'"),
        (("user", "create", "Ana", "--role", "viewer", "--generate"), 1, "name 'Ana' is not 1 to 64 of a-z"),
        (("user", "create", "ana", "--role", "viewer"), 1, "password has not 12 to 256 characters"),
        (("user", "delete", "zoe"), 1, "person 'zoe' does not exist"),
        (("token", "revoke", "zoe"), 1, "no token has the name or id 'zoe'"),
        (("token", "create", "a b", "--role", "viewer"), 1, "name 'a b' is not 1 to 64"),
        (("token", "create", "ci", "--role", "viewer", "--days", "0"), 2, "0 is not in the range"),
    ],
)
def test_what_is_wrong_is_said_with_its_exit_code(multijob, words, code, said):
    result = multijob(*words, stdin="")

    assert result.exit_code == code
    assert said in result.stderr


def test_the_link_of_the_first_sign_in_is_given_while_nobody_is_defined(multijob):
    link = multijob("user", "first").stdout.strip()

    assert link.startswith("http://127.0.0.1:8000/ui/first#") and len(link.partition("#")[2]) == 24
    answered(multijob("token", "create", "ci", "--role", "viewer", "--json"))
    refused = multijob("user", "first")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "somebody is defined already" in refused.stderr


class Elsewhere(ThreadingHTTPServer):
    """A server that leads to another host, and remembers what it was shown."""

    def __init__(self, leads_to: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.leads_to = leads_to
        self.shown: list[str | None] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class Request(BaseHTTPRequestHandler):
    """One request."""

    server: Elsewhere

    def do_GET(self) -> None:
        self.server.shown.append(self.headers["Authorization"])
        self.send_response(307 if self.server.leads_to else 200)
        self.send_header("Location", self.server.leads_to)
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[Elsewhere, Elsewhere]]:
    with Elsewhere() as other, Elsewhere(f"{other.url}/jobs") as leading:
        threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in (other, leading)]
        for thread in threads:
            thread.start()
        yield leading, other
        for server in (other, leading):
            server.shutdown()
        for thread in threads:
            thread.join()


def test_the_token_goes_to_its_server_and_follows_no_redirect(elsewhere, monkeypatch):
    leading, other = elsewhere
    monkeypatch.setenv("MULTIJOB_TOKEN", "mjt_canary")
    monkeypatch.setenv("MULTIJOB_URL", leading.url)

    result = CliRunner().invoke(main, ["job", "list"])

    assert (result.exit_code, leading.shown, other.shown) == (1, ["Bearer mjt_canary"], [])
    assert "leads elsewhere (307)" in result.stderr and "mjt_canary" not in result.output
