"""Who asks in chat: what he may see in the help, who he is, and the language in which he is answered."""

import re
from pathlib import Path

import pytest

from runners.connector.commands import COMMANDS
from runners.engine import operations
from runners.engine.operations import OPERATIONS, Actor, Role
from runners.engine.words import CATALOGUE, Language
from tests.connector.chatting import Chat

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "chat.md"


def helped(platform, role):
    return {line.split()[0].strip(":/") for line in Chat(platform, role=role).say("/help").splitlines()}


def test_the_help_names_only_what_he_may(platform):
    looks = {
        "subscribe",
        "unsubscribe",
        "status",
        "jobs",
        "job",
        "why",
        "forecast",
        "runs",
        "watch",
        "log",
        "approvals",
        "whoami",
        "language",
        "help",
    }

    assert helped(platform, Role.VIEWER) == looks
    assert helped(platform, Role.OPERATOR) == looks | {
        *(
            "run",
            "exec",
            "mute",
            "start",
            "cancel",
            "retry",
            "enable",
            "disable",
            "pause",
            "resume",
            "approve",
            "reject",
            "note",
        ),
    }


def test_whoever_asks_beyond_his_role_is_told_so(platform):
    chat = Chat(platform, role=Role.VIEWER)
    operations.save_job(
        platform, Actor("root", Role.ADMIN, "cli"), {"job_id": "x", "type": "simulation.heavy", "schedule": None}
    )

    assert (
        chat.say("/start x")
        == "You are viewer; that needs operator, which an admin can make you. /help lists what you can ask."
    )


def test_help_tells_of_one_command_and_words_that_say_nothing_are_named(platform):
    chat = Chat(platform)

    assert chat.say("/help why") == "/why JOB [TIME]: why it does not run now, or did not then"
    assert chat.say("/help /start").startswith("/start JOB: ")
    assert chat.say("/whoami x").startswith(
        "/whoami takes no words; those behind it were passed over.\nYou act here as ana"
    )
    assert chat.say("/status x").startswith("/status takes no words")
    assert Chat(platform, role=Role.VIEWER).say("/help start").startswith("/status: ")  # what he may not is not told


def test_the_first_start_greets_and_lists_what_he_may(platform):
    assert Chat(platform).say("/start").startswith("Hello. This is multijob")
    assert Chat(platform, language=Language.ID).say("/start").startswith("Halo. Ini multijob")


def test_a_language_is_kept_for_chat_and_pages_and_other_choices_stay(platform):
    ana = Actor("ana", Role.VIEWER, "page")
    operations.choose_preferences(platform, ana, operations.Preferences(theme="dark", zone="Asia/Jakarta"))
    chat = Chat(platform)

    assert chat.say("/language id") == "Mulai sekarang saya menjawab dalam Bahasa Indonesia."
    assert chat.say("/whoami").startswith("Di sini Anda bertindak sebagai ana, operator.")
    assert operations.own_preferences(platform, ana) == operations.Preferences(
        theme="dark", zone="Asia/Jakarta", language="id"
    )


def test_another_persons_language_is_his_own(platform):
    Chat(platform, name="budi").say("/language id")

    assert Chat(platform).say("/whoami").startswith("You act here as ana")


@pytest.mark.parametrize("wrong", ["", "fr", "english"])
def test_languages_are_offered_where_none_is_named(platform, wrong):
    chat = Chat(platform)

    assert chat.say(f"/language {wrong}") == "In which language shall I answer?"
    assert chat.labels == ["English", "Bahasa Indonesia"]


def test_what_is_no_command_is_told_so(platform):
    assert Chat(platform).say("/frobnicate now") == "/frobnicate is not a command. /help lists what you can ask."


def test_the_manual_names_every_command_with_its_role():
    rows = [line.split("|") for line in MANUAL.read_text().replace("\\|", "/").splitlines() if line.startswith("| `/")]
    roles = {name: row[2].strip() for row in rows for name in re.findall(r"`/(\w+)", row[1])}

    needed = {
        one.name: max(map(OPERATIONS.__getitem__, one.operations), key=list(Role).index)
        for one in COMMANDS.values()
        if one.written
    }
    assert roles == needed | {"help": Role.VIEWER}


def test_every_command_states_operations_and_says_what_it_does_in_every_language():
    for one in COMMANDS.values():
        assert set(one.operations) <= set(OPERATIONS), one.name
        assert not one.written or all(f"chat.help_{one.name}" in words for words in CATALOGUE.values()), one.name


def test_a_misspelled_command_offers_the_nearest_that_the_person_may_use(platform):
    chat = Chat(platform, role=Role.OPERATOR)

    assert chat.say("/staus") == ("/staus is not a command. /help lists what you can ask.\nDid you mean one of these?")
    assert chat.labels[0] == "/status"
    assert chat.press("/status").startswith("Online: ")
    assert chat.say("/caancel run_x").endswith("these?") and chat.labels == ["/cancel run_x"]
    viewer = Chat(platform, role=Role.VIEWER)
    assert viewer.say("/caancel run_x") == "/caancel is not a command. /help lists what you can ask."
    assert viewer.last.buttons == ()
