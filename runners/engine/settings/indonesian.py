"""What each variable means, in Bahasa Indonesia, for the handbook; the English stands at the variable itself."""

HANDBOOK = """\
# Pengaturan

Setiap variabel lingkungan, dengan nilai bakunya. Yang kosong dianggap tidak diisi; nilai yang salah menghentikan proses mulai,
yang menyebut semua yang salah. Daftar dipisahkan dengan koma. Hal yang sama sebagai berkas untuk disalin: `.env.example`.
Setiap proses sebuah penerapan sebaiknya mempunyai pengaturan yang sama. Dibuat oleh `python -m runners.engine.settings handbook id`.

| variabel | baku | ialah |
|---|---|---|
"""

MEANINGS = {
    "REDIS_URL": "alamat server, redis://, rediss://, unix://, atau sentinel://",
    "REDIS_TLS_URL": "alamat rediss://; menang atas REDIS_URL; ?ssl_cert_reqs=none menerima sertifikat apa pun",
    "REDIS_HOST": "nama host server, bila tidak ada URL yang diisi",
    "REDIS_PORT": "port server, 1 sampai 65535",
    "REDIS_DB": "basis data pada server, 0 sampai 9999",
    "REDIS_PASSWORD": "kata sandi server, bersama REDIS_HOST",
    "QUEUE_MODE": "auto, streams, lists, atau memory",
    "MEMORY_FALLBACK": "auto atau never: bekerja dalam memori bila server yang dikonfigurasi tidak ada",
    "KEY_PREFIX": "awal kunci platform di Redis, semuanya kecuali milik RQ sendiri (rq:...); berakhir dengan titik dua. "
    "Dua penerapan memerlukan dua basis data",
    "WORKER_CONCURRENCY": "run sekaligus dalam satu proses worker, 1 sampai 256",
    "RUN_LEASE_SEC": "detik sampai run milik worker yang diam diambil darinya, 1 sampai 3600",
    "REAPER_TICK_SEC": "detik antara dua pemeriksaan atas sewa yang habis, 0.1 sampai 300",
    "SHUTDOWN_GRACE": "detik yang boleh dipakai run untuk selesai saat berhenti, 0 sampai 600",
    "SCHEDULER_TICK_SEC": "detik antara dua detak penjadwal, 0.05 sampai 1",
    "SCHEDULER_MAX_DISPATCH_PER_TICK": "pengiriman per detak, 1 sampai 100000",
    "SCHEDULER_PRESSURE_DEPTH_HIGH": "kedalaman saat tekanan mulai, 1 sampai 10000000",
    "SCHEDULER_PRESSURE_DEPTH_LOW": "kedalaman saat tekanan berakhir, 0 sampai tanda atas",
    "RUNS_KEPT": "run berakhir yang disimpan, 100 sampai 100000000; yang tertua pergi lebih dahulu",
    "RUNS_KEPT_DAYS": "hari penyimpanan run yang berakhir, 1 sampai 3650",
    "LOGS_KEPT_DAYS": "hari penyimpanan log run yang berakhir, 1 sampai 3650",
    "EVENTS_KEPT": "peristiwa yang disimpan, 100000 sampai 100000000; yang tertua pergi lebih dahulu",
    "EVENTS_KEPT_DAYS": "hari penyimpanan peristiwa, 1 sampai 3650; 100000 yang terbaru selalu tinggal",
    "LEDGER_KEPT_DAYS": "hari penyimpanan keputusan, dan peninggalan job yang dihapus, 1 sampai 3650",
    "AUDIT_KEPT_DAYS": "hari penyimpanan entri audit, 1 sampai 36500; entri pergi hanya menurut umur, sehingga tidak seorang pun "
    "dapat mendesaknya keluar",
    "HOST": "alamat tempat mendengarkan; tanpa proses masuk hanya loopback",
    "PORT": "port tempat mendengarkan, 1 sampai 65535",
    "WEB_CONCURRENCY": "banyaknya proses web, 1 sampai 64",
    "CORS_ALLOW_ORIGINS": "asal situs lain yang boleh mengubah sesuatu",
    "SECRET_KEY": "menandatangani sesi dan formulir, 16 karakter atau lebih",
    "AUDIT_KEYS": "kunci yang menyegel audit, masing-masing 16 karakter atau lebih, yang terbaru lebih dahulu (new,old), sama di "
    "setiap proses; bila tidak diisi dipakai SECRET_KEY, kalau tidak ada kunci yang dibuat di DATA_DIR",
    "ENCRYPTION_KEYS": "kunci rahasia yang tersimpan, yang terbaru lebih dahulu (new,old), sama di setiap proses; di satu mesin "
    "dibuat di DATA_DIR",
    "DATA_DIR": "direktori untuk berkas server bawaan, cadangan, dan kunci",
    "LOG_FORMAT": "text atau json",
    "HTTP_ALLOW_PRIVATE": "jaringan dan host privat untuk http.request",
    "AGENT_COMMAND_ALLOW_PREFIXES": "kata-kata pertama perintah untuk command.run",
    "AGENT_COMMAND_ALLOWED_ROOTS": "direktori mutlak untuk command.run",
    "AGENT_COMMAND_ALLOW_ENV": "nama variabel lingkungan lain yang boleh diberikan kepada server MCP, selain yang ada di katalog",
    "AGENT_FILES_ALLOWED_ROOTS": "direktori mutlak yang isinya boleh dibaca agen",
    "HANDLER_MEMORY_MB": "ruang alamat terbesar sebuah proses handler dalam MiB, 64 sampai 1048576; tanpa batas bila tidak diisi",
    "APPROVE_OWN": "alone atau never: bolehkah seseorang memutuskan apa yang dimintanya sendiri, bila tidak ada orang lain yang dapat",
    "HANDLER_CPU_SEC": "detik prosesor terbanyak untuk satu run, 1 sampai 86400; tanpa batas bila tidak diisi",
    "HANDLER_OPEN_FILES": "berkas terbuka terbanyak sebuah proses handler, 32 sampai 1048576; batas sistem bila tidak diisi",
    "HANDLER_FILE_MB": "berkas terbesar yang boleh ditulis proses handler dalam MiB, 1 sampai 1048576; tanpa batas bila tidak diisi",
    "TELEGRAM_API_BASE": "alamat Bot API",
    "TELEGRAM_BOT_TOKEN": "token bot; tanpanya konektor menganggur",
    "TELEGRAM_ALLOWED_CHATS": "obrolan yang dijawab; kosong berarti tidak seorang pun",
    "TELEGRAM_ALLOWED_SENDERS": "pengirim yang dijawab selain orang yang tertaut: sebagai operator, dengan AUTH_ENABLED hanya cara "
    "menautkan dirinya",
    "TELEGRAM_WEBHOOK": "true membuat Telegram mengirim ke PUBLIC_URL, yang harus https, alih-alih ditanyai",
    "SMTP_URL": "server surel untuk pemberitahuan: smtp:// atau smtps://user:password@host?from=address",
    "MULTIJOB_URL": "server yang diajak bicara oleh baris perintah; bakunya HOST dan PORT",
    "MULTIJOB_PROFILE": "profil (`multijob profile list`) yang servernya diajak bicara oleh baris perintah, bila --profile, MULTIJOB_URL, "
    "dan MULTIJOB_TOKEN tidak diberikan",
    "OPENAI_API_KEY": "kunci model bahasa yang merencanakan, selain milik akun-akun; lihat docs/planner.md",
    "OPENAI_BASE_URL": "alamatnya: apa pun yang berbicara chat completions dari OpenAI",
    "PLANNER_AI_MODEL": "namanya; tidak ada model dari lingkungan yang merencanakan selama ini tidak diisi",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "kolektor jejak, OTLP lewat HTTP (misalnya http://127.0.0.1:4318); mati bila tidak diisi; "
    "memerlukan tambahan `otel`",
    "OTEL_EXPORTER_OTLP_HEADERS": "header untuknya, sebagai name=value,name=value",
    "AUTH_ENABLED": "true menanyai setiap orang siapa dirinya; false hanya melayani mesin ini",
    "AUTH_VIEWER_TOKEN": "token klien dengan peran viewer, 24 karakter atau lebih",
    "AUTH_OPERATOR_TOKEN": "token klien dengan peran operator, 24 karakter atau lebih",
    "AUTH_ADMIN_TOKEN": "token klien dengan peran admin, 24 karakter atau lebih",
    "AUTH_API_KEYS": "token lain beserta perannya, sebagai token:role,token:role (viewer, operator, atau admin)",
    "AUTH_TOKEN_HEADER": "header yang membawa token setelah skemanya; X-API-Key membawa token saja",
    "AUTH_TOKEN_SCHEME": "skema sebelum token",
    "METRICS_TOKEN": "token yang membaca /metrics dan tidak yang lain",
    "API_LIMIT_PER_MIN": "permintaan yang boleh dibuat satu klien bertoken per menit, pada semua proses web bersama-sama, "
    "0 sampai 10000000; 0 berarti tanpa batas",
    "SESSION_IDLE_MINUTES": "menit sampai peramban yang tidak dipakai siapa pun dikeluarkan, 1 sampai 43200; pembaruan otomatis "
    "bukan pemakaian",
    "SESSION_LIFE_HOURS": "jam sampai sebuah peramban dikeluarkan, bagaimanapun juga, 1 sampai 2160",
    "PUBLIC_URL": "alamat tempat peramban menjangkau platform, misalnya https://ops.example.com atau https://example.com/multijob; "
    "host lain lalu tidak dilayani, dan dengan https cookie hanya dikirim lewat TLS",
    "TRUSTED_PROXIES": "alamat atau jaringan reverse proxy yang X-Forwarded-For-nya dipercaya",
    "BACKUP_KEY": "penyegel `multijob backup`: kunci dari `multijob secrets key`, atau frasa sandi 12 karakter atau lebih",
    "MULTIJOB_TOKEN": "token yang dikirim baris perintah ke MULTIJOB_URL",
    "WORKER_POOL": "run siapa yang diambil worker: milik job dengan `pool` ini",
}
