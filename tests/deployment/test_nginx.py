"""The handbook's configuration of nginx, before a real deployment: TLS, a path of its own, streams that are not held back."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import servers
from tests.planted import ROLE_TOKENS, SECRET_KEY
from tests.processes import CHECKOUT, Spawner, ending
from tests.waiting import wait_until

CONFIGURATION = CHECKOUT / "docs/deploy/nginx.conf"
TOKEN = ROLE_TOKENS["operator"]
WHOLE = """
daemon off;
user root root;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""

pytestmark = pytest.mark.slow


def configuration(folder: Path, port: int, web_port: int) -> str:
    """Return the handbook's configuration, with this test's host, ports and certificate in the places of its own."""
    text = CONFIGURATION.read_text()
    ours = {
        "/etc/ssl/certs/ops.example.com.pem": f"{folder}/cert.pem",
        "/etc/ssl/private/ops.example.com.key": f"{folder}/key.pem",
        "server_name ops.example.com": "server_name localhost",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8000": f"server 127.0.0.1:{web_port}",
    }
    for its, own in ours.items():
        assert its in text, f"the configuration says no {its!r} any more"
        text = text.replace(its, own)
    return WHOLE.format(folder=folder, server=text)


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for localhost, and return what trusts it and nothing else."""
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*words.split(), *files], check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a deployment behind nginx; its addresses begin with the path."""
    port, web_port = servers.free_port(), servers.free_port()
    public = f"https://localhost:{port}/multijob"
    trusted = certificate(tmp_path)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, port, web_port))
    spawner = Spawner(tmp_path)
    with servers.running(servers.redis_binary()) as server:
        env = {"REDIS_URL": server.url, "DATA_DIR": str(tmp_path / "platform"), "SECRET_KEY": SECRET_KEY}
        env |= {"AUTH_ENABLED": "true", "AUTH_OPERATOR_TOKEN": TOKEN, "PORT": str(web_port)}
        env |= {"PUBLIC_URL": public, "TRUSTED_PROXIES": "127.0.0.1"}
        nginx = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            for process in ("web", "scheduler", "worker"):
                spawner(process, env=env)
            with (
                ending(subprocess.Popen(nginx)),
                httpx.Client(base_url=public, verify=trusted, trust_env=False, headers=headers) as made,
            ):
                wait_until(lambda: reached(made), 30)
                yield made
        finally:
            for spawned in spawner.spawned:
                spawned.kill()


def reached(client: httpx.Client) -> bool:
    """Say whether the platform answers behind nginx, and can do work."""
    try:
        answer = client.get("/readyz")
        return answer.is_success and bool(answer.json()["workers"]) and answer.json()["scheduler"] == "online"
    except httpx.TransportError:
        return False


def test_a_job_runs_and_programs_follow_the_addresses_that_they_get(client: httpx.Client) -> None:
    made = client.post("/jobs", json={"job_id": "nightly", "type": "report.daily"})
    run = client.post("/jobs/nightly/run").json()

    ended = wait_until(lambda: _ended(client, run["run_id"]), 30)

    assert made.headers["Location"] == "/multijob/jobs/nightly"
    assert ended["status"] == "success"


def test_an_import_of_many_jobs_is_let_through(client: httpx.Client) -> None:
    written_wide = b"[" + b" " * 3_000_000 + b"]"
    kind = {"Content-Type": "application/json"}

    answer = client.post("/jobs/import", params={"dry_run": "true"}, content=written_wide, headers=kind)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), answer.text


def test_an_event_arrives_while_its_stream_is_open(client: httpx.Client) -> None:
    with client.stream("GET", "/events", headers={"Accept": "text/event-stream"}, timeout=20) as stream:
        lines = stream.iter_lines()
        next(lines)
        client.post("/jobs", json={"job_id": "seen", "type": "report.daily"})
        heard = next(line for line in lines if "job.created" in line)

    assert "job.created" in heard


def test_a_form_signs_in_over_tls(client: httpx.Client) -> None:
    page = client.get("/ui/sign-in", headers={"Authorization": ""})
    form = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert form, "the page has a form"
    origin = str(client.base_url).removesuffix("/multijob/")
    sent = {"csrf_token": form[1], "token": TOKEN}
    answer = client.post("/ui/sign-in", data=sent, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/multijob/ui")
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
    named = re.findall(r'(?:href|src)="(/[^"?#]+\.(?:css|js|svg))', client.get("/ui").text)
    assert named
    assert {httpx.URL(address).path.startswith("/multijob/static/") for address in named} == {True}
    assert {client.get(address.removeprefix("/multijob")).status_code for address in named} == {200}


def test_the_command_line_trusts_whom_it_is_told_to(client: httpx.Client, tmp_path: Path) -> None:
    client.post("/jobs", json={"job_id": "nightly", "type": "report.daily"})
    words = [sys.executable, "-m", "runners.cli", "job", "run", "nightly", "--wait"]
    env = {"MULTIJOB_URL": str(client.base_url).rstrip("/"), "MULTIJOB_TOKEN": TOKEN, "HOME": str(tmp_path)}
    told = {"SSL_CERT_FILE": str(tmp_path / "cert.pem")}
    refused, done = (
        subprocess.run(words, cwd=CHECKOUT, env=env | more, capture_output=True, text=True) for more in ({}, told)
    )

    assert (refused.returncode, "set SSL_CERT_FILE" in refused.stderr) == (1, True)
    assert (done.returncode, "status           success" in done.stdout) == (0, True), done.stderr


def _ended(client: httpx.Client, run_id: str) -> dict[str, str]:
    run: dict[str, str] = client.get(f"/runs/{run_id}").json()
    return run if run["status"] in ("success", "failed") else {}
