"""Entity tags and preconditions (RFC 9110 §8.8.3, §13): of jobs and records, whose state is their version, and of flow groups.

What a GET gives has a tag such as "3-0f9a6c1e": the state that a change replaces, then a digest of all that was shown. A
change is bound to the state alone, so "3" says as much in `If-Match`; 304 is answered only where nothing differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from flask import Response, request

from runners.engine import operations
from runners.engine.errors import Malformed, NotFound, Stale
from webapp.api.answer import one
from webapp.api.endpoint import TAG, JobId
from webapp.asking import actor, platform

TAGS = re.compile(rf"(?:W/)?{TAG}(?:\s*,\s*(?:W/)?{TAG})*", re.ASCII)


def etag(state: int) -> dict[str, str]:
    """Return the header that names `state`, of an answer to a change."""
    return {"ETag": f'"{state}"'}


def one_tagged(value: Any, state: int) -> Response:
    """Answer a GET with `value` and its tag, or with 304 when the reader has exactly this. Raises Malformed."""
    response = one(value)
    tag = f'"{state}-{sha256(response.get_data()).hexdigest()[:8]}"'
    condition = request.headers.get("If-None-Match", "")
    if condition and condition != "*" and not TAGS.fullmatch(condition):
        raise Malformed('If-None-Match is neither * nor a list of tags such as "3-0f9a6c1e"')
    if condition == "*" or tag in condition.replace("W/", "").replace(",", " ").split():
        return Response(status=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response


def saved(row: Mapping[str, Any], address: str, version: int) -> Response:
    """Answer a change with its row, whose `status` says what it was, and the new tag; what was created is a 201 at `address`."""
    if row["status"] != "created":
        return one(row, headers=etag(version))
    return one(row, 201, {"Location": address} | etag(version))


def create_only() -> bool:
    """Say whether the request wants to create and never to replace. Raises Malformed for any other condition."""
    condition = request.headers.get("If-None-Match")
    if condition not in (None, "*"):
        raise Malformed("If-None-Match of a change may only be *")
    return condition == "*"


def expected_version(job_id: object) -> int | None:
    """Return the only version that the request may change, None when any will do or `job_id` names no job at all.

    Raises Stale when the job is none of the versions that `If-Match` names, Malformed when it names none.
    """
    if _condition() is None or not isinstance(job_id, str) or not re.fullmatch(JobId.regex, job_id):
        return None  # the check of the spec names what is wrong with it
    return expected_record(f"job {job_id!r}", lambda: operations.get_job(platform(), actor(), job_id).version)


def expected_limit(flow_group: str) -> int | None:
    """Return the only own limit that the request may replace, None when any will do. Raises Stale and Malformed."""
    condition = _condition()
    if condition is None:
        return None
    try:
        limit = operations.get_flow_group(platform(), actor(), flow_group).group.own_limit
    except NotFound:
        raise Stale(f"flow group {flow_group!r} does not exist, so no limit of it can be changed") from None
    if condition != "*" and limit not in _states(condition):
        raise Stale(f"flow group {flow_group!r} has {limit or 'no limit'} of its own now; read it again")
    return limit


def expected_record(named: str, version: Callable[[], int]) -> int | None:
    """Return the only version of a record that the request may change, None when any will do. Raises Stale and Malformed.

    `version` says at which it is now, and raises NotFound when it is not there.
    """
    condition = _condition()
    if condition is None:
        return None
    try:
        now = version()
    except NotFound:
        raise Stale(f"{named} does not exist, so no version of it can be changed") from None
    if condition != "*" and now not in _states(condition):
        raise Stale(f"{named} is at version {now} now; read it again")
    return now


def _condition() -> str | None:
    """Return what `If-Match` says, None when it is not there. Raises Malformed."""
    condition = request.headers.get("If-Match")
    if condition not in (None, "*") and not TAGS.fullmatch(condition or ""):
        raise Malformed('If-Match is neither * nor a list of tags such as "3"')
    return condition


def _states(condition: str) -> set[int]:
    """Return the states that may be replaced; weak tags never match (RFC 9110 §13.1.1)."""
    strong = (tag.strip() for tag in condition.split(",") if not tag.strip().startswith("W/"))
    return {int(tag.strip('"').partition("-")[0]) for tag in strong}
