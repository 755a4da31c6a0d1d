"""A file that a power loss or a fault cuts off is not there, and what was there stays."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import pytest

from runners.engine.key_file import kept
from runners.engine.whole_file import making, replacing

Writing = Callable[[Path], AbstractContextManager[IO[bytes]]]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the disk is asked for, in order."""
    asked: list[str] = []

    def watched(name: str, act: Callable[..., None]) -> Callable[..., None]:
        def seen(*words: object) -> None:
            asked.append(name)
            act(*words)

        return seen

    for name in ("fsync", "replace", "link"):
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    return asked


def test_nothing_is_replaced_before_the_new_text_is_on_the_disk(tmp_path: Path, done: list[str]) -> None:
    with replacing(tmp_path / "state") as file:
        file.write(b"all of it")

    assert done == ["fsync", "replace", "fsync"]
    assert (tmp_path / "state").read_bytes() == b"all of it"
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_a_key_is_on_the_disk_before_anything_is_sealed_with_it(tmp_path: Path, done: list[str]) -> None:
    assert kept(tmp_path / "some.key", lambda: "the key") == "the key"

    assert done == ["fsync", "link", "fsync"]
    assert kept(tmp_path / "some.key", lambda: "another") == "the key"


@pytest.mark.parametrize("writing", [replacing, making])
def test_what_breaks_off_leaves_all_as_it_was(tmp_path: Path, writing: Writing) -> None:
    (tmp_path / "state").write_bytes(b"old")

    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "state") as file:
        file.write(b"half of")
        raise KeyboardInterrupt

    assert [found.name for found in tmp_path.iterdir()] == ["state"]
    assert (tmp_path / "state").read_bytes() == b"old"


def test_of_two_that_make_it_at_once_the_first_one_counts(tmp_path: Path) -> None:
    with making(tmp_path / "some.key") as later:
        later.write(b"later")
        with making(tmp_path / "some.key") as first:
            first.write(b"first")

    assert (tmp_path / "some.key").read_bytes() == b"first"
    assert [found.name for found in tmp_path.iterdir()] == ["some.key"]
