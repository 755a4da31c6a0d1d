"""In which order files begin beside each other: the longest first, so that no worker is left alone with one in the end."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

TESTS = Path(__file__).parent
FILES = (
    *("browser/test_every_page.py", "local/test_up.py", "protocol/test_state_machine.py", "connector/test_killed.py"),
    *("protocol/test_model.py", "simulation/test_live.py", "faults/test_scenarios.py", "canary/test_canary.py"),
    *("local/test_up_access.py", "faults/test_store_faults.py", "faults/test_rq_tools.py", "local/test_alone.py"),
    *("local/test_scripts.py", "faults/test_notifications.py", "faults/test_sentinel.py", "faults/test_handover.py"),
    *("api/test_attacks.py", "agents/test_mcp_tools.py", "backup/test_under_load.py", "faults/test_agents.py"),
    *("local/test_approving.py", "faults/test_upgrade.py", "faults/test_cancel.py", "test_packaging.py"),
    *("test_shown_code.py", "connector/test_slack_processes.py", "deployment/test_heroku_style.py"),
)
"""Files that take half a minute or more, the longest first; seen by `scripts/test --only-slow --durations=100`."""


def ranks(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return what to sort the files of tests by: those of `FILES` as they stand there, then those with the most tests.

    `paths` names the file of each test, as often as it has tests.
    """
    first = {TESTS / name: rank for rank, name in enumerate(FILES)}
    return {path: (first.get(path, len(FILES)), -count) for path, count in Counter(paths).items()}
