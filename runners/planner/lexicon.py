"""The words that the planner knows, in both languages: data, and nothing else. Words are compared whole and in lower case."""

from __future__ import annotations

from enum import StrEnum


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


class Intent(StrEnum):
    """What a clause asks for."""

    MONITOR = "monitor"
    REPORT = "report"
    BACKUP = "backup"
    REQUEST = "request"
    COMMAND = "command"
    AGENT = "agent"


SHORT = {
    short: whole
    for whole, listed in {
        "jangan": "jgn",
        "dengan": "dgn",
        "untuk": "utk",
        "setiap": "stiap",
        "setengah": "stengah 1/2",
        "setelah": "stlh",
        "sebelum": "sblm",
        "besok": "bsk",
        "sekarang": "skrg",
        "sampai": "smp sampe",
        "dari": "dr",
        "pada": "pd",
        "terus": "trus",
        "minggu": "mgg",
        "bulan": "bln",
        "tahun": "thn",
        "selasa": "sls",
        "kamis": "kms",
        "jumat": "jmt",
        "tolong": "tlg",
        "laporan": "lap laporin",
        "pantau": "pantauin",
        "cek": "cekin",
        "rekap": "rekapin",
        "backup": "backupin",
        "kalau": "kalo",
        "malam": "malem mlm",
        "tidak": "tdk",
        "tomorrow": "tmrw",
    }.items()
    for short in listed.split()
}
"""How people shorten words when they type in a hurry."""
STRONG = {
    Intent.MONITOR: "pantau memantau monitor monitoring awasi mengawasi cek mengecek ngecek periksa "
    "memeriksa check checking watch watching dipantau dicek diperiksa diawasi",
    Intent.REPORT: "lapor laporan laporkan melaporkan report reports ringkasan rangkuman summary "
    "rekap rekapitulasi recap digest",
    Intent.BACKUP: "backup backups back-up dibackup cadangan cadangkan mencadangkan dicadangkan pencadangan "
    "ekspor mengekspor export exporting",
    Intent.REQUEST: "panggil memanggil call request hit ping akses fetch webhook calling pinging fetching",
    Intent.COMMAND: "perintah command program skrip script exec",
    Intent.AGENT: "integrasi integrasikan integration sinkron sinkronkan sinkronisasi sync synchronize",
}
"""Words that say what is to be done by themselves."""
AGENTS = words("agen agent otomasi otomatisasi otomatiskan automation automate workflow")
"""Words by which all of a clause is an agent's prompt, whatever else it names."""
WEAK = {Intent.MONITOR: "status heartbeat denyut koneksi connection connectivity kesehatan health online"}
"""Words that say so only where no strong one does: 'laporan status' is a report."""

STRONG_WORDS = {word: intent for intent, listed in STRONG.items() for word in listed.split()} | dict.fromkeys(
    AGENTS, Intent.AGENT
)
WEAK_WORDS = {word: intent for intent, listed in WEAK.items() for word in listed.split()}

NEGATIONS = words("jangan janganlah tanpa tidak tak nggak gak ga bukan no not don't dont never without")
CONDITIONS = words("jika kalau bila apabila seandainya if unless")
"""Words that make a job depend on another's end, which notification rules and agents do."""
OTHER_WORK = words(
    "hapus menghapus delete remove matikan mematikan disable nonaktifkan hentikan stop berhenti "
    "cancel batalkan ubah ganti mengganti pindahkan geser nyalakan hidupkan turn switch "
    "reschedule rename replace change edit aktifkan enable jeda pause lanjutkan resume"
)
"""What is done to jobs that exist, which is not planned but done where they are."""

UPDATES = words("perbarui memperbarui perbaharui update majukan mundurkan undurkan postpone move")
"""The same of what may as well be an agent's work."""

QUESTIONS = words("apa apakah kapan siapa mengapa kenapa berapa bagaimana gimana when what why how who which where")
"""Words that begin what wants to know something, and nothing done."""

CHANNELS = {
    "telegram": "telegram",
    "tg": "telegram",
    "tele": "telegram",
    "whatsapp": "whatsapp",
    "wa": "whatsapp",
    "slack": "slack",
    "discord": "discord",
    "email": "email",
    "e-mail": "email",
    "surel": "email",
    "gmail": "email",
}
PROVIDERS = words(
    "openai anthropic gemini groq ollama github notion linear shopee tokopedia lazada tiktok "
    "google_sheets sheets airtable facebook instagram youtube twitter linkedin serpapi perplexica "
    "apify firecrawl supabase pinecone qdrant"
)
"""Services that only an agent works with."""

THEN = words("lalu kemudian terus then")
JOINS = THEN | words("dan and sama serta plus juga also sekaligus, sedangkan whereas") | {",", ";", ".", "&"}
"""What may stand between two clauses, and between two words of one list."""
EVERY = words("tiap setiap saban per every each")
ONCE = words("sekali once")
TIMES = words("kali times x")
TWICE = {"twice": 2, "thrice": 3}
AT = words("jam pukul at @")
PAST, TO = words("lewat lebih past"), words("kurang")
FROM, UNTIL = (
    words("dari mulai from between antara"),
    words("sampai hingga s/d sd to until till through thru -"),
)

SECOND, MINUTE, HOUR, DAY, WEEK = 1, 60, 3_600, 86_400, 604_800
UNITS = {
    SECOND: "detik dtk second seconds sec secs s",
    MINUTE: "menit mnt minute minutes min mins m",
    HOUR: "jam hour hours hr hrs h",
    DAY: "hari day days d",
    WEEK: "minggu pekan week weeks",
}
UNIT_SEC = {word: length for length, listed in UNITS.items() for word in listed.split()}
MONTH_UNITS = words("bulan month months")
YEAR_UNITS, YEARLY = words("tahun year years"), words("tahunan yearly annually")
SE_UNITS = {"sedetik": SECOND, "semenit": MINUTE, "sejam": HOUR, "sehari": DAY, "seminggu": WEEK, "sepekan": WEEK}
YEAR = 12
SE_MONTHS = {"sebulan": 1, "setahun": YEAR}
"""Spans of one month and of one year, in months."""
ADVERBS = {
    "hourly": HOUR,
    "harian": DAY,
    "daily": DAY,
    "nightly": DAY,
    "mingguan": WEEK,
    "weekly": WEEK,
    "minutely": MINUTE,
}
MONTHLY = words("bulanan monthly")
MONTH_SPANS = {"kuartal": 3, "triwulan": 3, "quarter": 3, "caturwulan": 4, "semester": 6}
SPAN_ADVERBS = {"quarterly": 3, "kuartalan": 3, "triwulanan": 3, "semesteran": 6}
"""Spans of months by their names, and the words that say 'each' of them."""

WEEKDAYS = {
    word: day
    for day, listed in {
        1: "senin monday mondays mon",
        2: "selasa tuesday tuesdays tue tues",
        3: "rabu wednesday wednesdays wed",
        4: "kamis thursday thursdays thu thurs",
        5: "jumat jum'at friday fridays fri",
        6: "sabtu saturday saturdays sat",
        0: "ahad sunday sundays sun",
    }.items()
    for word in listed.split()
}
"""Days of the week as cron counts them, Sunday 0. 'minggu' is a week too, and is looked at where it stands."""
MONTHS = {
    word: month
    for month, listed in {
        1: "januari january jan",
        2: "februari february feb",
        3: "maret march mar",
        4: "april apr",
        5: "mei may",
        6: "juni june jun",
        7: "juli july jul",
        8: "agustus august aug agu",
        9: "september sep sept",
        10: "oktober october oct okt",
        11: "november nov",
        12: "desember december dec des",
    }.items()
    for word in listed.split()
}
DAYS_AHEAD = {"besok": 1, "tomorrow": 1, "lusa": 2, "today": 0, "tonight": 0, "kemarin": -1, "yesterday": -1}
NOW = words("sekarang now segera immediately asap")

PARTS = {
    "pagi": "morning",
    "siang": "noon",
    "sore": "afternoon",
    "petang": "afternoon",
    "malam": "night",
    "morning": "morning",
    "mornings": "morning",
    "afternoon": "noon",
    "afternoons": "noon",
    "evening": "night",
    "evenings": "night",
    "night": "night",
    "nights": "night",
    "subuh": "early",
    "am": "am",
    "a.m": "am",
    "a.m.": "am",
    "pm": "pm",
    "p.m": "pm",
    "p.m.": "pm",
}
BOUNDS = words("selama mulai starting sejak beginning sampai hingga until till s/d through thru berakhir ending")
ONLY = (
    BOUNDS
    | TWICE.keys()
    | words(
        "kecuali selain except hanya only luar outside atau or tapi but ganjil genap alternate alternating bergantian"
    )
    | words(
        "pertama terakhir first last end akhir awal kuartal triwulan quarter quarterly semester biweekly fortnightly"
    )
    | words(
        "dwimingguan bimonthly seperempat sebulan setahun est edt pst pdt cet cest bst ist gmt+7 libur holiday holidays"
    )
)
"""Words that bound, thin out or shift times: a plan that passes over one runs when nobody meant it to."""
ZONES = {
    "jst": "Asia/Tokyo",
    "sgt": "Asia/Singapore",
    "wib": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "wit": "Asia/Jayapura",
    "utc": "UTC",
    "gmt": "UTC",
}
"""The zones that are named behind a time."""

ACCOUNTS = words("akun account accounts acc")
METHODS = words("get post put patch delete head")
LANES = words("lane lajur jalur grup group kelompok antrean flow")
LIMITS = words("max maks maksimal maksimum maximum")
ALL_OF_THEM = words("keduanya semuanya both")
NAMES = words("bernama namanya named called id")
TELLING = (
    NAMES
    | ALL_OF_THEM
    | LANES
    | LIMITS
    | {word for word in UNIT_SEC if len(word) > 1 and word != "min"}
    | MONTH_UNITS
    | MONTHLY
    | YEAR_UNITS
    | YEARLY
    | ONLY
    | EVERY
    | ONCE
    | NOW
    | SE_UNITS.keys()
    | ADVERBS.keys()
    | WEEKDAYS.keys()
    | (MONTHS.keys() - {"may", "mar"})
    | PARTS.keys()
    | DAYS_AHEAD.keys()
)
"""Words that say when, or how a job is guarded: one that no reader took was not understood."""
