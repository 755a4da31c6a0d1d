"""What every app compiles alike, compiled once in a run of the tests: they make an app each, of the same addresses and templates."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class _Kept(BytecodeCache):
    """Compiled templates by their name and source, for as long as the process lives."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` with what an earlier app compiled."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


def compile_once() -> None:
    """Let apps share the code of their templates and of what builds their addresses; none of it knows its app."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}
    compiled: dict[Any, Builder] = {}
    compile_anew = Rule._compile_builder

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Builder:
        """The same function for the same parts; the rule itself is its first argument."""
        if rule.defaults:
            return compile_anew(rule, append_unknown)
        parts = (rule.rule, tuple(rule._trace), append_unknown)
        if parts not in compiled:
            compiled[parts] = compile_anew(rule, append_unknown)
        return compiled[parts]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]  # it is patched on purpose
