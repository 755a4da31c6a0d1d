"""What the handbook's pictures say, in Bahasa Indonesia; in the words of its chapters."""

INDONESIAN = {
    "A job and a due time make a slot, which ends in one decision": (
        "Sebuah job dan satu waktu jatuh tempo menjadi slot, yang berakhir dengan satu keputusan"
    ),
    "Job": "Job",
    "what, when, guards": "apa, kapan, penjaga",
    "Slot": "Slot",
    "job at a due time": "job pada jatuh tempo",
    "guards": "penjaga",
    "Decision": "Keputusan",
    "exactly one": "tepat satu",
    "Run": "Run",
    "Skipped, by a guard": "Dilewati penjaga",
    "Missed, nobody looked": "Terlewat, tak terlihat",
    "The guards in their order": "Para penjaga menurut urutannya",
    "paused": "dijeda",
    "dispatch cap": "batas pengiriman",
    "pending approval": "persetujuan",
    "cooldown": "masa tenang",
    "pressure": "tekanan",
    "flow limit": "batas grup alur",
    "overlap": "tumpang tindih",
    (
        "The first guard that holds decides. A held slot waits; its next slot replaces it, and "
        "then it counts as skipped."
    ): (
        "Penjaga pertama yang menahan memutuskan. Slot yang ditahan menunggu; slot berikutnya "
        "menggantikannya, lalu ia terhitung dilewati."
    ),
    "The states of a run": "Keadaan-keadaan sebuah run",
    "taken": "diambil",
    "it went well": "berhasil",
    "no attempt is left": "percobaan habis",
    "somebody cancels": "dibatalkan orang",
    "at its back-off time": "setelah waktu jedanya",
    "approved": "disetujui",
    "A lease, and what happens when it stands still": "Sebuah sewa, dan apa yang terjadi bila ia berhenti bergerak",
    "worker A": "worker A",
    "worker B": "worker B",
    "claims: token 1, renews its lease …": "mengambil: token 1, memperpanjang sewa …",
    "killed, or cut off": "mati, atau terputus",
    "scheduler": "penjadwal",
    "the lease stands still: twice": "sewa tidak bergerak: dua kali",
    "claims: token 2, redelivered": "token 2, redelivered",
    "A result that comes with token 1 from now on is refused, and counted.": (
        "Hasil dengan token 1 sejak saat ini ditolak, dan dihitung."
    ),
    "A flow group has places, and one waits for the next that is free": (
        "Grup alur mempunyai tempat, dan yang lain menunggu sampai ada yang kosong"
    ),
    "job A": "job A",
    "job B": "job B",
    "job C": "job C",
    "active run": "run aktif",
    "held": "ditahan",
    "flow_max_active_runs: 2": "flow_max_active_runs: 2",
    "the lowest that a member states": "yang terendah dari anggotanya",
    "goes when one of them ends": "jalan bila salah satunya usai",
    "Pressure has two marks": "Tekanan mempunyai dua tanda",
    "high mark: pressure begins": "tanda atas: tekanan mulai",
    "low mark: pressure ends": "tanda bawah: tekanan berakhir",
    "only critical jobs go out": "hanya job kritis yang dikirim",
    "runs that wait": "run yang menunggu",
    "A run waits for a person, who decides once": "Sebuah run menunggu seseorang, yang memutuskan satu kali",
    "shows": "menunjukkan",
    "Person": "Orang",
    "sees what would happen": "melihat akibatnya",
    "Approved": "Disetujui",
    "it goes on": "run diteruskan",
    "Rejected": "Ditolak",
    "it fails, not counted": "gagal, tidak dihitung",
    "Expired": "Kedaluwarsa",
    "nobody decided in time": "tidak ada yang memutuskan",
    "The mode follows from the server that is found": "Mode mengikuti server yang ditemukan",
    "Start": "Mulai",
    "tries the server": "mencoba server",
    "Redis 5 and later, Valkey": "Redis 5 ke atas, Valkey",
    "older, or Streams not permitted": "lebih lama, atau tanpa hak Streams",
    "no server at all": "tanpa server sama sekali",
    "kept as the server keeps it": "disimpan seperti server menyimpannya",
    "lost with the process": "hilang bersama prosesnya",
}
