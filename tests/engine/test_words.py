"""Schedules read as people say them."""

import pytest

from runners.engine.schedule import in_words, parse
from runners.engine.words import Language


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"interval_sec": 1}, "every second"),
        ({"interval_sec": 10}, "every 10 seconds"),
        ({"interval_sec": 60}, "every minute"),
        ({"interval_sec": 5400}, "every 90 minutes"),
        ({"interval_sec": 7200}, "every 2 hours"),
        ({"interval_sec": 86_400}, "every day"),
        ({"cron": "15 18 * * 1-5", "timezone": "Asia/Jakarta"}, "weekdays at 18:15, Asia/Jakarta"),
        ({"cron": "15 18 * * mon-fri"}, "weekdays at 18:15, UTC"),
        ({"cron": "0 9 * * *"}, "every day at 09:00, UTC"),
        ({"cron": "0 9 * * 7"}, "Sundays at 09:00, UTC"),
        ({"cron": "0 9 * * tue"}, "Tuesdays at 09:00, UTC"),
        ({"cron": "0 9 1 * *"}, "day 1 of every month at 09:00, UTC"),
        ({"cron": "@hourly"}, "every hour, UTC"),
        ({"cron": "10 * * * *"}, "every hour at minute 10, UTC"),
        ({"cron": "* * * * *"}, "every minute, UTC"),
        ({"cron": "*/5 * * * *"}, "every 5 minutes, UTC"),
        ({"cron": "*/5 * * * mon"}, "Mondays every 5 minutes, UTC"),
        ({"cron": "*/7 * * * *"}, "cron */7 * * * *, UTC"),
        ({"cron": "0 9 1 1-6 *"}, "cron 0 9 1 1-6 *, UTC"),
        ({"cron": "0 9 1 * 1"}, "cron 0 9 1 * 1, UTC"),
        ({"cron": "@yearly"}, "cron @yearly, UTC"),
        ({"at": "2031-05-07T18:15", "timezone": "Asia/Jakarta"}, "once at 2031-05-07 18:15 Asia/Jakarta"),
        ({"at": "2031-05-07T18:15:30Z"}, "once at 2031-05-07 18:15:30 UTC"),
    ],
)
def test_a_schedule_is_said_in_words(raw, words):
    assert in_words(parse(raw)) == words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "hanya bila diminta"),
        ({"interval_sec": 10}, "setiap 10 detik"),
        ({"interval_sec": 86_400}, "setiap hari"),
        ({"cron": "15 18 * * 1-5", "timezone": "Asia/Jakarta"}, "hari kerja pukul 18:15, Asia/Jakarta"),
        ({"cron": "0 9 * * 7"}, "setiap Minggu pukul 09:00, UTC"),
        ({"cron": "0 9 1 * *"}, "tanggal 1 setiap bulan pukul 09:00, UTC"),
        ({"cron": "10 * * * *"}, "setiap jam pada menit 10, UTC"),
        ({"cron": "*/5 * * * mon"}, "setiap 5 menit, setiap Senin, UTC"),
        ({"cron": "*/7 * * * *"}, "cron */7 * * * *, UTC"),
        ({"at": "2031-05-07T18:15:30Z"}, "sekali pada 2031-05-07 18:15:30 UTC"),
    ],
)
def test_a_schedule_is_said_in_bahasa_indonesia_too(raw, words):
    assert in_words(raw and parse(raw), Language.ID) == words
