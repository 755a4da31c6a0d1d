"""The chapter on troubleshooting: what it speaks of was seen."""

from tests.troubleshooting import entries, reproduced, symptom


def test_every_entry_is_reproduced_by_a_test_and_every_test_names_an_entry() -> None:
    assert len(entries()) > 25
    assert set(entries()) == set(reproduced())


def test_what_an_entry_quotes_is_found_whatever_its_names_and_numbers_are() -> None:
    found = symptom("`port 8000 of 127.0.0.1: in use by pid …`")

    assert found.search("error: port 81 of 127.0.0.1: in use by pid 7 (nc -l)")
    assert not found.search("error: port 81 of 127.0.0.1: permission denied")
