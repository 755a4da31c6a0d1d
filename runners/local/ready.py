"""What a running platform says about itself, asked over HTTP."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import httpx

from runners.engine.errors import MultijobError
from runners.engine.readiness import NO_SCHEDULER, NO_WORKER

LONGEST_SEC = 60.0
LOOK_EVERY_SEC = 0.1


class NotReady(MultijobError):
    """The platform did not come up; the message says what was missing last."""


def ask(url: str, credential: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Return the status and body of /readyz; status 0 with a reason in `detail` while nobody answers.

    `credential` is the header that says who asks; without one less is told when sign-in is on.
    """
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5, trust_env=False, headers=dict(credential or {}))
    except httpx.HTTPError as error:
        return 0, {"detail": f"the web process does not answer ({error})"}
    with suppress(ValueError):
        return answer.status_code, answer.json()
    return answer.status_code, {"detail": f"/readyz answered {answer.status_code} without JSON"}


def wait(url: str, still_possible: Callable[[], bool]) -> dict[str, Any]:
    """Return the body of /readyz once it is 200 with a scheduler and a worker online.

    Raises NotReady after a minute, or as soon as `still_possible` says no.
    """
    deadline = time.monotonic() + LONGEST_SEC
    while True:
        status, facts = ask(url)
        if status == 200 and not missing(facts):
            return facts
        if time.monotonic() > deadline or not still_possible():
            raise NotReady(facts.get("detail") or f"still missing: {missing(facts)}")
        time.sleep(LOOK_EVERY_SEC)


def missing(facts: dict[str, Any]) -> str:
    """Return which processes have not reported yet, in words; '' when none is missing."""
    told = " ".join(facts.get("warnings", ()))
    absent = {"scheduler": NO_SCHEDULER in told, "worker": NO_WORKER in told}
    return ", ".join(name for name, is_absent in absent.items() if is_absent or facts.get("status") != "ready")


def serves(url: str) -> bool:
    """Say whether a web process of the platform answers at `url`."""
    try:
        answer = httpx.get(f"{url}/healthz", timeout=2, trust_env=False)
        return bool(answer.json() == {"status": "healthy"})
    except (httpx.HTTPError, ValueError):
        return False
