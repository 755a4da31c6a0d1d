"""Whatever a stranger sends to a channel has no effect, and gets no answer where none is due."""

import json
import re
import unicodedata

import pytest

from tests.connector import bot_api, slack_api

FORWARDED = {"date": 1893456000}
CHANNEL = {"id": -1001, "type": "channel", "title": "x"}
BOT = {"id": 5, "is_bot": True, "first_name": "other", "username": "other_bot"}
DO = "/pause nightly"
EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event": {"type": "message", "channel": "C1", "user": "U1", "text": DO},
}

UNHEARD = {
    "a stranger": {"who": "stranger", "chat": "away"},
    "a stranger in an allowed chat": {"who": "stranger"},
    "an allowed sender in another chat": {"chat": "away"},
    "an allowed sender in private": {"chat": "direct"},
}
"""On both channels: by whom something that would count otherwise is written, and where."""

OF_TELEGRAM = {
    "edited": {"kind": "edited_message", "edit_date": 1893456001},
    "marked as edited": {"edit_date": 1893456001},
    "forwarded from a person": {"forward_origin": FORWARDED | {"type": "user", "sender_user": bot_api.person(9)}},
    "forwarded from who hides": {"forward_origin": FORWARDED | {"type": "hidden_user", "sender_user_name": "x"}},
    "forwarded from a chat": {"forward_origin": FORWARDED | {"type": "chat", "sender_chat": CHANNEL}},
    "forwarded from a channel": {
        "forward_origin": FORWARDED | {"type": "channel", "chat": CHANNEL, "message_id": 1},
        "is_automatic_forward": True,
    },
    "forwarded by an old server": {"forward_date": 1893456000, "forward_from": bot_api.person(9)},
    "forwarded by an old server from who hides": {"forward_date": 1893456000, "forward_sender_name": "x"},
    "of a channel": {"kind": "channel_post"},
    "of a channel, as a message": {"of_chat": {"type": "channel"}},
    "edited in a channel": {"kind": "edited_channel_post", "edit_date": 1893456001},
    "of a business": {"kind": "business_message", "business_connection_id": "b"},
    "by a bot": {"from": bot_api.person(2002) | {"is_bot": True}},
    "by a group": {"sender_chat": CHANNEL | {"type": "supergroup"}},
    "by nobody": {"from": None},
    "via a bot": {"via_bot": BOT},
    "under a picture": {"text": None, "caption": DO},
    "in what is answered": {"text": "yes", "reply_to_message": {"message_id": 9, "date": 1, "chat": CHANNEL, "text": DO}},
    "in what is quoted": {"text": "yes", "quote": {"text": DO, "position": 0}},
    "for another bot": {"text": "/pause@other_bot nightly"},
    "behind a full-width slash": {"text": "\uff0fpause nightly"},
    "behind a look-alike slash": {"text": "\u2044pause nightly"},
    "behind nothing to be seen": {"text": "\u200b/pause nightly"},
    "behind a mark of direction": {"text": "\u202e/pause nightly"},
    "behind a NUL": {"text": "\0/pause nightly"},
    "a slash alone": {"text": "/"},
    "a number for a text": {"text": 7},
    "a list for a text": {"text": [DO]},
    "half a character for a sender": {"from": bot_api.person(2002) | {"id": "\ud800"}},
    "a number for a language": {"from": bot_api.person(2002) | {"language_code": 7}},
    "half a character for what is answered": {"text": "yes", "reply_to_message": {"message_id": "\ud800", "date": 1, "chat": CHANNEL}},
    "nothing for a chat": {"of_chat": {"id": None}},
}  # fmt: skip


def test_what_a_person_writes_here_and_now_counts(doors):
    """Without which nothing below would say anything."""
    for door in doors.both:
        began = len(doors.done())

        said = door.write(DO) + door.write("/resume nightly")

        assert [text.partition(" nightly ")[2][:7] for text in said] == ["is paus", "goes on"]
        assert doors.done()[began:] == [("ada", "pause_job", "job:nightly"), ("ada", "resume_job", "job:nightly")]


@pytest.mark.parametrize("way", UNHEARD)
def test_what_a_stranger_writes_is_nothing(doors, way):
    for door in doors.both:
        before = doors.effects()

        assert door.write(DO, **UNHEARD[way]) == []
        assert doors.effects() == before


@pytest.mark.parametrize("way", OF_TELEGRAM)
def test_what_a_person_did_not_write_here_and_now_is_nothing(doors, way):
    before = doors.effects()

    assert doors.telegram.write(**{"text": DO} | OF_TELEGRAM[way]) == []
    assert doors.effects() == before


OF_SLACK = {
    "of another workspace, by the same user id": {"team_id": "T9"},
    "of a workspace written after this one": {"team_id": "T1.T9"},
    "by a bot": {"bot_id": "B1"},
    "in a thread, as an event": EVENT | {"event": EVENT["event"] | {"thread_ts": "1700000000.000100"}},
    "in private, as an event": EVENT | {"event": EVENT["event"] | {"channel": "D1", "channel_type": "im"}},
    "by a bot, as an event": EVENT | {"event": EVENT["event"] | {"subtype": "bot_message", "bot_id": "B1"}},
    "of nobody": {"user_id": ""},
    "of nowhere": {"channel_id": ""},
    "of a user with a suffix": {"user_id": "U1\n"},
    "of a list": {"user_id": ["U1"]},
}


@pytest.mark.parametrize("way", OF_SLACK)
def test_what_a_person_did_not_command_here_is_nothing(doors, way):
    fields = slack_api.typed(DO) | OF_SLACK[way]
    before = doors.effects()

    for kind in (slack_api.FORM, "application/json"):
        assert doors.slack.heard(lambda kind=kind: doors.slack.post(fields, kind)) == []
    assert doors.effects() == before


LARGE = "x" * 1_000_000
SPOKEN = {
    "nothing to be seen in a command": "/pa\u200buse nightly",
    "nothing to be seen behind a command": "/pause\u2060 nightly",
    "a full-width command": "/\uff50\uff41\uff55\uff53\uff45 nightly",
    "a NUL behind a command": "/pause\0 nightly",
    "a full-width slash behind a slash": "/\uff0fpause nightly",
    "nothing to be seen in a name": "/pause night\u200bly",
    "a soft hyphen in a name": "/pause night\u00adly",
    "marks of direction around a name": "/pause \u202enightly\u202c",
    "an isolated name": "/pause \u2067nightly\u2069",
    "a byte order mark": "/pause \ufeffnightly",
    "a full-width letter in a name": "/pause \uff4eightly",
    "a Cyrillic letter in a name": "/pause n\u0456ghtly",
    "a NUL in a name": "/pause nightly\0",
    "a line in a name": "/pause night\u2028ly",
    "a bell and an escape": "/pause nightly\x07\x1b[31m",
    "half a character": "/pause \ud800nightly",
    "half a character in a command": "/\udfffpause nightly",
    "markup": "/pause <b>nightly</b>",
    "markup of a chat": "/pause *nightly* `nightly` [x](tg://user?id=3003)",
    "a mention": "/pause @ada_lovelace",
    "a mention behind a mark": "/job x.@ada_lovelace,@bob_boole",
    "a mention of all": "/job @channel @here @everyone",
    "a mention in Slack": "/job <!channel> <!here> <@U2> <!subteam^S1|all> <#C2>",
    "a mention that is escaped": "/job &lt;!channel&gt;",
    "a link": "/job <https://example.org|here>",
    "a flow of a mention": "/pause flow @ada_lovelace",
    "a run of a mention": "/cancel @ada_lovelace",
    "an approval of a mention": "/approve @ada_lovelace",
    "jobs of a mention": "/jobs @ada_lovelace",
    "a sentence of a mention": "/run @ada_lovelace <!channel> \u202e\0",
    "a mute of a mention": "/mute @ada_lovelace",
    "a language of a mention": "/language @ada_lovelace",
    "a rule of a mention": "/subscribe @ada_lovelace",
    "words of SQL and the shell": "/pause nightly'; DROP TABLE jobs; -- $(reboot) `reboot` ../../etc/passwd",
    "a glob": "/pause nigh*",
    "a pattern": "/pause night[l]y",
    "a template": "/pause {{7*7}} {0} %s %(job)s ${x}",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("way", SPOKEN)
def test_what_only_looks_like_a_command_or_a_name_is_answered_and_does_nothing(doors, way):
    for door in doors.both:
        before = doors.effects()

        (said,) = door.write(SPOKEN[way])

        assert doors.effects() == before
        assert not [char for char in said if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"]
    assert_pings_nobody(doors)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["pause ", "pause flow ", "job ", "run ", "log ", "", "paus ", "mute ", "link ", "approve ap_1 "]
)
def test_a_large_text_is_answered_with_a_message_that_fits_and_does_nothing(doors, command):
    before = doors.effects()

    (said,) = doors.telegram.write(f"/{command}{LARGE}")
    (said_in_slack,) = doors.slack.write(f"{command}{LARGE[:60_000]}")

    assert doors.effects() == before
    assert len(said) <= 4096 and len(said_in_slack) <= 3000
    assert (
        max(len(doors.platform.store.redis.get(key)) for key in doors.platform.store.redis.keys("*chat:card:*"))
        < 20_000
    )
    too_large = slack_api.typed(f"{command}{LARGE}")
    assert doors.slack.heard(lambda: doors.slack.post(too_large), 413) == []


def assert_pings_nobody(doors):
    """What was said last mentions nobody: Telegram finds no name in it that is not quoted, Slack no angle bracket."""
    last = doors.telegram.said[-1]
    units = last["text"].encode("utf-16-le")
    for quoted in json.loads(last.get("entities") or "[]"):
        assert quoted["type"] == "code"
        begin, end = 2 * quoted["offset"], 2 * (quoted["offset"] + quoted["length"])
        units = units[:begin] + "_".encode("utf-16-le") * quoted["length"] + units[end:]
    assert not re.search(r"(?<!\w)@\w", units.decode("utf-16-le")), last
    assert "parse_mode" not in last
    last = doors.slack.said[-1]
    assert not re.search(r"[<>]", last["text"])
    assert (last["parse"], last["link_names"], last["mrkdwn"]) == ("none", False, False)
