"""/help, /start without a job, /whoami and /language: who asks, and what may be asked by him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from runners.connector.commands.asking import Asking, one_line
from runners.connector.reply import Button, Reply
from runners.engine import operations
from runners.engine.words import Language

LANGUAGES = {Language.EN: "English", Language.ID: "Bahasa Indonesia"}
"""What each language calls itself."""
OFFERED = 3
LABEL = 40
"""Characters of a command on a button."""


def whoami(asking: Asking) -> Reply:
    """Say as whom he acts here, and how he is answered."""
    lines = (
        *([asking.say("no_words", command=asking.command.name)] if asking.argument else []),
        asking.say("you_are", named=asking.actor.name, role=asking.say(f"role_{asking.actor.role}")),
        asking.say("you_read", spoken=LANGUAGES[asking.actor.language], zone=asking.zone),
        asking.say("where_changed"),
    )
    return Reply("\n".join(lines), page="/ui/account")


def language(asking: Asking) -> Reply:
    """Answer in another language from now on, here and on the pages; without one, offer them."""
    wanted = asking.argument.lower()
    if wanted not in set(Language):
        row = tuple(Button(name, "language", one) for one, name in LANGUAGES.items())
        return Reply(asking.say("which_language"), (row,))
    chosen = replace(operations.own_preferences(asking.platform, asking.actor), language=wanted)
    operations.choose_preferences(asking.platform, asking.actor, chosen)
    speaking = replace(asking, actor=replace(asking.actor, language=Language(wanted)))
    return Reply(speaking.say("language_kept"), replaces=asking.command.pressed)


def keep(asking: Asking) -> Reply:
    """Leave everything as it is."""
    return Reply(asking.say("kept"), replaces=True)


def note(asking: Asking) -> Reply:
    """Say how a note comes to be waited for: one that is does not come here."""
    return Reply(asking.say("which_note" if not asking.argument else "no_note"))


def show_help(asking: Asking, names: Sequence[str]) -> Reply:
    """List the commands of these names, which are those that he may use; of one that is named, only what it does."""
    named = asking.argument.lower().removeprefix("/")
    if asking.command.name == "help" and named in names:
        return Reply(asking.say(f"help_{named}"))
    return Reply("\n".join(asking.say(f"help_{name}") for name in names))


def greeting(asking: Asking, names: Sequence[str]) -> Reply:
    """Return the answer to a bare /start, with which every chat with a bot begins."""
    return Reply(f"{asking.say('greeting')}\n\n{show_help(asking, names).text}")


def unknown(asking: Asking, names: Sequence[str]) -> Reply:
    """Return the answer to a command that does not exist, or that is only ever pressed, with those of `names` that are most
    like it as buttons.
    """
    typed = asking.command.name[:32]
    fault = asking.say("unknown", command=typed)
    near = get_close_matches(typed, names, OFFERED)
    if not near:
        return Reply(fault)
    meant = [f"{name} {asking.argument}".strip() for name in near]
    rows = tuple((Button(f"{asking.slash}{one_line(one, LABEL)}", "again", one),) for one in meant)
    return Reply(f"{fault}\n{asking.say('did_you_mean')}", rows)
