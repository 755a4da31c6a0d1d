"""/subscribe, /unsubscribe and /mute: what this chat is told without asking."""

from __future__ import annotations

from datetime import timedelta

from runners.connector.commands.asking import Asking
from runners.connector.commands.durations import read_duration
from runners.connector.reply import Button, Reply
from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.fields import nearest
from runners.engine.notifications.listening import Listener
from runners.engine.operations import Heard

USUALLY = timedelta(hours=1)
NEVER = ("off", "no", "mati", "tidak")
EVENTS_SHOWN = 3
OFFERED = 8


def subscribe(asking: Asking) -> Reply:
    """Tell this chat what a rule tells from now on; without a name, show the rules and those that are told here."""
    rule_id = asking.argument
    if not rule_id:
        return _listed(asking, operations.get_listener(asking.platform, asking.actor, asking.chat))
    try:
        operations.subscribe(asking.platform, asking.actor, asking.chat, rule_id)
    except NotFound:
        return _unknown(asking, rule_id)
    undo = asking.button("unsubscribe", "unsubscribe", rule_id)
    return Reply(asking.say("subscribed", rule=rule_id), ((undo,),), replaces=asking.command.pressed)


def unsubscribe(asking: Asking) -> Reply:
    """Tell this chat nothing more of a rule; without a name, show those that are told here."""
    rule_id = asking.argument
    listener = operations.get_listener(asking.platform, asking.actor, asking.chat)
    if not rule_id:
        return _listed(asking, listener)
    if rule_id not in listener.rules:
        return Reply(asking.say("not_subscribed", rule=rule_id), replaces=asking.command.pressed)
    operations.unsubscribe(asking.platform, asking.actor, asking.chat, rule_id)
    return Reply(asking.say("unsubscribed", rule=rule_id), replaces=asking.command.pressed)


def mute(asking: Asking) -> Reply:
    """Tell this chat nothing for a while, an hour unless it is said; with 'off', go on telling."""
    typed = asking.argument
    if typed.lower() in NEVER:
        operations.mute_chat(asking.platform, asking.actor, asking.chat, None)
        return Reply(asking.say("unmuted"), replaces=asking.command.pressed)
    length = read_duration(typed) if typed else USUALLY
    if length is None:
        return Reply(asking.say("no_duration", typed=typed[:40]))
    operations.mute_chat(asking.platform, asking.actor, asking.chat, asking.first_asked_at + length)
    until = asking.moment(asking.first_asked_at + length)
    return Reply(asking.say("muted", until=until), ((asking.button("unmute", "mute", "off"),),))


def _listed(asking: Asking, listener: Listener) -> Reply:
    known = operations.rules_to_hear(asking.platform, asking.actor)
    if not known and not listener.rules:
        return Reply(asking.say("no_rules"))
    gone = listener.rules.keys() - {rule.rule_id for rule in known}
    lines = [asking.say("rules"), *(_line(asking, rule, listener) for rule in known)]
    lines += [asking.say("rule_gone", rule=name) for name in sorted(gone)]
    if listener.muted_until and listener.is_muted(asking.now):
        lines.append(asking.say("is_muted", until=asking.moment(listener.muted_until), who=listener.muted_by))
    others = [rule.rule_id for rule in known if rule.rule_id not in listener.rules]
    rows = [_row(asking, "subscribe", name) for name in others] + [
        _row(asking, "unsubscribe", name) for name in listener.rules
    ]
    return Reply("\n".join(lines), tuple(rows[:OFFERED]), page="/ui/notifications")


def _line(asking: Asking, rule: Heard, listener: Listener) -> str:
    events = ", ".join(rule.events[:EVENTS_SHOWN]) + (", …" if len(rule.events) > EVENTS_SHOWN else "")
    state = [asking.say("told_here")] if rule.rule_id in listener.rules else []
    state += [] if rule.enabled else [asking.say("disabled")]
    return f"• {rule.rule_id}: {' · '.join([rule.description or events, *state])}"


def _row(asking: Asking, action: str, rule_id: str) -> tuple[Button, ...]:
    return (Button(f"{asking.say(f'do_{action}')}: {rule_id}", action, rule_id),)


def _unknown(asking: Asking, rule_id: str) -> Reply:
    known = [rule.rule_id for rule in operations.rules_to_hear(asking.platform, asking.actor)]
    if not known:
        return Reply(asking.say("no_rules"))
    near = [name for name in known if nearest(rule_id, [name])] or known
    rows = tuple(_row(asking, "subscribe", name) for name in near[:OFFERED])
    return Reply(asking.say("no_rule", rule=rule_id[:64]), rows)
