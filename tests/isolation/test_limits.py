"""What a handler's process may use: by the settings, never more than it was started with."""

import json
import subprocess
import sys

from tests.processes import CHECKOUT

LIMITED = """
import json, os, resource, sys
from runners.engine import settings
from runners.isolation import limits
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
given = settings.read({"HANDLER_MEMORY_MB": "2048", "HANDLER_CPU_SEC": "7", "HANDLER_OPEN_FILES": "64", "HANDLER_FILE_MB": "5"})
limits.apply(given if sys.argv[1] == "all" else settings.read({}))
limits.grant_cpu(given if sys.argv[1] == "all" else settings.read({}))
names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
print(json.dumps({name: resource.getrlimit(getattr(resource, name)) for name in names}))
"""


def limits(which: str) -> dict[str, list[int]]:
    said = subprocess.check_output([sys.executable, "-c", LIMITED, which], cwd=CHECKOUT)
    return json.loads(said)


def test_a_handlers_process_is_limited_by_the_settings_and_by_what_it_was_started_with():
    free, limited = limits("none"), limits("all")

    assert limited["RLIMIT_AS"] == [2 << 30, 2 << 30]
    assert limited["RLIMIT_NOFILE"] == [64, 64]
    assert limited["RLIMIT_FSIZE"] == [1 << 20, 1 << 20]
    used_sec = limited["RLIMIT_CPU"][0] - 7
    assert 0 <= used_sec < 60
    assert limited["RLIMIT_CPU"][1] == free["RLIMIT_CPU"][1]
    assert free["RLIMIT_CORE"] == limited["RLIMIT_CORE"] == [0, 0]
    assert free["RLIMIT_AS"][0] > 2 << 30 or free["RLIMIT_AS"][0] == -1
