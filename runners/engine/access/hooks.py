"""Updates that a channel sends by itself: taken in from whoever shows the secret that was agreed with the channel.

The secret is made by the process that serves the account, told to the channel, and kept as a digest. What is taken in waits
in the store for that process, which handles it like one that it asked for.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from runners.engine.errors import Malformed, StoreAway, Unauthorized
from runners.engine.platform import Platform
from runners.engine.settings.secrets import token_digest
from runners.engine.store import chats

LONGEST_SECRET = 256


def take_in(platform: Platform, place: str, secret: str, update: Mapping[str, Any]) -> None:
    """Keep the update for the process that serves `place` (channel:account id); one that was heard before is passed over.

    Raises Unauthorized on another secret, in the same words for an account that expects nothing, Malformed, and StoreAway
    when too many wait already: the channel sends it again.
    """
    shown = token_digest(secret[:LONGEST_SECRET])
    expected = chats.hooks(platform.store, place)
    right = [hmac.compare_digest(one, shown) for one in expected]  # all of them, whichever is right
    if not any(right):
        raise Unauthorized("this is not the secret of the webhook", wrong=True)
    update_id = update.get("update_id")
    if type(update_id) is not int:
        raise Malformed("an update has a number, update_id")
    if chats.was_heard(platform.store, place, update_id):
        return
    if not chats.receive(platform.store, place, json.dumps(update, separators=(",", ":"))):
        raise StoreAway("too many updates wait already; send it again later")
