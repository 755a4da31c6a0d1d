"""How a run ended, where the platform and not its handler says so."""

ENDS = {
    "worker %(a)s stopped renewing its lease": "worker %(a)s berhenti memperbarui sewanya",
    "the worker could not renew its lease, and stopped the run": "worker tidak dapat memperbarui sewanya, dan "
    "menghentikan run",
    "waited longer than its expires_sec": "menunggu lebih lama dari expires_sec-nya",
    "ran longer than its timeout of %(a)s ms": "berjalan lebih lama dari batas waktunya, %(a)s md",
    "no handler serves type %(a)s on this worker": "tidak ada handler untuk jenis %(a)s pada worker ini",
    "the handler's output is not JSON: %(a)s": "keluaran handler bukan JSON: %(a)s",
    "the run's record cannot be read: %(a)s": "catatan run tidak dapat dibaca: %(a)s",
    "the record of its approval is gone, so nobody can decide on it; retry the run": "catatan persetujuannya hilang, jadi tidak ada "
    "yang dapat memutuskan; ulangi run-nya",
    "nobody decided on its approval in time": "tidak ada yang memutuskan persetujuannya tepat waktu",
    "nobody decided in time": "tidak ada yang memutuskan tepat waktu",
    "limit '%(a)s' is reached: %(b)s of %(c)s are used": "batas '%(a)s' tercapai: %(b)s dari %(c)s sudah terpakai",
    "the agent gave up: %(a)s": "agen menyerah: %(a)s",
    "people agreed, and it still lacks something: %(a)s": "orang sudah setuju, dan masih ada yang kurang: %(a)s",
    "the arguments of step %(a)s cannot be read by %(b)s of this version (%(c)s); look whether the step was done, then start "
    "a new run": "argumen langkah %(a)s tidak terbaca oleh %(b)s versi ini (%(c)s); periksa apakah langkah itu sudah "
    "dikerjakan, lalu mulai run baru",
    "rejected by %(a)s": "ditolak oleh %(a)s",
    "its process ended by signal %(a)s (%(b)s)": "prosesnya berakhir oleh sinyal %(a)s (%(b)s)",
    "its process ended by signal %(a)s (%(b)s); out of memory, perhaps": "prosesnya berakhir oleh sinyal %(a)s "
    "(%(b)s); mungkin kehabisan memori",
    "its process ended with exit status %(a)s and gave no result": "prosesnya berakhir dengan status %(a)s tanpa hasil",
}
