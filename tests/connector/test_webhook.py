"""Updates that Telegram sends by itself: taken in by whoever shows the secret, and handled like those that were asked for."""

from dataclasses import replace

import pytest

from runners.engine import settings
from runners.engine.errors import SettingsInvalid
from runners.engine.store import chats, pauses
from tests.connector.bot_api import CHAT, SENDER, person
from tests.connector.looking import told
from tests.waiting import wait_until
from webapp import create_app
from webapp.api.chats import SECRET_HEADER

PATH = "/connector/telegram/webhook/default"
PLACE = "telegram:default"


@pytest.fixture
def hooked(platform):
    """The same platform with webhooks."""
    set_ = replace(platform.settings, telegram_webhook=True, public_url="http://127.0.0.1")
    return replace(platform, settings=set_)


@pytest.fixture
def web(hooked):
    """Sends to the web process of it."""
    return create_app(hooked).test_client()


def update(number, text="/status"):
    said = {"message_id": number, "date": 1893456000, "chat": {"id": CHAT, "type": "private"}, "text": text}
    return {"update_id": number, "message": said | {"from": person(SENDER)}}


def test_what_comes_by_itself_is_answered_once_and_only_with_the_secret(hooked, web, api, start):
    start(hooked)
    wait_until(lambda: api.hook)
    secret = {SECRET_HEADER: api.hook["secret_token"]}

    refused = [web.post(PATH, json=update(6), headers=wrong) for wrong in ({}, {SECRET_HEADER: "guess"})]
    elsewhere = web.post("/connector/telegram/webhook/other", json=update(6), headers=secret)
    taken = [web.post(PATH, json=update(7), headers=secret) for _ in range(3)]
    wait_until(lambda: api.sent)
    late = web.post(PATH, json=update(7), headers=secret)
    web.post(PATH, json=update(8, "/help"), headers=secret)

    wait_until(lambda: len(api.sent) == 2)
    assert [answer.status_code for answer in (*refused, elsewhere)] == [401] * 3
    assert [(answer.status_code, answer.json) for answer in (*taken, late)] == [(200, {"ok": True})] * 4
    assert api.polls == []
    assert (api.hook["url"], api.hook["max_connections"]) == (f"http://127.0.0.1{PATH}", "1")
    wait_until(lambda: chats.unread(hooked.store, PLACE, 9) == [])


def test_a_message_that_could_not_be_sent_goes_out_though_nothing_more_comes_by_itself(hooked, web, api, start, quick):
    api.fail("sendMessage", 500, b"<html>")
    start(hooked)
    wait_until(lambda: api.hook)

    web.post(PATH, json=update(7), headers={SECRET_HEADER: api.hook["secret_token"]})

    wait_until(lambda: api.sent)


def test_switched_back_the_webhook_is_ended_and_what_it_brought_is_answered(platform, hooked, web, api, start):
    end = start(hooked)
    wait_until(lambda: api.hook)
    secret = {SECRET_HEADER: api.hook["secret_token"]}
    end()
    web.post(PATH, json=update(7), headers=secret)

    start(platform)

    wait_until(lambda: api.sent and api.polls)
    assert api.hook is None
    assert web.post(PATH, json=update(8), headers=secret).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [([], 422), ({"update_id": "7"}, 400), ({}, 400), (update(7, "x" * 1_100_000), 413)],
    ids=["a list", "a text for a number", "nothing", "too large"],
)
def test_what_is_no_update_is_refused(hooked, web, body, status):
    store = hooked.store
    store.redis.lpush(store.keys.chat_hook(PLACE), settings.secrets.token_digest("agreed"))

    assert web.post(PATH, json=body, headers={SECRET_HEADER: "agreed"}).status_code == status


def test_when_too_many_wait_it_is_to_be_sent_again(hooked, web, monkeypatch):
    store = hooked.store
    store.redis.lpush(store.keys.chat_hook(PLACE), settings.secrets.token_digest("agreed"))
    monkeypatch.setattr(chats, "MOST_UNREAD", 1)

    answers = [web.post(PATH, json=update(number), headers={SECRET_HEADER: "agreed"}).status_code for number in (7, 8)]

    assert answers == [200, 503]


@pytest.mark.parametrize("address", ["", "http://ops.example.org"])
def test_a_webhook_needs_an_address_that_telegram_can_reach(address):
    with pytest.raises(SettingsInvalid, match="PUBLIC_URL must be an https address"):
        settings.read({"TELEGRAM_WEBHOOK": "true", "PUBLIC_URL": address})


NO_SECRET = {
    "none": {},
    "an empty one": {SECRET_HEADER: ""},
    "a guess": {SECRET_HEADER: "guess"},
    "its beginning": {SECRET_HEADER: "agree"},
    "one more letter": {SECRET_HEADER: "agreedx"},
    "in another case": {SECRET_HEADER: "AGREED"},
    "a large one": {SECRET_HEADER: "agreed" * 1_000},
    "no ASCII": {SECRET_HEADER: "agreed\u00e9"},
    "its digest": {SECRET_HEADER: settings.secrets.token_digest("agreed")},
    "in another header": {"Authorization": "Bearer agreed", "X-Telegram-Bot-Api-Secret": "agreed"},
}


def test_without_the_secret_nothing_is_taken_in(hooked, web):
    store = hooked.store
    store.redis.lpush(store.keys.chat_hook(PLACE), settings.secrets.token_digest("agreed"))

    answers = {way: web.post(PATH, json=update(7), headers=shown).status_code for way, shown in NO_SECRET.items()}
    asked = web.post(f"{PATH}?secret_token=agreed", json=update(7)).status_code

    assert set(answers.values()) == {401}, answers
    assert asked == 422
    assert chats.unread(store, PLACE, 9) == []
    assert web.post(PATH, json=update(7), headers={SECRET_HEADER: "agreed"}).status_code == 200


@pytest.mark.parametrize("by_itself", [False, True], ids=["asked for", "by itself"])
def test_for_which_bot_a_command_is_is_found_out_though_the_bot_api_fails(
    platform, hooked, web, api, start, quick, noted, by_itself
):
    for status, body in ((500, b"<html>"), (200, b"{}")):
        api.fail("getMe", status, body)
    texts = ("/pause@another_bot", "/status@bot424242")
    start(hooked if by_itself else platform)
    if by_itself:
        wait_until(lambda: api.hook)
    for number, text in enumerate(texts, 500):
        if by_itself:
            web.post(PATH, json=update(number, text), headers={SECRET_HEADER: api.hook["secret_token"]})
        else:
            api.say(text)

    wait_until(lambda: api.sent)
    wait_until(lambda: chats.was_heard(platform.store, PLACE, 500) and chats.was_heard(platform.store, PLACE, 501))
    assert not api.faults["getMe"]
    assert "degraded" in [str(health.status) for health in noted]
    assert [text.splitlines()[0] for text in api.texts] == ["Online: schedulers 0, workers 0"]
    assert not pauses.read(platform.store)
    assert [event.data["command"] for event in told(platform, "telegram.command.*")] == ["status"] * 2
