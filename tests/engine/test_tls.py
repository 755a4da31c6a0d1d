"""Servers that speak TLS: by an authority of one's own, by a certificate that nobody vouches for, or not at all."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runners.engine.errors import ModeRefused
from runners.engine.platform import open_platform
from runners.engine.settings import read
from tests import servers


@dataclass(frozen=True, slots=True)
class TlsServer:
    """A server with a TLS port; `authority` is the file that vouches for its certificate."""

    port: int
    authority: Path


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    folder, port = tmp_path_factory.mktemp("tls"), servers.free_port()
    _sign(folder)
    certificate = ["--tls-cert-file", str(folder / "server.crt"), "--tls-key-file", str(folder / "server.key")]
    others = ["--tls-ca-cert-file", str(folder / "ca.crt"), "--tls-auth-clients", "no", "--tls-port", str(port)]
    with servers.running(servers.redis_binary(), [*certificate, *others]):
        yield TlsServer(port, folder / "ca.crt")


def _sign(folder: Path) -> None:
    """Make an authority, and a certificate of localhost that it has signed."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)

    key = ("-newkey", "rsa:2048", "-nodes", "-keyout")
    openssl("req", "-x509", *key, "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=our authority")
    openssl("req", *key, "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    openssl("x509", "-req", "-in", "server.csr", *signed, "-out", "server.crt")


@pytest.mark.parametrize("variable", ["REDIS_URL", "REDIS_TLS_URL"])
@pytest.mark.parametrize("trust", ["ssl_ca_certs={}", "ssl_cert_reqs=none"])
def test_a_server_is_used_over_tls(tls: TlsServer, variable: str, trust: str) -> None:
    url = f"rediss://localhost:{tls.port}/0?{trust.format(tls.authority)}"

    platform = open_platform(read({variable: url}))

    assert platform.store.mode.name == "streams"
    assert platform.store.redis.set("mj:probe", "1", px=1)
    assert platform.store.rq_redis.ping()
    platform.store.redis.close()
    platform.store.rq_redis.close()


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("", "shows a certificate that cannot be verified; .*ssl_ca_certs"),
        ("?ssl_ca_certs=/nowhere/ca.crt", "a file that REDIS_URL names for TLS does not exist"),
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_refused(tls: TlsServer, query: str, fault: str) -> None:
    with pytest.raises(ModeRefused, match=fault):
        open_platform(read({"REDIS_URL": f"rediss://localhost:{tls.port}{query}"}))


def test_plain_words_to_a_tls_port_are_refused_with_the_fix(tls: TlsServer) -> None:
    with pytest.raises(ModeRefused, match=r"if it wants TLS, use rediss:// \(REDIS_TLS_URL\)"):
        open_platform(read({"REDIS_URL": f"redis://localhost:{tls.port}"}))
