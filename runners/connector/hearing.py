"""From one update to what follows from it: what the platform is asked, and what is said back.

Nothing here reaches a channel. What is asked carries a key made of the update, or of the card whose button was pressed, so
that an update which is heard a second time, because this process died before it was settled, has no second effect.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from redis.exceptions import RedisError

from runners.connector import cards, linking
from runners.connector.account import TELEGRAM
from runners.connector.answers import answer, asking_of, refused
from runners.connector.asker import Allowed, Refused, asker, chat_refusal
from runners.connector.cards import Card
from runners.connector.channel import Incoming, Press
from runners.connector.commands import legible, parse
from runners.connector.commands.planner import EXECUTE
from runners.connector.refusals import Refusals
from runners.connector.reply import Command, Reply
from runners.connector.sayings import Saying, answering, command_of
from runners.connector.steps import Step, event_of
from runners.connector.telling import Teller, Told, use_up
from runners.engine.errors import AuditUnusable, Forbidden, MultijobError, StoreAway
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.protocol import events
from runners.engine.protocol.refusals import Refusals as AuditRefusals
from runners.engine.store import chats
from runners.engine.store.away import meaning
from runners.engine.store.chat_messages import Message, noting
from runners.engine.store.chats import Change
from runners.engine.words import say
from runners.engine.words.slash import slash_of

NOTE = "note"
"""The command that gives a note where a plain message is not heard: in a group, or behind a slash command."""
LOG = structlog.get_logger("runners.connector")


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply, and how the asking went: planned, executed, failed or rejected, and with which kind of error."""

    reply: Reply
    step: Step = Step.EXECUTED
    error: str = ""


class Ear:
    """What hears the updates of one account. `hear` raises RedisError and StoreAway while the store is away."""

    def __init__(
        self, platform: Platform, account_id: str, allowed: Allowed, longest: int, channel: str = TELEGRAM
    ) -> None:
        self._channel = channel
        self.turned_away = AuditRefusals(platform.store)
        self._platform = platform
        self._store, self._keys = platform.store, platform.store.keys
        self._account_id = account_id
        self._place = f"{channel}:{account_id}"
        self._allowed = allowed
        self.teller = Teller(platform, self._place, longest)
        self._refusals = Refusals()

    def hear(self, update: Incoming) -> Told:
        """Do what the update asks for, and return what is to be said and kept; nothing for one that asks for nothing."""
        if update.press is not None:
            return self._press(update, update.press)
        text = legible(update.text or "")
        if not text.strip():
            return Told()
        command = parse(text)
        if command is None:
            return self._note(update, text.strip()) or Told()
        noted = self._note(update, command.argument) if command.name == NOTE and command.argument else None
        return noted or self._command(update, command)

    def ask(self, who: Actor, command: Command, chat: str) -> Answered:
        """Ask the platform, in `chat`. A fault becomes the reply, but for a store that is away: that is raised."""
        place = f"{self._place}:{chat}"
        try:
            reply = answer(self._platform, who, command, place)
            return Answered(reply, _step_of(reply))
        except AuditUnusable as error:
            return self._failed(who, command, place, error)  # it does not mend itself: others must get their answers
        except StoreAway:
            raise
        except Forbidden as error:
            self.turned_away.of_known(who.author(), f"command:/{command.name[:32]}", {"reason": str(error)})
            return replace(self._failed(who, command, place, error), step=Step.REJECTED)
        except MultijobError as error:
            return self._failed(who, command, place, error)
        except Exception as fault:  # a fault of ours must not hold up all that is asked later
            if isinstance(fault, RedisError) and isinstance(meaning(fault), StoreAway):
                raise
            LOG.exception("command.broken", command=command.name[:32], account_id=self._account_id)
            text = say("talk.broken", who.language, fault=type(fault).__name__)
            return Answered(Reply(text), Step.FAILED, type(fault).__name__)

    def _failed(self, who: Actor, command: Command, place: str, error: MultijobError) -> Answered:
        reply = refused(asking_of(self._platform, who, command, place), error)
        return Answered(reply, Step.FAILED, type(error).__name__)

    def _command(self, update: Incoming, command: Command) -> Told:
        if command.name == linking.NAME:
            return self._link(update, command)
        who = self.asker(update, str(update.update_id))
        if isinstance(who, Refused):
            return self._refused(update, command, who)
        self._tell(Step.RECEIVED, update, command)
        answered = self.ask(who, command, update.chat)
        kept = self._tell_end(update, command, answered, who.name)
        return self.teller.reply(update, who, answered.reply, self._about(update, command)).also(kept)

    def _link(self, update: Incoming, command: Command) -> Told:
        if refused := chat_refusal(self._allowed, update.chat):
            return self._refused(update, command, refused)
        request_id, heard = self._request_id(update, str(update.update_id)), self._in_his_language(update, command)
        text = linking.link(self._platform, self._channel, heard, command.argument, request_id)
        kept = self._noting(Step.RECEIVED, update, command)
        return self._said(update, command, text).also(kept) if text else Told()

    def _in_his_language(self, update: Incoming, command: Command) -> Incoming:
        """Return the update in the language that its sender has chosen, if he is somebody here and chose one."""
        who = self.asker(update, str(update.update_id))
        if isinstance(who, Refused):
            return update
        return replace(update, language=asking_of(self._platform, who, command).actor.language)

    def _note(self, update: Incoming, text: str) -> Told | None:
        """Take a text for the note that was asked for; None when none was."""
        keys = [self._keys.chat_awaited(self._place, update.chat, update.sender)]
        if update.answers:
            keys.insert(0, self._keys.chat_answerable(self._place, update.chat, update.answers))
        for key in keys:
            if awaited := command_of(chats.kept(self._store, key)):
                command = replace(awaited, note=text)
                return self._command(update, command).also(chats.dropping(keys[-1]))
        return None

    def _press(self, update: Incoming, press: Press) -> Told:
        kept = chats.kept(self._store, self._keys.chat_card(press.card)) if press.card else None
        if kept is None or kept["place"] != self._place:
            return Told((self._answer(press, say("talk.button_over", update.language), alone=True),))
        card = cards.read(press.card, kept)
        whose = f"{card.id}:{update.sender}" if card.shared else card.id
        who = self.asker(update, whose)
        if isinstance(who, Refused):
            told = self._refused(update, Command("button"), replace(who, told=False))
            return told.after(self._answer(press, say("talk.button_not_yours", update.language), alone=True))
        if refusal := card.refusal(update, press, who.name):
            noted = self._tell(Step.REJECTED, update, Command("button"), who.name, reason=refusal)
            return Told((self._answer(press, say("talk.button_not_yours", who.language), alone=True),), (noted,))
        return self._pressed(update, press, card, who)

    def _pressed(self, update: Incoming, press: Press, card: Card, who: Actor) -> Told:
        command = card.commands[press.place]
        self._tell(Step.RECEIVED, update, command)
        answered = self.ask(who, command, update.chat)
        kept = self._tell_end(update, command, answered, who.name)
        if card.shared and answered.error:
            return Told((self._answer(press, answered.reply.text, alone=True),), (kept,))
        used = use_up(self._store, card, press.message, answered.reply)
        number = press.message if answered.reply.replaces else ""
        reply = self.teller.reply(update, who, answered.reply, self._about(update, command), number)
        return used.joined(reply).also(kept).after(self._answer(press, answered.reply.text, alone=False))

    def _said(self, update: Incoming, command: Command, text: str) -> Told:
        nobody = Actor("", Role.VIEWER, "chat")
        return self.teller.reply(update, nobody, Reply(text), self._about(update, command))

    def _answer(self, press: Press, text: str, *, alone: bool) -> Saying:
        return answering(press.query, text, self._store.now(), alone=alone)

    def asker(self, update: Incoming, about: str) -> Actor | Refused:
        """Return who asks, or why nobody does; `about` makes the key under which it is done once."""
        request_id = self._request_id(update, about)
        return asker(
            self._platform, self._channel, self._allowed, update.chat, update.sender, update.language, request_id
        )

    def _request_id(self, update: Incoming, about: str) -> str:
        """Return what ties together all that one update or card asks for; it names the chat in the audit."""
        return f"{self._place}:{update.chat}:{about}"

    def _refused(self, update: Incoming, command: Command, refused: Refused) -> Told:
        who = {"chat": update.chat, "sender": update.sender}
        request = f"/{command.name[:32]}"
        self.turned_away.of_unknown("chat", {"reason": refused.reason, **who, "request": request})
        if self._refusals.may_tell(time.monotonic()):
            kept = self._tell(Step.REJECTED, update, command, reason=refused.reason)
            if refused.told:
                return self._said(
                    update, command, say("talk.link_first", update.language, slash=slash_of(self._place))
                ).also(kept)
            return Told(changes=(kept,))
        return Told()

    def _tell_end(self, update: Incoming, command: Command, answered: Answered, person: str) -> Change:
        more = {"error": answered.error} if answered.error else {}
        return self._tell(answered.step, update, command, person, **more)

    def _tell(self, step: Step, update: Incoming, command: Command, person: str = "", **more: str) -> Change:
        """Write an event, and return what keeps it among the account's last messages.

        Both name the command and never the text: that may hold anything.
        """
        events.append(self._store, event_of(self._channel, step), {**self._about(update, command), **more})
        return self._noting(step, update, command, person, **more)

    def _noting(self, step: Step, update: Incoming, command: Command, person: str = "", **more: str) -> Change:
        now, why = self._store.now(), next(iter(more.values()), "")
        message = Message(now, "in", update.chat, step, update.sender, person, command.name[:32], why)
        return noting(self._store, self._place, message)

    def _about(self, update: Incoming, command: Command) -> Mapping[str, Any]:
        return {
            "command": command.name[:32],
            "account_id": self._account_id,
            "chat_id": update.chat,
            "sender_id": update.sender,
            "update_id": update.update_id,
        }


def _step_of(reply: Reply) -> Step:
    """Return how the asking went, by the reply: one that offers to execute what it shows is a plan."""
    offers = any(button.action == EXECUTE for row in reply.buttons for button in row)
    return Step.PLANNED if offers else Step.EXECUTED
