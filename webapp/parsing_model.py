"""A request's object as a model of its own, with the platform's words for what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from runners.engine.errors import Invalid
from runners.engine.problems import problems_of

Model = TypeVar("Model", bound=BaseModel)


def model_of(model: type[Model], raw: Mapping[str, Any]) -> Model:
    """Return `raw` as `model`. Raises Invalid with all problems at once."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise Invalid(problems_of(error, model)) from None
