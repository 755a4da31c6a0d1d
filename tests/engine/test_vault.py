"""Secrets at rest: opened by their owner and by nobody else, with any of the keys, and never in a message."""

import stat
from dataclasses import replace

import pytest

from runners.engine import settings
from runners.engine.vault import NoKey, Owner, Sealed, Vault, key_id, new_key
from runners.engine.vault_keys import FILE, is_local, open_vault

CANARY = "canary-5d1c-Ünïcode"
OWNER = Owner("account", "openai/main", "secrets/api_key")
OLD, NEW = new_key(), new_key()


def test_a_secret_is_opened_by_its_owner():
    vault = Vault([NEW])

    assert vault.open(OWNER, vault.seal(OWNER, CANARY)) == CANARY


def test_what_is_sealed_shows_nothing_and_is_never_the_same_twice():
    vault = Vault([NEW])
    sealed = [vault.seal(OWNER, CANARY) for _ in range(2)]

    assert sealed[0] != sealed[1]
    assert "canary" not in "".join(sealed)


@pytest.mark.parametrize(
    "thief",
    [
        replace(OWNER, kind="mcp"),
        replace(OWNER, name="openai/other"),
        replace(OWNER, field="secrets/token"),
        Owner("account", "openai", "main/secrets/api_key"),
    ],
)
def test_two_sealed_secrets_cannot_change_places(thief):
    vault = Vault([NEW])
    sealed = vault.seal(OWNER, CANARY)

    with pytest.raises(Sealed, match="was sealed for something else; set it again") as refusal:
        vault.open(thief, sealed)

    assert str(thief) in str(refusal.value)
    assert CANARY not in repr(refusal.value)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    "broken", ["", "gAAA", "ä", ":", pytest.param(f"{key_id(NEW)}:gAAA", id="of-a-known-key"), "\x00" * 50]
)
def test_what_is_no_sealed_secret_is_refused(broken):
    with pytest.raises(Sealed, match="cannot be opened with the keys of this process"):
        Vault([NEW]).open(OWNER, broken)


def test_a_changed_byte_is_noticed():
    sealed = Vault([NEW]).seal(OWNER, CANARY)
    turned = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]

    with pytest.raises(Sealed):
        Vault([NEW]).open(OWNER, turned)


def test_an_old_key_opens_and_the_new_one_seals():
    old = Vault([OLD]).seal(OWNER, CANARY)
    both = Vault([NEW, OLD])

    assert both.open(OWNER, old) == CANARY
    assert (both.is_newest(old), both.is_newest(both.seal(OWNER, CANARY))) == (False, True)
    assert (both.can_open(old), Vault([NEW]).can_open(old), Vault(()).can_open(old)) == (True, False, False)
    with pytest.raises(Sealed):
        Vault([NEW]).open(OWNER, old)


def test_without_a_key_nothing_is_sealed_or_opened():
    vault = Vault((), "there is no key; make one")

    for use in (lambda: vault.seal(OWNER, CANARY), lambda: vault.open(OWNER, "gAAA")):
        with pytest.raises(NoKey, match="there is no key; make one"):
            use()


def test_a_key_is_named_without_telling_it():
    assert key_id(NEW) != key_id(OLD)
    assert not set(key_id(NEW)) - set("0123456789abcdef")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("unix:///run/redis.sock", True),
        ("redis://127.0.0.1:6379", True),
        ("redis://:word@localhost/2", True),
        ("redis://[::1]:7000", True),
        ("redis://10.0.0.7", False),
        ("rediss://redis.example.com", False),
        ("redis://127.0.0.1.example.com", False),
        ("sentinel://127.0.0.1:1,127.0.0.1:2/blue", True),
        ("sentinel://127.0.0.1:1,10.0.0.7:2/blue", False),
    ],
)
def test_only_a_server_of_this_machine_is_local(url, local):
    assert is_local(url) == local


def read(tmp_path, **environ):
    return settings.read({"DATA_DIR": str(tmp_path / "data"), **environ})


def test_a_local_key_is_made_once_for_its_owner_alone(tmp_path):
    first, second = open_vault(read(tmp_path)), open_vault(read(tmp_path, REDIS_URL="redis://127.0.0.1:1"))

    kept = tmp_path / "data" / FILE
    assert second.open(OWNER, first.seal(OWNER, CANARY)) == CANARY
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == [FILE]


def test_no_key_is_made_where_other_machines_could_not_read_it(tmp_path):
    vault = open_vault(read(tmp_path, REDIS_URL="redis://10.0.0.7"))

    with pytest.raises(NoKey, match=r"multijob secrets key.*ENCRYPTION_KEYS"):
        vault.seal(OWNER, CANARY)
    assert not (tmp_path / "data").exists()


def test_configured_keys_win(tmp_path):
    vault = open_vault(read(tmp_path, REDIS_URL="redis://10.0.0.7", ENCRYPTION_KEYS=f"{NEW}, {OLD}"))

    assert vault.key_ids == (key_id(NEW), key_id(OLD))


def test_a_key_file_that_others_may_read_is_refused_until_it_is_mended(tmp_path):
    open_vault(read(tmp_path))
    kept = tmp_path / "data" / FILE
    kept.chmod(0o640)
    elsewhere = read(tmp_path, REDIS_URL="redis://localhost:2")

    assert f"chmod 600 '{kept}'" in open_vault(elsewhere).lack
    kept.chmod(0o600)
    assert open_vault(elsewhere).lack == ""


@pytest.mark.parametrize("content", ["", "no key", "A" * 43 + "="])
def test_a_key_file_that_holds_no_key_is_never_written_over(tmp_path, content):
    kept = tmp_path / "data" / FILE
    kept.parent.mkdir()
    kept.touch(0o600)
    kept.write_text(content)

    assert "holds no key for secrets" in open_vault(read(tmp_path)).lack
    assert kept.read_text() == content


def test_a_folder_that_takes_no_key_is_named(tmp_path):
    (tmp_path / "data").write_text("a file stands in its place, which stops root as well")

    assert "cannot be kept in" in open_vault(read(tmp_path)).lack
