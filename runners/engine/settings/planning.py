"""Variables of planning with a language model."""

from __future__ import annotations

import re

from runners.engine.settings.values import http_url
from runners.engine.settings.variable import Variable


def model_key(text: str) -> str:
    """Read the key of a language model's endpoint."""
    if re.fullmatch(r"[!-~]{8,512}", text, re.ASCII):
        return text
    raise ValueError("is not 8 to 512 printable ASCII characters without spaces")


def model_name(text: str) -> str:
    """Read the name of a language model."""
    if re.fullmatch(r"[!-~]{1,128}", text, re.ASCII):
        return text
    raise ValueError("is not 1 to 128 printable ASCII characters without spaces")


PLANNING: tuple[Variable, ...] = (
    Variable(
        "OPENAI_API_KEY",
        "",
        "key of the language model that plans, beside those of accounts; see docs/planner.md",
        "openai_api_key",
        model_key,
        secret=True,
    ),
    Variable(
        "OPENAI_BASE_URL",
        "https://api.openai.com/v1",
        "its address: any that speaks the chat completions of OpenAI",
        "openai_base_url",
        http_url,
    ),
    Variable(
        "PLANNER_AI_MODEL",
        "",
        "its name; no model of the environment plans while it is unset",
        "planner_ai_model",
        model_name,
    ),
)
