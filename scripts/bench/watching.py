"""What people who keep pages open cost the web process: tabs that poll, as the pages' own script does."""

import itertools
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import ours
from ground import family_cpu, free_port, processes, wait_for
from living import answers, command

TABS = 50
EVERY_SEC = 2.0
JOBS = 40
PAGES = ("/ui", "/ui/jobs", "/ui/runs", "/ui/queue", "/ui/jobs/job-7")
"""What the tabs show, in turn."""


def polling(env: Mapping[str, str], folder: Path, seconds: float) -> dict[str, float]:
    """Return the percent of one core that the web process takes for 50 tabs on five pages.

    `quiet` while nothing happens but the beats of the processes, `busy` while two runs a second come and go.
    """
    platform = ours.platform(env)
    platform.store.redis.flushall()
    for number in range(JOBS):
        ours.save_job(platform, f"job-{number}")
    port = free_port()
    with processes(
        [command(name) for name in ("web", "scheduler", "worker")], {**env, "PORT": str(port)}, folder
    ) as pids:
        wait_for(lambda: answers(port), 60, "web")
        quiet = _cost(pids[0], port, seconds)
        for number in range(4):
            ours.save_job(platform, f"job-{number}", schedule={"interval_sec": 2})
        return {"quiet": quiet, "busy": _cost(pids[0], port, seconds)}


def _cost(web: int, port: int, seconds: float) -> float:
    over = threading.Event()
    paths = itertools.islice(itertools.cycle(PAGES), TABS)
    tabs = [threading.Thread(target=_tab, args=(port, path, place, over)) for place, path in enumerate(paths)]
    for tab in tabs:
        tab.start()
    time.sleep(2 * EVERY_SEC)  # what opening them costs is not what polling costs
    before, began = family_cpu(web), time.monotonic()
    time.sleep(seconds)
    percent = 100 * (family_cpu(web) - before) / (time.monotonic() - began)
    over.set()
    for tab in tabs:
        tab.join()
    return percent


def _tab(port: int, path: str, place: int, over: threading.Event) -> None:
    """Open a page and ask for its part every two seconds; tabs were not opened all at once."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
        over.wait(EVERY_SEC * place / TABS)
        browser.get(path).raise_for_status()
        tag = "-"
        while not over.wait(EVERY_SEC):
            answer = browser.get(path, headers={"HX-Request": "true", "HX-PTag": tag})
            assert answer.status_code in (200, 304), answer.status_code
            tag = answer.headers["HX-PTag"]
