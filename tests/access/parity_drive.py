"""The same asked at every door by people of every role, for real: a form, a request, a terminal, a chat message and its button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask

from runners.connector.asker import Allowed
from runners.connector.channel import Incoming, Press
from runners.connector.hearing import Ear
from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.protocol.people import create
from tests.access.browsing import Browsing
from tests.access.commands import Terminal
from tests.access.conftest import ADMIN, bearer, encoded

CHAT = "1001"


@dataclass(frozen=True, slots=True)
class Way:
    """How one operation is asked for at each door; `{job}`, `{run}`, `{approval}` and `{digest}` stand for what there is.

    `page` and `api` are (path, fields), `cli` words, `chat` a message; `confirms` says that the chat asks once more. `target`
    is what the audit's object begins with, `state` what must be so before.
    """

    operation: str
    target: str
    page: tuple[str, Mapping[str, str]] | None
    api: tuple[str, str, Mapping[str, Any]] | None
    cli: tuple[str, ...] | None
    chat: str
    confirms: bool = False
    state: str = "idle"


WAYS = (
    Way("run_job", "run:", ("/ui/jobs/{job}/run", {}), ("POST", "/jobs/{job}/run", {}), ("job", "run", "{job}"), "/start {job}"),
    Way("cancel_run", "run:{run}", ("/ui/runs/{run}/cancel", {}), ("POST", "/runs/{run}/cancel", {}), ("run", "cancel", "{run}"),
        "/cancel {run}", confirms=True, state="queued"),
    Way("retry_run", "run:", ("/ui/runs/{run}/retry", {}), ("POST", "/runs/{run}/retry", {}), ("run", "retry", "{run}"),
        "/retry {run}", state="ended"),
    Way("set_enabled", "job:{job}", ("/ui/jobs/{job}/disable", {}), ("PUT", "/jobs/{job}/disable", {}), ("job", "disable", "{job}"),
        "/disable {job}", confirms=True),
    Way("set_enabled", "job:{job}", ("/ui/jobs/{job}/enable", {}), ("PUT", "/jobs/{job}/enable", {}), ("job", "enable", "{job}"),
        "/enable {job}", state="disabled"),
    Way("pause_job", "job:{job}", ("/ui/jobs/{job}/pause", {}), ("POST", "/jobs/{job}/pause", {}), ("pause", "--job", "{job}"),
        "/pause {job}"),
    Way("resume_job", "job:{job}", ("/ui/jobs/{job}/resume", {}), ("POST", "/jobs/{job}/resume", {}), ("resume", "--job", "{job}"),
        "/resume {job}", state="paused"),
    Way("pause_flow", "flow:{job}", ("/ui/flow-groups/{job}/pause", {}), ("POST", "/flow-groups/{job}/pause", {}),
        ("pause", "--flow", "{job}"), "/pause flow {job}"),
    Way("resume_flow", "flow:{job}", ("/ui/flow-groups/{job}/resume", {}), ("POST", "/flow-groups/{job}/resume", {}),
        ("resume", "--flow", "{job}"), "/resume flow {job}", state="flow paused"),
    Way("pause_queue", "everything", ("/ui/queue/pause", {}), ("POST", "/queue/pause", {}), ("pause",), "/pause", confirms=True),
    Way("resume_queue", "everything", ("/ui/queue/resume", {}), ("POST", "/queue/resume", {}), ("resume",), "/resume", state="all paused"),
    Way("decide_approval", "approval:{approval}", ("/ui/approvals/{approval}/approve", {"digest": "{digest}"}),
        ("POST", "/approvals/{approval}/approve", {"digest": "{digest}"}), ("approve", "approve", "{approval}"),
        "/approve {approval}", confirms=True, state="asks"),
    Way("decide_approval", "approval:{approval}", ("/ui/approvals/{approval}/reject", {"digest": "{digest}"}),
        ("POST", "/approvals/{approval}/reject", {"digest": "{digest}"}), ("approve", "reject", "{approval}"),
        "/reject {approval}", confirms=True, state="asks"),
    Way("execute_plan", "", ("/ui/planner/execute", {"prompt": "backup jam 01:30 bernama {job}-p"}),
        ("POST", "/planner/execute", {"prompt": "backup jam 01:30 bernama {job}-p"}),
        ("plan", "backup jam 01:30 bernama {job}-p", "--execute"), "/exec backup jam 01:30 bernama {job}-p"),
)  # fmt: skip


@dataclass
class Doors:
    """Everybody at every door. `ask` returns whether he was let in."""

    app: Flask
    platform: Any
    terminal: Terminal
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Let a person of each role in: by his password, by a token of his own, and by a chat that is linked to him."""
        self.ear = Ear(self.platform, "default", Allowed(frozenset({CHAT}), frozenset()), 4096)
        self.browsers, self.tokens = dict[Role, Browsing](), dict[Role, str]()
        for role in Role:
            create(self.platform.store, ADMIN.author(), str(role), str(role).ljust(12, "a"), role, encoded())
            self.browsers[role] = Browsing(self.app)
            assert self.browsers[role].sign_in(str(role)).status_code == 303
            self.tokens[role] = operations.create_token(self.platform, ADMIN, f"{role}-token", role, None).text
            code = operations.link_chat(self.platform, ADMIN, str(role)).text
            self.ear.hear(self._heard(role, f"/link {code}"))

    def ask(self, door: str, role: Role, way: Way, names: Mapping[str, str]) -> bool:
        """Ask for it, and say whether it was done."""
        ways: Mapping[str, Callable[[Role, Way, Mapping[str, str]], bool]] = {
            "page": self._page,
            "api": self._api,
            "cli": self._cli,
            "chat": self._chat,
        }
        return ways[door](role, way, names)

    def name(self, door: str, role: Role) -> str:
        """Return under which name he is known at a door."""
        return str(role) if door in ("page", "chat") else f"token:{role}-token"

    def flush(self) -> None:
        """Have every refusal put down."""
        self.app.extensions["refusals"].flush(everything=True)
        self.ear.turned_away.flush(everything=True)

    def _page(self, role: Role, way: Way, names: Mapping[str, str]) -> bool:
        assert way.page
        path, fields = way.page
        answer = self.browsers[role].send(path.format(**names), **filled(fields, names))
        assert answer.status_code in (303, 403), (path, answer.status_code)
        return answer.status_code == 303

    def _api(self, role: Role, way: Way, names: Mapping[str, str]) -> bool:
        assert way.api
        method, path, body = way.api
        headers = bearer(self.tokens[role])
        answer = self.app.test_client().open(
            path.format(**names), method=method, headers=headers, json=filled(body, names)
        )
        assert answer.status_code in (200, 201, 403), (path, answer.status_code, answer.text)
        return answer.status_code != 403

    def _cli(self, role: Role, way: Way, names: Mapping[str, str]) -> bool:
        assert way.cli
        return self.terminal.received([word.format(**names) for word in way.cli], bearer(self.tokens[role])) == "in"

    def _chat(self, role: Role, way: Way, names: Mapping[str, str]) -> bool:
        said = self.ear.hear(self._heard(role, way.chat.format(**names)))
        self._keep(said)
        if way.confirms and said.sayings[-1].buttons:
            place = 1 if way.chat.startswith("/reject") else 0
            _, back = said.sayings[-1].buttons[0][place]
            card, _, place_of = back.rpartition(":")
            press = Press("query", card, int(place_of), "1", said.sayings[-1].text)
            self._keep(self.ear.hear(self._heard(role, None, press)))
        return not said.sayings[-1].text.startswith("You are ")

    def _heard(self, role: Role, text: str | None, press: Press | None = None) -> Incoming:
        return Incoming(next(self.numbers), CHAT, str(list(Role).index(role) + 1), text, press=press)

    def _keep(self, told: Any) -> None:
        """Keep what follows, as the conversation does when it settles an update."""
        with self.platform.store.redis.pipeline(transaction=True) as pipe:
            for change in told.changes:
                change(pipe)
            pipe.execute()


def filled(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields with the names put in."""
    return {name: str(value).format(**names) for name, value in fields.items()}
