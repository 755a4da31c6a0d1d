"""Declare a route once: its path, role, query, body and answers. Routing, checks and the OpenAPI document read this.

@endpoint("GET", "/jobs/{job_id}", Role.VIEWER, answers={200: JobRow}, refusals=(404,))
def read_job(job_id: str) -> Response: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, ParamSpec

from flask import Flask, Response
from werkzeug.routing import BaseConverter

from runners.engine.access.names import PERSON_NAME
from runners.engine.integrations.account_change import NAME
from runners.engine.operations import Role
from webapp.idempotency import anew, once
from webapp.language import language_headers
from webapp.parsing_query import Query, query_of
from webapp.roles import PUBLIC, needs

View = Callable[..., Response]
Said = ParamSpec("Said")
YAML = "application/yaml"
TAG = '"[0-9]{1,15}(?:-[0-9a-f]{8})?"'
"""An entity tag, see `preconditions`."""

ENDPOINTS: list[Endpoint] = []
"""Every route of the API, in the order of its declaration."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route of the API.

    `path` is written as OpenAPI does. `answers` maps a status to the shape of its JSON, or to a media type.
    `body` is the shape of the request's JSON, None when it takes none. `paged` lists carry `X-Total-Count` and `Link`;
    a `versioned` route answers with `ETag` and takes `If-Match` or `If-None-Match`; one that `creates` takes both; a
    `streamed` one answers with a live stream when asked for one, a `ranged` one with a part of its text; a `worded` one
    gives reasons, in the language that the client accepts; a `yaml` one takes or gives YAML as well as JSON.
    `headers` says what further ones its answers carry, and what they mean. Members of an answer that are `shown_once`
    are secrets: an answer that is kept for its `Idempotency-Key` has null there.
    """

    method: str
    path: str
    role: Role | None
    _: KW_ONLY
    answers: Mapping[int, Any]
    query: type[Query] = Query
    body: Any = None
    body_optional: bool = False
    paged: bool = False
    versioned: bool = False
    creates: bool = False
    streamed: bool = False
    ranged: bool = False
    worded: bool = False
    yaml: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    shown_once: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    view: View = Response

    @property
    def name(self) -> str:
        """The operation's id; also Flask's name of the route."""
        return self.view.__name__

    @property
    def summary(self) -> str:
        """One sentence: the first line of the view's docstring."""
        return (self.view.__doc__ or "").strip().partition("\n")[0]

    @property
    def description(self) -> str:
        """What else there is to say: the rest of the view's docstring in one paragraph, '' when there is none."""
        return " ".join((self.view.__doc__ or "").strip().partition("\n")[2].split())

    @property
    def takes_key(self) -> bool:
        """Say whether it takes an `Idempotency-Key`; public routes know by themselves what comes twice."""
        return self.method == "POST" and self.role is not PUBLIC

    @property
    def rule(self) -> str:
        """The path as Flask writes it; the converters carry the names of the parameters."""
        return re.sub(r"\{(\w+)\}", r"<\1:\1>", self.path)

    @property
    def parameters(self) -> list[str]:
        """Names of the path's parameters, in order."""
        return re.findall(r"\{(\w+)\}", self.path)


class JobId(BaseConverter):
    """A job id as contract §3 has it; any other text in its place is an unknown path."""

    regex = r"[A-Za-z0-9._-]{1,128}"


class RunId(BaseConverter):
    """A run id as contract §4 has it."""

    regex = r"run_[a-z2-7]{10}_[a-z2-7]{12}"


class ApprovalId(BaseConverter):
    """An approval's id: its run's with a number, or one of its own."""

    regex = r"ap_[a-z2-7]{10}_[a-z2-7]{12}_[1-9][0-9]?"


class GrantId(BaseConverter):
    """A grant's id: its approval's, with a number behind it for each but the first that the approval granted."""

    regex = rf"{ApprovalId.regex}(?:\.[1-9][0-9]?)?"


class FlowGroupName(BaseConverter):
    """A flow group's name as contract §3 has it."""

    regex = r"[A-Za-z0-9._:-]{1,64}"


class AgentId(BaseConverter):
    """The id of a process; its host's name is in it."""

    regex = r"[A-Za-z0-9._:-]{1,128}"


class AgentKey(BaseConverter):
    """The key of an agent's memory."""

    regex = r"[A-Za-z0-9._:-]{1,64}"


class RecordName(BaseConverter):
    """The provider or the id of an account, or the id of another record that people keep; contract §7."""

    regex = NAME


class PersonName(BaseConverter):
    """A person's name."""

    regex = PERSON_NAME


class Channel(BaseConverter):
    """A channel of chats."""

    regex = "[a-z]{1,32}"


class Sender(BaseConverter):
    """Somebody in a channel, by the channel's own number or name."""

    regex = "[A-Za-z0-9._:-]{1,64}"


class TokenId(BaseConverter):
    """The id of a named token."""

    regex = r"[a-z2-7]{12}"


class BulkId(BaseConverter):
    """The id of a bulk operation."""

    regex = r"bulk_[0-9a-f]{24}"


class VersionId(BaseConverter):
    """The number of a job's version, in the one spelling that it has."""

    regex = r"[1-9][0-9]{0,14}"


class DocsGroup(BaseConverter):
    """The first word of paths of the API."""

    regex = r"[a-z-]{1,40}"


class DocsShape(BaseConverter):
    """The name of a shape in the description of the API."""

    regex = r"[A-Za-z0-9_.-]{1,100}"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "account_id": RecordName,
    "rule_id": RecordName,
    "docs_group": DocsGroup,
    "docs_shape": DocsShape,
    "flow_group": FlowGroupName,
    "person_name": PersonName,
    "token_id": TokenId,
    "agent_id": AgentId,
    "agent_key": AgentKey,
    "approval_id": ApprovalId,
    "grant_id": GrantId,
    "bulk_id": BulkId,
    "channel": Channel,
    "job_id": JobId,
    "provider": RecordName,
    "run_id": RunId,
    "sender": Sender,
    "server_id": RecordName,
    "version_id": VersionId,
}


def _declaring(make: Callable[Said, Endpoint]) -> Callable[Said, Callable[[View], View]]:
    """Return the decorator that makes an endpoint of what it is told, and of the view below it."""

    def endpoint(*words: Said.args, **said: Said.kwargs) -> Callable[[View], View]:
        def declare(view: View) -> View:
            ENDPOINTS.append(replace(make(*words, **said), view=view))
            return view

        return declare

    return endpoint


endpoint = _declaring(Endpoint)
"""Declare the decorated view as a route of the API; `Endpoint` says what each argument means.

A view whose `query` has fields gets it as the argument `query`; the path's parameters come by name.
"""


def add_routes(app: Flask) -> None:
    """Give `app` every declared route."""
    app.url_map.converters.update(CONVERTERS)
    for declared in ENDPOINTS:
        view = needs(declared.role)(_checked(declared))
        app.add_url_rule(declared.rule, f"api.{declared.name}", view, methods=[declared.method])


def _checked(declared: Endpoint) -> View:
    """Return the view behind its checks: the query string first, then the idempotency key of a POST."""

    def view(**arguments: Any) -> Response:
        query = query_of(declared.query)
        if declared.query.model_fields:
            arguments["query"] = query
        answer = _answered(declared, lambda: declared.view(**arguments))
        if declared.worded:
            answer.headers.update(language_headers())
        return answer

    return view


def _answered(declared: Endpoint, act: Callable[[], Response]) -> Response:
    """Return the answer of `act`, once for each key where one counts; viewers change nothing by a POST."""
    if not declared.takes_key:
        return act()
    return anew(act) if declared.role is Role.VIEWER else once(act, declared.shown_once)
