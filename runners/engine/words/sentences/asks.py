"""What people are asked to decide on, and what an agent lacks."""

ASKS = {
    "to make first": "harus dibuat dahulu",
    "do again": "lakukan sekali lagi",
    "its reason": "alasannya",
    "if approved": "bila disetujui",
    "if rejected": "bila ditolak",
    "it is done once more, also if it was done before; then the run goes on": "dikerjakan sekali lagi, juga bila sebelumnya "
    "sudah dikerjakan; lalu run berlanjut",
    "it is not done again, and the run fails; what was done before stays done": "tidak dikerjakan lagi, dan run gagal; yang "
    "sudah dikerjakan sebelumnya tetap berlaku",
    "the agent wants to": "agen hendak",
    "and says why": "dan alasannya",
    "Start a run of %(a)s": "Mulai satu run dari %(a)s",
    "Let %(a)s use a %(b)s, until it is revoked": "Izinkan %(a)s memakai %(b)s, sampai dicabut",
    "Let %(a)s use a %(b)s, for %(c)s": "Izinkan %(a)s memakai %(b)s, selama %(c)s",
    "The run asks for approval": "Run ini meminta persetujuan",
    "Step %(a)s of %(b)s needs %(c)s": "Langkah %(a)s dari %(b)s memerlukan %(c)s",
    "The plan of %(a)s needs %(b)s": "Rencana %(a)s memerlukan %(b)s",
    "Step %(a)s of %(b)s was begun, and nobody knows whether it was done. Do it again?": "Langkah %(a)s dari %(b)s sudah "
    "dimulai, dan tidak ada yang tahu apakah selesai. Lakukan sekali lagi?",
    "Step %(a)s of %(b)s was begun %(c)s times, and nobody knows whether it was done. Do it again?": "Langkah %(a)s dari "
    "%(b)s sudah dimulai %(c)s kali, dan tidak ada yang tahu apakah selesai. Lakukan sekali lagi?",
    "Let %(a)s use a %(b)s, %(c)s": "Izinkan %(a)s memakai %(b)s, %(c)s",
    "MCP server '%(a)s': %(b)s": "server MCP '%(a)s': %(b)s",
    "the job may not %(a)s job '%(b)s'": "job ini tidak boleh melakukan %(a)s pada job '%(b)s'",
    "account '%(a)s' %(b)s; an admin keeps accounts": "akun '%(a)s' %(b)s; akun diurus oleh admin",
    "'%(a)s', who saved this job, may do that no longer; somebody who may has to save it again": "'%(a)s', yang menyimpan "
    "job ini, tidak boleh lagi melakukannya; orang yang berhak harus menyimpannya kembali",
    "nobody knows any more who saved this version of the job; save it again": "tidak diketahui lagi siapa yang menyimpan "
    "versi job ini; simpan kembali",
    "the steps of run '%(a)s' cannot be read (%(b)s); start a new run": "langkah-langkah run '%(a)s' tidak terbaca (%(b)s); "
    "mulai run baru",
    "the job may not run it": "job ini tidak boleh menjalankannya",
    "the job may not use account '%(a)s'": "job ini tidak boleh memakai akun '%(a)s'",
    "the job may not read below '%(a)s'": "job ini tidak boleh membaca di bawah '%(a)s'",
    "the job may not write to '%(a)s'": "job ini tidak boleh menulis ke '%(a)s'",
    "the job may not start job '%(a)s'": "job ini tidak boleh memulai job '%(a)s'",
    "the job may not schedule job '%(a)s'": "job ini tidak boleh menjadwalkan job '%(a)s'",
    "the job may not give job '%(a)s' a schedule that recurs until somebody takes it away": "job ini tidak boleh memberi job "
    "'%(a)s' jadwal yang berulang sampai ada yang mencabutnya",
    "the job does not allow tool '%(a)s' of MCP server '%(b)s'": "job ini tidak mengizinkan alat '%(a)s' dari server MCP '%(b)s'",
    "tool '%(a)s' of MCP server '%(b)s' changed since it was granted, or was granted without its fingerprint": "alat "
    "'%(a)s' dari server MCP '%(b)s' berubah sejak diizinkan, atau diizinkan tanpa sidiknya",
    "account '%(a)s' does not exist, or its record cannot be read; an admin keeps accounts": "akun '%(a)s' tidak ada, "
    "atau catatannya tidak terbaca; akun diurus oleh admin",
    "account '%(a)s' is disabled; an admin keeps accounts": "akun '%(a)s' dinonaktifkan; akun diurus oleh admin",
    "account '%(a)s' stands at a private address, which this server may not reach": "akun '%(a)s' berada di alamat "
    "privat, yang tidak boleh dijangkau server ini",
}
