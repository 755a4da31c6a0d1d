"""The port of the dashboard: free, taken by a web process of the platform, or by somebody else."""

from pathlib import Path

import pytest

from runners.doctor.machine import machine
from runners.engine.settings import Settings
from tests.handlers import server


@pytest.mark.parametrize(
    ("body", "well"), [(b'{"status":"healthy"}', True), (b'{"status":"other"}', False), (b"<html>", False)]
)
def test_a_port_is_taken_well_by_the_platform_alone(tmp_path: Path, body: bytes, well: bool) -> None:
    with server.running() as site:
        site.pages["/healthz"] = (200, {}, body)

        found = {finding.about: finding for finding in machine(Settings(data_dir=tmp_path, port=site.port))}

    assert found["port"].well is well
    assert ("a web process answers at" if well else "in use by pid") in found["port"].seen
