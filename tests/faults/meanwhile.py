"""What goes on beside a play, as long as a block runs: somebody asks, somebody reads, somebody looks."""

from runners.repeating import Repeating

LONGEST_STEP_SEC = 30


class Meanwhile(Repeating):
    """Repeats its step in a thread of its own. What goes wrong in it is no matter of a process: it ends it, and fails the test."""

    def __init__(self, every_sec: float) -> None:
        """The last step is waited for at the end of the block, for half a minute."""
        super().__init__(type(self).__name__)
        self.every_sec, self.patience = every_sec, LONGEST_STEP_SEC / every_sec

    def _go_on(self) -> None:
        while not self._over.wait(self.every_sec):
            self.step()
