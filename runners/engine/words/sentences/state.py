"""What is said of the store, of processes and of accounts."""

STATE = {
    "the audit cannot be gone on with: %(a)s; see `multijob audit verify`": "audit tidak dapat diteruskan: %(a)s; "
    "lihat `multijob audit verify`",
    "the newest audit entry was sealed with key %(a)s, which this process does not have: every process needs the "
    "same SECRET_KEY or AUDIT_KEYS (newest first, older ones behind it); see docs/audit.md": "entri audit terbaru "
    "disegel dengan kunci %(a)s, yang tidak dimiliki proses ini: setiap proses memerlukan SECRET_KEY atau "
    "AUDIT_KEYS yang sama (terbaru dahulu, yang lama di belakangnya); lihat docs/audit.md",
    "others may read the key of the audit; run: chmod 600 '%(a)s'": "orang lain dapat membaca kunci audit; jalankan: "
    "chmod 600 '%(a)s'",
    "the key of the audit cannot be kept in '%(a)s' (%(b)s); set SECRET_KEY": "kunci audit tidak dapat disimpan di "
    "'%(a)s' (%(b)s); atur SECRET_KEY",
    "'%(a)s' holds no key of the audit; put the right one back, or set SECRET_KEY": "'%(a)s' tidak memuat kunci "
    "audit; kembalikan yang benar, atau atur SECRET_KEY",
    "append-only file, fsync %(a)s: %(b)s": "append-only file, fsync %(a)s: %(b)s",
    "nothing that was acknowledged is lost": "yang sudah dikonfirmasi tidak hilang",
    "a power loss loses about the last second": "listrik padam menghilangkan sekitar satu detik terakhir",
    "a power loss loses what the system had not written yet": "listrik padam menghilangkan yang belum ditulis sistem",
    "snapshots only (save %(a)s): a crash loses what came after the last one": "hanya snapshot (save %(a)s): bila "
    "mati mendadak, yang datang sesudah snapshot terakhir hilang",
    "none: a restart of the server loses everything": "tidak ada: mulai ulang server menghilangkan semuanya",
    "none: everything is lost when this process ends": "tidak ada: semuanya hilang saat proses ini berakhir",
    "inside this process": "di dalam proses ini",
    "ticking every %(a)s s, last tick took %(b)s ms": "berdetak tiap %(a)s dtk, detak terakhir %(b)s md",
    "serving %(a)s": "melayani %(a)s",
    "telegram %(a)s: %(b)s": "telegram %(a)s: %(b)s",
    "slack %(a)s: %(b)s": "slack %(a)s: %(b)s",
    "stands by for %(a)s": "bersiap menggantikan %(a)s",
    "starting": "sedang mulai",
    "jobs, runs and history are in the memory of this one process; set REDIS_URL, or start with multijob up, to "
    "keep them": "job, run, dan riwayat ada di memori satu proses ini; isi REDIS_URL, atau mulai dengan multijob up, "
    "agar tersimpan",
    "jobs, runs and history are in the memory of this one process until the server at %(a)s answers, and then move "
    "there": "job, run, dan riwayat ada di memori satu proses ini sampai server di %(a)s menjawab, lalu pindah ke sana",
    "maxmemory-policy is %(a)s: a full server drops jobs and runs; set it to noeviction": "maxmemory-policy-nya "
    "%(a)s: server yang penuh membuang job dan run; atur ke noeviction",
    "no append-only file: runs can be lost when the server ends; set appendonly yes": "tanpa append-only file: run "
    "dapat hilang saat server berakhir; atur appendonly yes",
    "unknown": "tidak diketahui",
    "no program may run here: set AGENT_COMMAND_ALLOW_PREFIXES on the server to the commands to allow": (
        "tidak ada program yang boleh berjalan di sini: atur AGENT_COMMAND_ALLOW_PREFIXES di server ke perintah "
        "yang diizinkan"
    ),
    "reached, answered %(a)s; the credentials were not tried: %(b)s": "tercapai, menjawab %(a)s; kredensialnya tidak "
    "diuji: %(b)s",
    "it cannot be reached: %(a)s": "tidak tercapai: %(a)s",
    "it is the bot %(a)s": "ini bot %(a)s",
    "redis %(a)s at %(b)s": "redis %(a)s di %(b)s",
    "valkey %(a)s at %(b)s": "valkey %(a)s di %(b)s",
}
