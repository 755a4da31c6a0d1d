"""From a command to its answer: the operations that chat may ask for, in the language and the zone of the one who asks."""

from __future__ import annotations

from dataclasses import replace

from runners.connector.commands import COMMANDS, ChatCommand
from runners.connector.commands.asking import Asking
from runners.connector.commands.person import greeting, show_help, unknown
from runners.connector.reply import Command, Reply
from runners.engine import operations
from runners.engine.errors import Forbidden, Invalid, MultijobError
from runners.engine.operations import OPERATIONS, Actor, Role
from runners.engine.platform import Platform
from runners.engine.preferences import BROWSER
from runners.engine.words import Language


def answer(platform: Platform, asking: Actor, command: Command, chat: str = "") -> Reply:
    """Return the reply to `command`, asked in `chat` (channel:account:chat); raises MultijobError as the operations do.

    What is asked for twice under one `asking.request_id` is done once: operations that are not so by themselves get it
    as their idempotency key.
    """
    asked = asking_of(platform, asking, command, chat)
    if command.name == "again" and command.pressed:
        asked = replace(asked, command=_again(command.argument))
    if asked.command.name == "start" and not asked.argument:
        return greeting(asked, usable(asked))
    if asked.command.name == "help":
        return show_help(asked, usable(asked))
    known = COMMANDS.get(asked.command.name)
    if known is None or not (known.written or asked.command.pressed):
        return unknown(asked, usable(asked))
    refuse_others(asked, known)
    return known.answer(asked)


def refuse_others(asking: Asking, known: ChatCommand) -> None:
    """Raise Forbidden for whoever may do nothing of what the command does, before anything is looked up for him."""
    if known.operations and not asking.may(*known.operations):
        actor, first = asking.actor, known.operations[0]
        raise Forbidden(f"'{actor.name}' is {actor.role}; {first} needs {OPERATIONS[first]}")


def usable(asking: Asking) -> list[str]:
    """Return the commands that he may use, in their order."""
    return [one.name for one in COMMANDS.values() if one.written and asking.may(*one.operations)] + ["help"]


def asking_of(platform: Platform, actor: Actor, command: Command, chat: str = "") -> Asking:
    """Return what is asked, with the language and the zone that he has chosen for the pages; where he left them to the
    browser, the language of his app, and UTC.
    """
    chosen = operations.own_preferences(platform, actor)
    language = actor.language if chosen.language == BROWSER else Language(chosen.language)
    zone = "UTC" if chosen.zone == BROWSER else chosen.zone
    return Asking(platform, replace(actor, language=language), command, chat, zone)


def refused(asking: Asking, error: MultijobError) -> Reply:
    """Return how a refusal reads."""
    match error:
        case Forbidden() if needed := COMMANDS.get(asking.command.name):
            if not asking.may(*needed.operations):
                return Reply(_may_not(asking, needed))
        case Invalid():
            return Reply("\n".join(asking.spoken(problem.msg) for problem in error.problems))
    return Reply(asking.say("refused", why=asking.spoken(str(error))))


def _may_not(asking: Asking, known: ChatCommand) -> str:
    """Say which role is enough for what was asked."""
    enough = min((OPERATIONS[name] for name in known.operations), key=list(Role).index)
    mine, needed = (asking.say(f"role_{role}") for role in (asking.actor.role, enough))
    return asking.say("may_not", role=mine, needed=needed)


def _again(argument: str) -> Command:
    """Return the command that a button repeats with the name on it: nothing was asked about yet."""
    name, _, rest = argument.partition(" ")
    return Command(name, rest)
