"""What an examination finds, and what is said of a store that is not as it has to be."""

FOUND = {
    "every key is of its kind: %(a)s": "setiap kunci sesuai jenisnya: %(a)s",
    "at most one active run of a job, unless overlap is allowed: %(a)s": "paling banyak satu run aktif per job, "
    "kecuali tumpang tindih diizinkan: %(a)s",
    "a flow group's active runs stay within its limit: %(a)s": "run aktif sebuah grup alur tetap dalam batasnya: %(a)s",
    "slot sets are the active runs: %(a)s": "himpunan slot adalah run yang aktif: %(a)s",
    "leases are the running runs, pending sets the queued ones: %(a)s": "sewa adalah run yang berjalan, himpunan "
    "tunggu adalah yang dalam antrean: %(a)s",
    "every queued run has a message, or is pushed again: %(a)s": "setiap run dalam antrean mempunyai pesan, atau "
    "didorong lagi: %(a)s",
    "tokens only rise, one holder each: %(a)s": "token hanya naik, masing-masing satu pemegang: %(a)s",
    "an end is final, and one: %(a)s": "sebuah akhir itu final, dan satu: %(a)s",
    "each slot is decided once: %(a)s": "setiap slot diputuskan sekali: %(a)s",
    "every run can end, every open slot is looked at again: %(a)s": "setiap run dapat berakhir, setiap slot terbuka "
    "dilihat lagi: %(a)s",
    "pressure follows its two marks: %(a)s": "tekanan mengikuti kedua tandanya: %(a)s",
    "dispatches per tick stay within the cap: %(a)s": "pengiriman per detak tetap dalam batas: %(a)s",
    "cooldowns follow their formula: %(a)s": "masa tenang mengikuti rumusnya: %(a)s",
    "what waits for a person has an open approval: %(a)s": "yang menunggu seseorang mempunyai persetujuan terbuka: "
    "%(a)s",
    "no more attempts than allowed, no retry lost: %(a)s": "percobaan tidak melebihi yang diizinkan, tidak ada "
    "pengulangan yang hilang: %(a)s",
    "all times are the store's: %(a)s": "semua waktu adalah waktu penyimpanan: %(a)s",
    "%(a)s is a %(b)s and not a %(c)s: rename it away, it is none of ours": "%(a)s adalah %(b)s dan bukan %(c)s: "
    "ganti namanya, itu bukan milik kita",
    "the server's clock is %(a)s s ahead of this machine's; schedules follow the server's: let both ask a time "
    "server": "jam server %(a)s dtk di depan jam mesin ini; jadwal mengikuti jam server: biarkan keduanya bertanya "
    "pada server waktu",
    "the server's clock is %(a)s s behind this machine's; schedules follow the server's: let both ask a time server": (
        "jam server %(a)s dtk di belakang jam mesin ini; jadwal mengikuti jam server: biarkan keduanya bertanya "
        "pada server waktu"
    ),
    "the append-only file could not be written; see the server's log and its disk": "berkas append-only tidak dapat "
    "ditulis; lihat log server dan disknya",
    "the append-only file could not be rewritten; see the server's log and its disk": "berkas append-only tidak dapat "
    "ditulis ulang; lihat log server dan disknya",
    "the last snapshot failed; see the server's log and its disk": "snapshot terakhir gagal; lihat log server dan "
    "disknya",
    "%(a)s; nearly full: raise maxmemory, or keep less history (RUNS_KEPT)": "%(a)s; hampir penuh: naikkan maxmemory, "
    "atau simpan riwayat lebih sedikit (RUNS_KEPT)",
    "%(a)s; much is lost to fragmentation: turn activedefrag on, or restart it": "%(a)s; banyak yang hilang karena "
    "fragmentasi: nyalakan activedefrag, atau mulai ulang",
    "it cannot be read, so every change is refused: %(a)s": "tidak dapat dibaca, maka setiap perubahan ditolak: %(a)s",
    "%(a)s; see `multijob audit verify`": "%(a)s; lihat `multijob audit verify`",
    "the store has the wrong eviction policy '%(a)s' and may drop jobs; set maxmemory-policy noeviction": (
        "penyimpanan mempunyai kebijakan pengusiran yang salah '%(a)s' dan dapat membuang job; setel "
        "maxmemory-policy noeviction"
    ),
    "the store is used in other mode '%(a)s', and this process speaks '%(b)s'; restart it": "penyimpanan dipakai "
    "dalam mode lain '%(a)s', dan proses ini memakai '%(b)s'; mulai ulang",
    "the store is read-only; point REDIS_URL at its primary": "penyimpanan hanya dapat dibaca; arahkan REDIS_URL ke "
    "server utamanya",
    "the store is full; raise its maxmemory or let retention make room": "penyimpanan penuh; naikkan maxmemory atau "
    "biarkan retensi memberi ruang",
    "the store is loading its records; wait": "penyimpanan sedang memuat rekamannya; tunggu",
    "the store cannot write to its disk and refuses changes; see its log": "penyimpanan tidak dapat menulis ke "
    "disknya dan menolak perubahan; lihat lognya",
    "I1 to I15 looked at in %(a)s jobs and %(b)s runs (all that are active, and the newest %(c)s of each end)": (
        "I1 sampai I15 diperiksa pada %(a)s job dan %(b)s run (semua yang aktif, dan %(c)s terbaru dari setiap akhir)"
    ),
}
