"""Why a notice was not sent."""

from datetime import timedelta


class NotSent(Exception):
    """The channel did not take it; the message may be shown to admins and holds no secret.

    `final` means that no later attempt can go better; `wait` is how long the other side asks to be left alone.
    """

    def __init__(self, message: str, *, final: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.final = final
        self.wait = wait
