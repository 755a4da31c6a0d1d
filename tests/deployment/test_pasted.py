"""The handbook's way with honcho, pasted line by line: only what fetches packages and the repository is played by others."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.processes import CHECKOUT

PLAYED = {
    "sudo": 'exec "$@"',
    "apt-get": "exit 0",
    "git": f'mkdir "$3" && cd {CHECKOUT} && cp -r Procfile wsgi.py runners webapp templates static docs "$3"',
    "python3": 'cp -r "$PLAYED/venv" "$3"',
}
INSTALLED = {
    "pip": "exit 0",
    "python": f'exec "{sys.executable}" "$@"',
    "honcho": f'exec "{sys.executable}" -m honcho "$@"',
    "multijob": f'exec "{sys.executable}" -m runners.cli "$@"',
}

pytestmark = pytest.mark.slow


def programs(folder: Path, texts: dict[str, str]) -> None:
    """Write a program for each name."""
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)


def pasted(*headings: str) -> str:
    """Return the lines below these headings of the page."""
    page = (CHECKOUT / "docs/deploying.md").read_text()
    parts = [
        re.split(r"^##", page.split(f"\n## {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0] for heading in headings
    ]
    return "".join(
        block for part in parts for block in re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    )


def test_the_way_with_honcho_ends_in_a_green_run(tmp_path: Path) -> None:
    programs(tmp_path / "played", PLAYED)
    programs(tmp_path / "played/venv/bin", INSTALLED)
    (tmp_path / "played/venv/bin/activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    home, port = tmp_path / "home", servers.free_port()
    home.mkdir()
    # the page's port is 8000, which needs no word to the command line
    env = {"MULTIJOB_URL": f"http://127.0.0.1:{port}"}
    env |= {"HOME": str(home), "PLAYED": str(tmp_path / "played"), "PATH": f"{tmp_path}/played:{os.environ['PATH']}"}
    with servers.running(servers.redis_binary()) as server:
        text = pasted("Secrets first", "honcho").replace("redis://127.0.0.1:6379/0", server.tcp_url)
        text = text.replace("PORT=8000", f"PORT={port}").replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        words = ["bash", "-e", "-c", f"trap 'kill %1; wait' EXIT\n{text}"]
        ended = subprocess.run(words, cwd=home, env=env, capture_output=True, text=True, timeout=150)

    assert (ended.returncode, "status           success" in ended.stdout) == (0, True), ended.stdout + ended.stderr
