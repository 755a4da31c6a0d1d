"""An agent that reads files: those that the machine's configuration lets it, that its job names, and that people grant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.models.speaking import asked, call, finish, plan, play, told


@pytest.fixture
def folder(tmp_path):
    """A folder with files, the platform's own among them."""
    (tmp_path / "files" / "inner").mkdir(parents=True)
    (tmp_path / "files" / "memo.txt").write_text("the memo")
    (tmp_path / "files" / "inner" / "deep.txt").write_text("deep")
    (tmp_path / "files" / "data").mkdir()
    (tmp_path / "files" / "data" / "encryption.key").write_text("the key")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.txt").write_text("more")
    return tmp_path


@pytest.fixture
def agents(agents, folder):
    """A machine whose agents may read the folder, which its own folder is in."""
    roots = (folder / "files",)
    return replace(agents, settings=replace(agents.settings, file_roots=roots, data_dir=folder / "files" / "data"))


def seen(site):
    return [(one["outcome"], one["data"]) for one in told(asked(site)[-1]["messages"])][1:]


def test_files_below_the_configured_folder_are_read_and_listed(save, work, site, folder):
    save(allow_tools=["file"])
    deep = str(folder / "files" / "inner" / "deep.txt")
    play(
        site,
        plan("file_read"),
        call("file_read", path="memo.txt"),
        call("file_read", path=deep),
        call("file_list"),
        finish(),
    )

    assert work()["status"] == "success"

    assert [text for _, text in seen(site)[:2]] == ["the memo", "deep"]
    assert "memo.txt" in seen(site)[2][1]


def test_the_platforms_own_folder_is_never_read(client, save, work, site, folder):
    save(allow_tools=["file"])
    key = str(folder / "files" / "data" / "encryption.key")
    play(site, plan("file_read"), call("file_read", path=key), call("file_read", path="data/encryption.key"), finish())

    assert work()["status"] == "success"

    assert [outcome for outcome, _ in seen(site)] == ["failed", "failed"]
    assert "the key" not in str(seen(site))
    assert client.get("/approvals").json == []


def test_a_job_may_name_less_than_the_machine_allows(save, work, site, folder):
    save(allow_tools=[f"file:{folder / 'files' / 'inner'}"], require_approval_for_missing=False)
    play(
        site, plan("file_read"), call("file_read", path="inner/deep.txt"), call("file_read", path="memo.txt"), finish()
    )

    work()

    assert seen(site)[0] == ("done", "deep")
    assert seen(site)[1][0] == "refused"


def test_naming_a_folder_in_a_job_does_not_open_it(save, work, site, folder):
    save(allow_tools=[f"file:{folder / 'elsewhere'}"], require_approval_for_missing=False)
    play(site, plan("file_read"), call("file_read", path=str(folder / "elsewhere" / "more.txt")), finish())

    work()

    assert seen(site) == [("refused", f"it is not allowed: the job may not read below '{folder / 'elsewhere'}'")]


def test_a_folder_elsewhere_is_asked_for_and_read_then(client, save, work, site, folder):
    save(allow_tools=["file"])
    play(site, plan("file_read"), call("file_read", path=str(folder / "elsewhere" / "more.txt")), finish())

    waiting = work()

    approval = client.get(f"/approvals/{waiting['approval_id']}").json
    assert approval["grants"] == [{"capability": "folder", "value": str(folder / "elsewhere")}]
    client.post(f"/approvals/{waiting['approval_id']}/approve")
    assert work(None, waiting["run_id"])["status"] == "success"
    assert seen(site) == [("done", "more")]


@pytest.mark.parametrize("path", ["/proc/self/environ", "/etc/../proc/1/environ", "/shadow", "/dev/zero"])
def test_what_nobody_can_grant_is_not_asked_for(client, save, work, site, path):
    save(allow_tools=["file"])
    play(site, plan("file_read"), call("file_read", path=path), finish())

    work()

    assert seen(site)[0][0] == "failed"
    assert client.get("/approvals").json == []
