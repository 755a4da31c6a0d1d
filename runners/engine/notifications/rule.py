"""A notification rule: which events it tells of, to whom, and how often at most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self, get_args

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from runners.engine.errors import Invalid, Unreadable
from runners.engine.events import EventType
from runners.engine.fields import Whole, fault, is_mailbox, nearest, show
from runners.engine.integrations.slack_account import ID
from runners.engine.job.controls import check_flow_group
from runners.engine.job.spec import check_description, check_job_id, check_tag
from runners.engine.outgoing.address import fault_of
from runners.engine.problems import problems_of
from runners.engine.secret_names import is_mask
from runners.engine.store.records import Record
from runners.engine.words import Language

Channel = Literal["webhook", "email", "telegram", "slack"]
PARTS = get_args(Channel)

SILENT = frozenset({"notification"})
"""Events of these nouns are never told of: a notice about a notice would not end."""
KNOWN = sorted(kind.value for kind in EventType if kind.partition(".")[0] not in SILENT)
NOUNS = frozenset(kind.partition(".")[0] for kind in KNOWN)
LONGEST_URL = 2048


def check_event(wanted: str) -> str:
    """Return an event type, or a noun with `.*`; raises the fault for what no event has."""
    if wanted in KNOWN or (wanted.endswith(".*") and wanted[:-2] in NOUNS):
        return wanted
    hint = nearest(wanted, [*KNOWN, *(f"{noun}.*" for noun in NOUNS)])
    raise fault("event", f"events: {show(wanted)} is not an event type, such as run.failed or approval.*{hint}")


def check_url(url: str) -> str:
    """Return the address of a webhook, or the mask of the one that is kept; raises the fault otherwise."""
    if is_mask(url):
        return url
    try:
        wrong = fault_of(httpx.URL(url)) if len(url) <= LONGEST_URL else f"it has more than {LONGEST_URL} characters"
    except httpx.InvalidURL as error:
        wrong = str(error)
    if wrong:
        raise fault("url", f"webhook.url: {wrong}")
    return url


def check_secret(secret: str) -> str:
    """Return a webhook's secret, or its mask; raises the fault otherwise, without showing it."""
    if is_mask(secret) or re.fullmatch(r"[!-~]{8,256}", secret, re.ASCII):
        return secret
    raise fault("secret", "webhook.secret is not 8 to 256 printable ASCII characters without spaces")


def check_mailbox(address: str) -> str:
    """Return a bare e-mail address; raises the fault otherwise."""
    if is_mailbox(address):
        return address
    raise fault("mailbox", f"email.to: {show(address)} is not a bare address such as ops@example.org")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Webhook(_Part):
    """Where to send a signed POST. `secret` signs it; without one, one is made and shown once."""

    url: Annotated[str, AfterValidator(check_url)] | None = None
    secret: Annotated[str, AfterValidator(check_secret)] | None = None


class Email(_Part):
    """Whom to write to, by the mail server of SMTP_URL."""

    to: Annotated[list[Annotated[str, AfterValidator(check_mailbox)]], Field(min_length=1, max_length=20)]


class Telegram(_Part):
    """Which bot writes, by its account's id, and to which chat; the account must allow the chat."""

    account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    chat_id: Annotated[int, Whole(-(2**53), 2**53)]


class Slack(_Part):
    """By which account a Slack chat is told, and which chat; the account must allow it."""

    account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    chat_id: Annotated[str, Field(pattern=f"^{ID}$")]


Names = Annotated[list[Annotated[str, AfterValidator(check_job_id)]], Field(max_length=100)]
Tags = Annotated[list[Annotated[str, AfterValidator(check_tag)]], Field(max_length=32)]
Groups = Annotated[list[Annotated[str, AfterValidator(check_flow_group)]], Field(max_length=32)]
Events = Annotated[list[Annotated[str, AfterValidator(check_event)]], Field(min_length=1, max_length=50)]


Description = Annotated[str, AfterValidator(check_description)]
Repeat = Annotated[int, Whole(0, 86_400)]
PerHour = Annotated[int, Whole(1, 1_000)]


class RuleChange(_Part):
    """What a PUT may name of a rule; it changes only that, and null puts a field back to its default.

    Empty `job_ids`, `tags` and `flow_groups` let every event pass; of several that are given, each must fit. The same
    event of the same thing is told once within `repeat_sec`, and counted meanwhile.
    """

    description: Description | None = None
    enabled: bool | None = None
    events: Events | None = None
    job_ids: Names | None = None
    tags: Tags | None = None
    flow_groups: Groups | None = None
    language: Literal["en", "id"] | None = None
    repeat_sec: Repeat | None = None
    max_per_hour: PerHour | None = None
    channel: Channel | None = None
    webhook: Webhook | None = None
    email: Email | None = None
    telegram: Telegram | None = None
    slack: Slack | None = None


class RuleContent(_Part):
    """A whole rule: the part of its channel is there, and no other."""

    description: Description = ""
    enabled: bool = True
    events: Events
    job_ids: Names = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    flow_groups: Groups = Field(default_factory=list)
    language: Literal["en", "id"] = "en"
    repeat_sec: Repeat = 300
    max_per_hour: PerHour = 60
    channel: Channel
    webhook: Webhook | None = None
    email: Email | None = None
    telegram: Telegram | None = None
    slack: Slack | None = None

    @model_validator(mode="after")
    def check_parts(self) -> Self:
        """Raise the fault when the channel's part is missing, or another one is there."""
        if getattr(self, self.channel) is None:
            raise fault("missing", f"channel is {self.channel!r}, so {self.channel!r} is required")
        for other in PARTS:
            if other != self.channel and getattr(self, other) is not None:
                raise fault("superfluous", f"channel is {self.channel!r}; leave {other!r} out, or send null")
        if self.webhook and self.webhook.url is None:
            raise fault("missing", "webhook.url is required")
        return self

    @property
    def place(self) -> str:
        """The chat that it tells, as 'channel:account:chat'; '' for a rule that tells no chat."""
        to = self.telegram or self.slack
        return f"{self.channel}:{to.account_id}:{to.chat_id}" if to else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it stands, of which nothing is told that happened before `made_at`. `content` holds masks for secrets."""

    rule_id: str
    version: int
    content: RuleContent
    made_at: datetime

    @property
    def repeat(self) -> timedelta:
        """Within which the same is not told again."""
        return timedelta(seconds=self.content.repeat_sec)

    @property
    def language(self) -> Language:
        """In which its notices are written."""
        return Language(self.content.language)

    def wants(self, event_type: str) -> bool:
        """Say whether the rule is on and tells of such events, of whatever job."""
        if not self.content.enabled or event_type.partition(".")[0] in SILENT:
            return False
        return any(_is_of(event_type, wanted) for wanted in self.content.events)

    def fits(self, job_id: str, tags: frozenset[str], flow_group: str | None) -> bool:
        """Say whether an event of this job is one of the rule's; '' is no job, which fits only rules that name none."""
        named = self.content
        return (
            (not named.job_ids or job_id in named.job_ids)
            and (not named.tags or not tags.isdisjoint(named.tags))
            and (not named.flow_groups or flow_group in named.flow_groups)
        )


def check_change(raw: Mapping[str, Any]) -> None:
    """Raise Invalid with all that is wrong in a change."""
    try:
        RuleChange.model_validate(dict(raw))
    except ValidationError as error:
        raise Invalid(problems_of(error, RuleChange)) from None


def content_of(shown: object) -> RuleContent:
    """Return a rule's content (JSON). Raises Invalid with all problems."""
    try:
        return RuleContent.model_validate(shown)
    except ValidationError as error:
        raise Invalid(problems_of(error, RuleContent)) from None


def stored_rule(record: Record) -> Rule:
    """Return the rule that is kept so. Raises Unreadable."""
    try:
        return Rule(record.name, record.version, content_of(record.content.get("shown", {})), record.made_at)
    except Invalid as broken:
        raise Unreadable(
            f"notification rule '{record.name}': its record cannot be read ({broken}); delete it"
        ) from None


def _is_of(event_type: str, wanted: str) -> bool:
    return event_type.startswith(wanted[:-1]) if wanted.endswith(".*") else event_type == wanted
