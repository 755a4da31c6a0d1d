"""What is refused: what does not exist, has changed meanwhile, is somebody else's or not allowed."""

REFUSALS = {
    "Name or password is wrong, or you may not sign in any more.": "Nama atau kata sandi salah, atau Anda tidak boleh "
    "masuk lagi.",
    "This token lets nobody in: it is wrong, expired or revoked.": "Token ini tidak memberi akses: salah, "
    "kedaluwarsa, atau dicabut.",
    "this token lets nobody in: it is wrong, expired or revoked": "token ini tidak memberi akses: salah, "
    "kedaluwarsa, atau dicabut",
    "say who you are: send %(a)s": "sebutkan siapa Anda: kirim %(a)s",
    "the body is larger than %(a)s bytes": "isinya lebih besar dari %(a)s byte",
    "group '%(a)s' of failures does not exist, or none of its runs is kept any more": "kelompok kegagalan '%(a)s' "
    "tidak ada, atau run-nya tidak disimpan lagi",
    "this code is not, or no longer, the one on the terminal; get a new one with `multijob user first`": (
        "kode ini bukan, atau bukan lagi, yang ada di terminal; ambil yang baru dengan `multijob user first`"
    ),
    "person '%(a)s' could not be made (%(b)s); try again": "orang '%(a)s' tidak dapat dibuat (%(b)s); coba lagi",
    "too many tries to sign in; try again in %(a)s minutes": "terlalu banyak upaya masuk; coba lagi dalam %(a)s menit",
    "too many passwords are being checked; try again in a moment": "terlalu banyak kata sandi sedang diperiksa; coba "
    "lagi sebentar lagi",
    "notification rule '%(a)s': its record cannot be read (%(b)s); delete it": "aturan pemberitahuan '%(a)s': "
    "catatannya tidak terbaca (%(b)s); hapus",
    "account '%(a)s': its record cannot be read (%(b)s); delete it": "akun '%(a)s': catatannya tidak terbaca (%(b)s); "
    "hapus",
    "MCP server '%(a)s': its record cannot be read (%(b)s); delete it": "server MCP '%(a)s': catatannya tidak terbaca "
    "(%(b)s); hapus",
    "linked chat '%(a)s': its record cannot be read (%(b)s); remove it": "obrolan tertaut '%(a)s': catatannya tidak "
    "terbaca (%(b)s); hapus",
    "job '%(a)s' is held: %(b)s": "job '%(a)s' ditahan: %(b)s",
    "job '%(a)s' does not exist": "job '%(a)s' tidak ada",
    "job '%(a)s' was changed at this moment; ask again": "job '%(a)s' baru saja diubah; minta lagi",
    "bulk operation '%(a)s' does not exist, or is not kept any more": "operasi massal '%(a)s' tidak ada, atau tidak "
    "disimpan lagi",
    "this Idempotency-Key began another bulk operation; take a new key": "Idempotency-Key ini sudah memulai operasi "
    "massal lain; pakai kunci baru",
    "approval '%(a)s' is not what was shown any more; read it again": "persetujuan '%(a)s' bukan lagi seperti yang "
    "ditampilkan; baca lagi",
    "'%(a)s' has agreed to '%(b)s' already; somebody else must agree, too": "'%(a)s' sudah menyetujui '%(b)s'; orang "
    "lain juga harus setuju",
    "'%(a)s' is none of the approvers of '%(b)s': %(c)s": "'%(a)s' bukan pemberi persetujuan '%(b)s': %(c)s",
    "approval '%(a)s' is not what was shown: its digest is %(b)s; read it again": "persetujuan '%(a)s' bukan seperti "
    "yang ditampilkan: sidiknya %(b)s; baca lagi",
    "approval '%(a)s' does not exist, or is not kept any more": "persetujuan '%(a)s' tidak ada, atau tidak disimpan "
    "lagi",
    "approval '%(a)s': its record cannot be read (%(b)s); cancel its run": "persetujuan '%(a)s': catatannya tidak "
    "terbaca (%(b)s); batalkan run-nya",
    "approval '%(a)s' does not exist": "persetujuan '%(a)s' tidak ada",
    "approval '%(a)s' is %(b)s already; it is decided once": "persetujuan '%(a)s' sudah %(b)s; keputusan hanya sekali",
    "approval '%(a)s' has expired; nobody decided in time": "persetujuan '%(a)s' kedaluwarsa; tidak ada yang "
    "memutuskan tepat waktu",
    "run '%(a)s' of %(b)s is not kept any more: ended runs are kept from %(c)s on; RUNS_KEPT and RUNS_KEPT_DAYS "
    "say for how long": "run '%(a)s' dari %(b)s tidak disimpan lagi: run yang berakhir disimpan sejak %(c)s; "
    "RUNS_KEPT dan RUNS_KEPT_DAYS menentukan lamanya",
    "run '%(a)s' does not exist": "run '%(a)s' tidak ada",
    "run '%(a)s': its record cannot be read (%(b)s); multijob doctor says what else is broken": (
        "run '%(a)s': catatannya tidak terbaca (%(b)s); multijob doctor menyebut apa lagi yang rusak"
    ),
    "the limit of flow group '%(a)s' keeps being changed by others; try again": "batas grup alur '%(a)s' terus diubah "
    "orang lain; coba lagi",
    "flow group '%(a)s' does not exist: no job names it, and nobody has given it a limit": "grup alur '%(a)s' tidak "
    "ada: tidak ada job yang menyebutnya, dan belum ada yang memberinya batas",
    "flow group '%(a)s' has another limit of its own than %(b)s; read it again": "grup alur '%(a)s' mempunyai batas "
    "sendiri selain %(b)s; baca lagi",
    "grant '%(a)s' does not exist": "izin '%(a)s' tidak ada",
    "job '%(a)s' keeps being changed by others; try again": "job '%(a)s' terus diubah orang lain; coba lagi",
    "job '%(a)s': its failure memory cannot be read; reset the memory": "job '%(a)s': ingatan kegagalannya tidak "
    "terbaca; kosongkan ingatannya",
    "job '%(a)s' exists already; choose another id, or replace it": "job '%(a)s' sudah ada; pilih id lain, atau ganti",
    "job '%(a)s' is of type '%(b)s', no agent workflow; choose another id": "job '%(a)s' bertipe '%(b)s', bukan alur "
    "kerja agen; pilih id lain",
    "agent memory '%(a)s' cannot be read (%(b)s); delete it": "ingatan agen '%(a)s' tidak dapat dibaca (%(b)s); "
    "hapuslah",
    "agent memory '%(a)s' keeps being changed by others; try again": "ingatan agen '%(a)s' terus diubah pihak lain; "
    "coba lagi",
    "nothing is remembered of agent '%(a)s'": "tidak ada yang diingat tentang agen '%(a)s'",
    "job '%(a)s' %(b)s, not at version %(c)s; read it again": "job '%(a)s' %(b)s, bukan versi %(c)s; baca lagi",
    "%(a)s '%(b)s' does not exist": "%(a)s '%(b)s' tidak ada",
    "%(a)s '%(b)s' was changed while it was tried; try again": "%(a)s '%(b)s' diubah selagi diuji; coba lagi",
    "'%(a)s' is %(b)s; to let job '%(c)s' run without approval needs admin": "'%(a)s' adalah %(b)s; membiarkan job "
    "'%(c)s' berjalan tanpa persetujuan memerlukan admin",
    "'%(a)s' is %(b)s; to say who approves runs of job '%(c)s' needs admin": "'%(a)s' adalah %(b)s; menentukan "
    "pemberi persetujuan run job '%(c)s' memerlukan admin",
    "four MCP servers are being tried at this moment; try again when one of them is done": "empat server MCP sedang "
    "diuji saat ini; coba lagi setelah salah satunya selesai",
    "delivery '%(a)s' is gone": "pengiriman '%(a)s' sudah hilang",
    "agent '%(a)s' does not exist": "agen '%(a)s' tidak ada",
    "agent '%(a)s' is gone; there is nothing to %(b)s": "agen '%(a)s' sudah tidak ada; tidak ada yang perlu di-%(b)s",
    "%(a)s does not exist": "%(a)s tidak ada",
    "person '%(a)s' keeps being changed by others; try again": "orang '%(a)s' terus diubah orang lain; coba lagi",
    "person '%(a)s' exists already; choose another name, or change the role or password": "orang '%(a)s' sudah ada; "
    "pilih nama lain, atau ubah peran atau kata sandinya",
    "there are %(a)s people already; delete those who are gone": "sudah ada %(a)s orang; hapus yang sudah pergi",
    "person '%(a)s' does not exist": "orang '%(a)s' tidak ada",
    "person '%(a)s' is at version %(b)s now; read it again": "orang '%(a)s' kini versi %(b)s; baca lagi",
    "person '%(a)s' is the last administrator; make another one first": "orang '%(a)s' administrator terakhir; buat "
    "yang lain dahulu",
    "'%(a)s' is %(b)s; %(c)s needs %(d)s": "'%(a)s' adalah %(b)s; %(c)s memerlukan %(d)s",
    "run '%(a)s' is %(b)s; only one that has not ended can be cancelled": "run '%(a)s' %(b)s; hanya yang belum "
    "berakhir dapat dibatalkan",
    "run '%(a)s' is %(b)s; only one that has ended can be retried": "run '%(a)s' %(b)s; hanya yang sudah berakhir "
    "dapat diulang",
    "version %(a)s of job '%(b)s' is no longer kept; run the job as it is now": "versi %(a)s job '%(b)s' tidak "
    "disimpan lagi; jalankan job seperti sekarang",
    "this is not your password now": "ini bukan kata sandi Anda sekarang",
    "somebody changed you meanwhile; sign in again": "sementara itu ada yang mengubah Anda; masuk lagi",
    "somebody deleted you meanwhile": "sementara itu ada yang menghapus Anda",
    "token '%(a)s' exists already; revoke it first, or choose another name": "token '%(a)s' sudah ada; cabut dahulu, "
    "atau pilih nama lain",
    "there are %(a)s tokens already; revoke those that nobody uses": "sudah ada %(a)s token; cabut yang tidak dipakai",
    "token '%(a)s' does not exist, or ended more than a month ago": "token '%(a)s' tidak ada, atau berakhir lebih "
    "dari sebulan lalu",
    "version %(a)s of job '%(b)s' is not kept; the last 100 are": "versi %(a)s job '%(b)s' tidak disimpan; yang "
    "disimpan 100 terakhir",
    "others keep writing to the audit at this moment, and nothing was changed; try again": "orang lain terus menulis "
    "ke audit saat ini, dan tidak ada yang diubah; coba lagi",
    "%(a)s does not exist, so no version of it can be changed": "%(a)s tidak ada, jadi tidak ada versinya yang dapat "
    "diubah",
    "%(a)s exists already, at version %(b)s; choose another id, or change it": "%(a)s sudah ada, versi %(b)s; pilih "
    "id lain, atau ubah",
    "the store cannot be reached; try again in a moment": "penyimpanan tidak tercapai; coba lagi sebentar lagi",
    "the store takes no changes now; see /readyz for the reason": "penyimpanan tidak menerima perubahan saat ini; "
    "lihat sebabnya di /readyz",
    "job '%(a)s' is held: its failure memory cannot be read; reset the memory": "job '%(a)s' ditahan: ingatan "
    "kegagalannya tidak terbaca; kosongkan ingatannya",
    "%(a)s '%(b)s': its record cannot be read (%(c)s); delete it": "%(a)s '%(b)s': catatannya tidak terbaca (%(c)s); "
    "hapus",
    "version %(a)s of job '%(b)s' cannot be read (%(c)s)": "versi %(a)s job '%(b)s' tidak terbaca (%(c)s)",
    "the store does not do its part (%(a)s); try again": "penyimpanan tidak menjalankan tugasnya (%(a)s); coba lagi",
    "a change that another site asks for is refused; add its origin to CORS_ALLOW_ORIGINS to allow it": (
        "perubahan yang diminta situs lain ditolak; tambahkan asalnya ke CORS_ALLOW_ORIGINS untuk mengizinkannya"
    ),
    "'%(a)s' is no person; sign in with a name and a password to link a chat to it": "'%(a)s' bukan orang; masuklah "
    "dengan nama dan kata sandi untuk menautkan obrolan",
    "this is not the secret of the webhook": "ini bukan rahasia webhook",
    "too many updates wait already; send it again later": "sudah terlalu banyak pembaruan yang menunggu; kirim lagi "
    "nanti",
    "this is not signed by the account's secret within the last five minutes": "ini tidak ditandatangani dengan "
    "rahasia akun dalam lima menit terakhir",
    "too many commands wait already; send it again later": "terlalu banyak perintah sudah menunggu; kirim lagi nanti",
    "no chat '%(a)s' is linked to '%(b)s'": "tidak ada obrolan '%(a)s' yang tertaut pada '%(b)s'",
    "the link could not be made (%(a)s); try again, or have links removed that nobody needs": (
        "tautan tidak dapat dibuat (%(a)s); coba lagi, atau minta tautan yang tidak diperlukan dihapus"
    ),
    "this code does not count: it is wrong, was used, or its ten minutes are over; make a new one": (
        "kode ini tidak berlaku: salah, sudah dipakai, atau sepuluh menitnya sudah lewat; buat yang baru"
    ),
    "what is told to chat '%(a)s' cannot be read (%(b)s)": "yang diberitahukan kepada obrolan '%(a)s' tidak dapat "
    "dibaca (%(b)s)",
    "this chat did not subscribe to notification rule '%(a)s'": "obrolan ini tidak berlangganan aturan notifikasi "
    "'%(a)s'",
    "this chat hears of %(a)s rules already; unsubscribe from one first": "obrolan ini sudah diberi tahu oleh %(a)s "
    "aturan; berhentilah berlangganan salah satunya dulu",
    "run '%(a)s' cannot be retried: job '%(b)s' is deleted; save the job again first": "run '%(a)s' tidak dapat "
    "diulang: job '%(b)s' sudah dihapus; simpan lagi job-nya dulu",
}
