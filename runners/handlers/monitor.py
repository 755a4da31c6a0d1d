"""`monitor.channel`: a chat account is well only when its connector said so itself, and lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from runners.engine.clock import rfc3339
from runners.engine.handler import Context, HandlerFailed, handler
from runners.engine.store.connectors import ConnectorState, ConnectorStatus, load_connector


class ChannelInputs(BaseModel, extra="forbid", frozen=True):
    """Which account to look at, and how old its last word may be; one that is silent for 30 s is offline anyway."""

    channel: Literal["telegram", "slack"] = Field("telegram", description="which kind of connector")
    account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = Field(
        "default", description="whose connector is looked at"
    )
    max_age_sec: int = Field(30, ge=1, le=86_400, description="how old its last word may be, in seconds")


@handler("monitor.channel", inputs=ChannelInputs, isolation="thread")
def channel(ctx: Context, inputs: ChannelInputs) -> dict[str, object]:
    """Fail unless the account's connector reported it online lately."""
    store = ctx.platform.store
    state = load_connector(store, inputs.channel, inputs.account_id)
    now = store.now()
    fault = fault_of(state, now, timedelta(seconds=inputs.max_age_sec))
    if state is None or fault:
        raise HandlerFailed(f"{inputs.channel} account {inputs.account_id!r} {fault}")
    return {
        "channel": state.channel,
        "account_id": state.account_id,
        "status": str(state.status),
        "last_heartbeat_at": rfc3339(state.last_heartbeat_at),
        "age_sec": round((now - state.last_heartbeat_at).total_seconds(), 3),
        "reconnect_count": state.reconnect_count,
    }


def fault_of(state: ConnectorState | None, now: datetime, longest: timedelta) -> str | None:
    """Return why the account is not well, None when it is."""
    if state is None:
        return "is not known: no connector ever reported it"
    if now - state.last_heartbeat_at > longest:
        silent = (now - state.last_heartbeat_at).total_seconds()
        return f"was last reported {silent:.0f} s ago, more than max_age_sec={longest.total_seconds():.0f}"
    if state.status is not ConnectorStatus.ONLINE:
        return f"is {state.status}" + (f": {state.last_error}" if state.last_error else "")
    return None
