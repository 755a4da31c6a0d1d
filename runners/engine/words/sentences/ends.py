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
    "rejected by %(a)s": "ditolak oleh %(a)s",
    "its process ended by signal %(a)s (%(b)s)": "prosesnya berakhir oleh sinyal %(a)s (%(b)s)",
    "its process ended by signal %(a)s (%(b)s); out of memory, perhaps": "prosesnya berakhir oleh sinyal %(a)s "
    "(%(b)s); mungkin kehabisan memori",
    "its process ended with exit status %(a)s and gave no result": "prosesnya berakhir dengan status %(a)s tanpa hasil",
}
