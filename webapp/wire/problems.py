"""The shapes of refusals (RFC 9457), as the OpenAPI document shows them."""

from typing import NotRequired

from webapp.wire.holds import HoldRow
from webapp.wire.shape import Shape


class FaultRow(Shape):
    """One fault in what was sent; `loc` is the path to it."""

    loc: list[str | int]
    msg: str
    type: str


class ProblemRow(Shape):
    """`errors` comes with 422, `hold` with the 409 of a guard, `actual` with that of a wrong number of runs."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FaultRow]]
    hold: NotRequired[HoldRow]
    actual: NotRequired[int]
