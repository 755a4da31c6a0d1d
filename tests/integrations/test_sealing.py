"""Which keys are missing: what stops a process, what it warns of, and that looking makes none."""

import pytest

from runners.engine.integrations.sealing import key_fault, key_warnings
from runners.engine.settings import read
from runners.engine.vault import key_id, new_key

FIRST, SECOND = new_key(), new_key()
ELSEWHERE = {"REDIS_URL": "redis://10.0.0.7"}


@pytest.mark.parametrize(
    ("environ", "used", "fault", "warning"),
    [
        ({}, (), "", ""),
        (ELSEWHERE, (), "", "no secret can be kept"),
        (ELSEWHERE, (FIRST,), "which this process has not", "some secrets are sealed with key"),
        (ELSEWHERE | {"ENCRYPTION_KEYS": SECOND}, (FIRST,), "which this process has not", "some secrets"),
        (ELSEWHERE | {"ENCRYPTION_KEYS": f"{SECOND},{FIRST}"}, (FIRST,), "", ""),
        pytest.param(ELSEWHERE | {"ENCRYPTION_KEYS": FIRST}, (FIRST, SECOND), "", key_id(SECOND), id="one-of-two"),
    ],
)
def test_a_missing_key_is_named(tmp_path, environ, used, fault, warning):
    settings, ids = read(environ | {"DATA_DIR": str(tmp_path / "data")}), {key_id(key) for key in used}

    assert bool(fault) == bool(key_fault(settings, ids))
    assert fault in (key_fault(settings, ids) or "")
    assert warning in "".join(key_warnings(settings, ids))
    assert bool(warning) == bool(key_warnings(settings, ids))
    assert not (tmp_path / "data").exists()
