"""Keys of the talk in chats: whose turn it is, what was heard, what is still to be said; see `keys.py`.

`place` is 'channel:account id', `chat`, `sender` and `number` (of a message) are the channel's own. All of it is written by
`chats`, and whatever is not a bounded list expires by itself.
"""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class ChatKeys(Prefixed):
    """Names of the keys of chats under one prefix."""

    def chat_turn(self, place: str) -> str:
        """STRING which process serves the account; expires unless it is renewed."""
        return f"{self.prefix}chat:turn:{place}"

    def chat_heard(self, place: str) -> str:
        """ZSET update id → when it was settled; the newest of two days."""
        return f"{self.prefix}chat:heard:{place}"

    def chat_inbox(self, place: str) -> str:
        """LIST of updates (JSON as the channel has them) that came by a webhook, oldest first."""
        return f"{self.prefix}chat:inbox:{place}"

    def chat_hook(self, place: str) -> str:
        """LIST of the SHA-256 of the webhook's secrets, newest first: the one that is set, and the one before."""
        return f"{self.prefix}chat:hook:{place}"

    def chat_outbox(self, place: str) -> str:
        """LIST of what is to be said (JSON, `sayings.Saying`), oldest first."""
        return f"{self.prefix}chat:outbox:{place}"

    def chat_lately(self, place: str) -> str:
        """LIST of the last messages (JSON, `chat_messages.Message`), newest first."""
        return f"{self.prefix}chat:lately:{place}"

    def chat_once(self, digest: str) -> str:
        """STRING that the message of this key was put out once; lives two days."""
        return f"{self.prefix}chat:once:{digest}"

    def chat_card(self, card_id: str) -> str:
        """STRING the buttons under a message (JSON, `cards.Card`); expires, and goes with the press that uses it up."""
        return f"{self.prefix}chat:card:{card_id}"

    def chat_awaited(self, place: str, chat: str, sender: str) -> str:
        """STRING the command (JSON) whose note the next plain message of this sender is; expires."""
        return f"{self.prefix}chat:awaited:{place}:{chat}:{sender}"

    def chat_answerable(self, place: str, chat: str, number: str) -> str:
        """STRING the command (JSON) whose note an answer to this message is; expires."""
        return f"{self.prefix}chat:answerable:{place}:{chat}:{number}"

    def chat_asked(self, request_id: str) -> str:
        """STRING when this was asked first (ms), so that 'in ten minutes' is the same when it is heard again; expires."""
        return f"{self.prefix}chat:asked:{request_id}"

    def chat_live(self, place: str) -> str:
        """HASH 'chat:number' → what keeps that message current (JSON, `live.Live`)."""
        return f"{self.prefix}chat:live:{place}"

    def chat_code(self, digest: str) -> str:
        """STRING for whom a one-time code makes a link (JSON), by the SHA-256 of the code; expires."""
        return f"{self.prefix}chat:code:{digest}"
