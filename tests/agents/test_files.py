"""Reading files: below allowed folders only, text only, within bounds."""

from __future__ import annotations

import os
import threading

import pytest

from runners.agents.files import MOST_ENTRIES, READ_BYTES, NotRead, entries_of, text_of


@pytest.fixture
def root(tmp_path):
    """A folder that may be read, beside a secret that may not."""
    (tmp_path / "secret.txt").write_text("the secret")
    folder = tmp_path / "root"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "memo.txt").write_text("the memo")
    return folder


@pytest.mark.parametrize("path", ["inner/memo.txt", "./inner/../inner/memo.txt", "inner//memo.txt"])
def test_a_file_below_is_read_however_its_path_is_written(root, path):
    assert text_of(path, [root]) == "the memo"
    assert text_of(str(root / path), [root]) == "the memo"


def test_a_link_that_stays_below_is_followed(root):
    (root / "there").symlink_to("inner/memo.txt")

    assert text_of("there", [root]) == "the memo"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "inner/../../secret.txt", "out", "way/secret.txt", "/etc/passwd", "."]
)
def test_nothing_outside_is_read_by_any_way(root, path):
    (root / "out").symlink_to(root.parent / "secret.txt")
    (root / "way").symlink_to(root.parent)

    with pytest.raises(NotRead) as refused:
        text_of(path, [root])

    assert "the secret" not in str(refused.value)
    with pytest.raises(NotRead):
        entries_of("..", [root])


def test_a_link_that_is_swapped_in_leads_nowhere(root):
    """Folders are swapped for a link to the outside all the while: whatever is read was below."""
    done, seen = threading.Event(), set()

    def swap():
        while not done.is_set():
            os.rename(root / "inner", root / "away")
            (root / "inner").symlink_to(root.parent)
            os.unlink(root / "inner")
            os.rename(root / "away", root / "inner")

    (root / "inner" / "secret.txt").write_text("mine")
    swapping = threading.Thread(target=swap)
    swapping.start()
    for _ in range(300):
        try:
            seen.add(text_of("inner/secret.txt", [root]))
        except NotRead:
            continue
    done.set()
    swapping.join()

    assert seen <= {"mine"}


def test_what_is_no_regular_text_file_is_refused_and_nothing_waits_for_it(root):
    os.mkfifo(root / "pipe")
    (root / "picture").write_bytes(b"\x89PNG\0")
    (root / "latin").write_bytes("naïve".encode("latin-1"))

    for path in ("pipe", "picture", "latin", "inner", "missing"):
        with pytest.raises(NotRead, match=path):
            text_of(path, [root])


def test_a_long_file_is_read_in_parts_that_cut_no_character(root):
    (root / "long").write_text("ä" * READ_BYTES)
    (root / "odd").write_text("x" + "ä" * READ_BYTES)

    first = text_of("long", [root])
    odd = text_of("odd", [root])

    assert first == "ä" * (READ_BYTES // 2) + f"\n[{READ_BYTES} more bytes; go on at offset {READ_BYTES}]"
    assert text_of("long", [root], READ_BYTES) == "ä" * (READ_BYTES // 2)
    assert odd.endswith(f"ä\n[{READ_BYTES + 2} more bytes; go on at offset {READ_BYTES - 1}]")


def test_a_folder_is_listed_with_kinds_and_sizes_and_names_that_can_be_shown(root):
    (root / "a\nb").write_text("x")
    (root / "out").symlink_to("/etc")

    assert entries_of(".", [root]).splitlines() == [
        "file               1 a�b",
        f"folder  {(root / 'inner').stat().st_size:>12} inner",
        "link               4 out",
    ]


def test_a_large_folder_is_cut(root):
    for number in range(MOST_ENTRIES):
        (root / f"{number}").touch()

    assert entries_of(".", [root]).splitlines()[-1] == "[1 more]"


def test_a_file_that_goes_while_its_folder_is_listed_keeps_no_other_from_being_shown(root, monkeypatch):
    names = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [*names(folder), "gone.tmp"])

    listed = entries_of("inner", [root])

    assert "memo.txt" in listed and "gone.tmp" not in listed
