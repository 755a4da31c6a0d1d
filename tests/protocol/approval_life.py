"""The part of the random life that is about approvals: handlers ask, people decide, also twice and on what is long over."""

import random
from collections import Counter
from typing import TYPE_CHECKING

from runners.engine.approval import Approval
from tests.protocol import deciding

if TYPE_CHECKING:
    from runners.engine.protocol.work import Claimed
    from tests.protocol.stage import Stage


class Deciders:
    """Steps for `machine.Life`."""

    stage: "Stage"
    hands: "list[Claimed]"
    reached: Counter[str]
    shown: list[Approval]

    def approval(self, chance: random.Random) -> None:
        """Somebody asks for a capability of a job: it is held."""
        if self.stage.store.redis.exists(self.stage.store.keys.job("fragile")):
            deciding.ask_grant(self.stage, "fragile")

    def ask_people(self, chance: random.Random) -> None:
        """A handler asks, also one whose run was lost long ago."""
        if self.hands:
            claimed = self.hands.pop(chance.randrange(len(self.hands)))
            word = deciding.finish_asking(self.stage, claimed, expires_sec=chance.choice((20, 3600)))
            self.reached[f"end: {word}"] += 1

    def decide(self, chance: random.Random) -> None:
        """People decide on what they see now, and on what they saw before."""
        self.shown = [*self.shown[-5:], *deciding.pending(self.stage)]
        for approval in chance.sample(self.shown, min(3, len(self.shown))):
            if approval.run_id and not self.stage.store.redis.exists(self.stage.store.keys.run(approval.run_id)):
                continue  # history has dropped it
            was = self.stage.store.redis.hget(self.stage.store.keys.approval(approval.approval_id), "status")
            word = deciding.say(self.stage, approval, chance.choice(("approve", "approve", "reject"))).word
            assert (word in ("approved", "rejected", "late")) == (was == "pending"), (
                f"I13: {word} of one that was {was}"
            )
            self.reached[f"approval: {word}"] += 1

    def let_go(self) -> None:
        """Refuse what was asked for the fragile job itself."""
        for approval in deciding.pending(self.stage):
            if approval.kind == "grant":
                deciding.say(self.stage, approval, "reject")
