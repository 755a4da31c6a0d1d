"""What is wrong with a field, an address, a schedule, or an account."""

FIELDS = {
    "say who you are": "sebutkan siapa Anda",
    'config is no JSON object; write one such as {"region": "eu"}': "config bukan objek JSON; tulis misalnya "
    '{"region": "eu"}',
    "%(a)s is not in the years 1970 to 9998": "%(a)s di luar tahun 1970 sampai 9998",
    "%(a)s is no day such as 2026-01-31": "%(a)s bukan hari seperti 2026-01-31",
    "cursor %(a)s is no place in this list; without it the list begins anew": "kursor %(a)s bukan tempat dalam daftar "
    "ini; tanpanya daftar dimulai dari awal",
    "%(a)s is no id of an event": "%(a)s bukan id peristiwa",
    "further inputs are no JSON object": "masukan lain bukan objek JSON",
    "%(a)s has no place in the form; correct it here first": "%(a)s tidak ada tempatnya di formulir; perbaiki di sini "
    "dahulu",
    "the text %(a)s is not an object with the fields of a job": "teks %(a)s bukan objek berisi isian job",
    "args: a quote has no partner": "args: ada tanda kutip tanpa pasangan",
    "from %(a)s is no offset in a log": "from %(a)s bukan posisi dalam log",
    "password is no text": "kata sandi bukan teks",
    "password has not %(a)s to %(b)s characters": "panjang kata sandi bukan %(a)s sampai %(b)s karakter",
    "password holds a character that cannot be typed": "kata sandi memuat karakter yang tidak dapat diketik",
    "password is easy to guess; take more words, none of them the name or a well-known password": (
        "kata sandi mudah ditebak; pakai lebih banyak kata, tanpa nama atau kata sandi yang terkenal"
    ),
    "has not %(a)s to %(b)s characters": "panjangnya bukan %(a)s sampai %(b)s karakter",
    "is easy to guess; take more words, none of them the name or a well-known password": "mudah ditebak; pakai lebih "
    "banyak kata, tanpa nama atau kata sandi yang terkenal",
    "type %(a)s is not known": "jenis %(a)s tidak dikenal",
    "type %(a)s is not known; did you mean %(b)s?": "jenis %(a)s tidak dikenal; maksud Anda %(b)s?",
    "%(a)s is not a whole number from %(b)s to %(c)s": "%(a)s bukan bilangan bulat dari %(b)s sampai %(c)s",
    "label %(a)s is not a line of at most 200 printable characters": "label %(a)s bukan satu baris dengan paling "
    "banyak 200 karakter tercetak",
    "base_url: %(a)s": "base_url: %(a)s",
    "%(a)s is not 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit": "%(a)s bukan 1 sampai 64 karakter dari "
    "A-Z a-z 0-9 . _ -, yang pertama huruf atau angka",
    "%(a)s has %(b)s entries; write at most %(c)s": "%(a)s memuat %(b)s entri; tulis paling banyak %(c)s",
    "%(a)s cannot be kept as JSON, exactly as it was sent": "%(a)s tidak dapat disimpan sebagai JSON persis seperti "
    "dikirim",
    "secrets is not an object of texts by their names": "secrets bukan objek berisi teks menurut namanya",
    "config is not an object": "config bukan objek",
    "%(a)s is no text; write it in quotes, or null to remove it": "%(a)s bukan teks; tulis dalam tanda kutip, atau "
    "null untuk menghapusnya",
    "an argument holds a character that cannot be printed": "sebuah argumen memuat karakter yang tidak tercetak",
    "an argument holds a password or a token; everybody on the machine can read it there, so put it into env": (
        "sebuah argumen memuat kata sandi atau token; semua orang di mesin itu dapat membacanya, jadi taruh di env"
    ),
    "cwd %(a)s holds a character that cannot be printed": "cwd %(a)s memuat karakter yang tidak tercetak",
    "url: %(a)s": "url: %(a)s",
    "%(a)s is not an object of texts by their names": "%(a)s bukan objek berisi teks menurut namanya",
    "transport is required: stdio or http": "transport wajib diisi: stdio atau http",
    "%(a)s is required for transport %(b)s": "%(a)s wajib diisi untuk transport %(b)s",
    "%(a)s means nothing for transport %(b)s; clear it with null": "%(a)s tidak berarti bagi transport %(b)s; "
    "kosongkan dengan null",
    "token is not a bot token such as 123456:ABC-DEF": "token bukan token bot seperti 123456:ABC-DEF",
    "name %(a)s is not 1 to 128 printable characters without spaces around them": "nama %(a)s bukan 1 sampai 128 "
    "karakter tercetak tanpa spasi di tepinya",
    "name %(a)s is not 1 to 64 of a-z 0-9 . _ @ - with a letter or digit first": "nama %(a)s bukan 1 sampai 64 "
    "karakter dari a-z 0-9 . _ @ - yang diawali huruf atau angka",
    "name %(a)s is not 1 to 64 of A-Z a-z 0-9 . _ @ - with a letter or digit first": "nama %(a)s bukan 1 sampai 64 "
    "karakter dari A-Z a-z 0-9 . _ @ - yang diawali huruf atau angka",
    "approvers states neither a role nor names, so nobody could decide": "approvers tidak menyebut peran maupun nama, "
    "jadi tidak ada yang dapat memutuskan",
    "quorum %(a)s is more than the %(b)s people named": "quorum %(a)s melebihi %(b)s orang yang disebut",
    "flow_group %(a)s is not 1 to 64 of A-Z a-z 0-9 . _ : -": "flow_group %(a)s bukan 1 sampai 64 karakter dari A-Z "
    "a-z 0-9 . _ : -",
    "unknown field %(a)s": "isian %(a)s tidak dikenal",
    "unknown field %(a)s; did you mean %(b)s?": "isian %(a)s tidak dikenal; maksud Anda %(b)s?",
    "inputs take %(a)s bytes as JSON; at most %(b)s (256 KiB) are kept": "inputs memakan %(a)s byte sebagai JSON; "
    "yang disimpan paling banyak %(b)s (256 KiB)",
    "inputs hold more than %(a)s values": "inputs memuat lebih dari %(a)s nilai",
    "job_id %(a)s is not 1 to 128 of A-Z a-z 0-9 . _ -": "job_id %(a)s bukan 1 sampai 128 karakter dari A-Z a-z 0-9 . "
    "_ -",
    "tag %(a)s is not 1 to 64 printable characters without spaces around them": "tag %(a)s bukan 1 sampai 64 karakter "
    "tercetak tanpa spasi di tepinya",
    "backoff_sec has %(a)s entries; write 1 to 20": "backoff_sec memuat %(a)s entri; tulis 1 sampai 20",
    "job_id %(a)s is reserved, no URL could name it; choose another": "job_id %(a)s dicadangkan karena tidak dapat "
    "disebut dalam URL; pilih yang lain",
    "description has %(a)s characters; write at most 2000": "description memuat %(a)s karakter; tulis paling banyak "
    "2000",
    "description holds a NUL or half a character; remove it": "description memuat NUL atau karakter yang terpotong; "
    "hapus",
    "pool %(a)s is not 1 to 64 of A-Z a-z 0-9 . _ -": "pool %(a)s bukan 1 sampai 64 karakter dari A-Z a-z 0-9 . _ -",
    "events: %(a)s is not an event type, such as run.failed or approval.*": "events: %(a)s bukan jenis peristiwa "
    "seperti run.failed atau approval.*",
    "events: %(a)s is not an event type, such as run.failed or approval.*; did you mean %(b)s?": (
        "events: %(a)s bukan jenis peristiwa seperti run.failed atau approval.*; maksud Anda %(b)s?"
    ),
    "webhook.secret is not 8 to 256 printable ASCII characters without spaces": "webhook.secret bukan 8 sampai 256 "
    "karakter ASCII tercetak tanpa spasi",
    "email.to: %(a)s is not a bare address such as ops@example.org": "email.to: %(a)s bukan alamat biasa seperti "
    "ops@example.org",
    "webhook.url: %(a)s": "webhook.url: %(a)s",
    "channel is %(a)s, so %(b)s is required": "channel-nya %(a)s, jadi %(b)s wajib diisi",
    "webhook.url is required": "webhook.url wajib diisi",
    "channel is %(a)s; leave %(b)s out, or send null": "channel-nya %(a)s; jangan isi %(b)s, atau kirim null",
    "bulk operation '%(a)s' %(b)s, so it cannot be undone": "operasi massal '%(a)s' %(b)s, jadi tidak dapat diurungkan",
    "the filter reaches further than can be looked at, so its runs cannot be counted; narrow it": (
        "saringannya menjangkau terlalu jauh sehingga run-nya tidak dapat dihitung; persempit"
    ),
    "%(a)s runs pass the filter now, not %(b)s; nothing was done": "kini %(a)s run cocok dengan saringan, bukan "
    "%(b)s; tidak ada yang dilakukan",
    "%(a)s jobs are selected now, not %(b)s; nothing was done": "Sekarang %(a)s job dipilih, bukan %(b)s; tidak ada "
    "yang dilakukan",
    "%(a)s jobs are selected, and one operation takes %(b)s at most; narrow the filter": "%(a)s job dipilih, "
    "sedangkan satu operasi menerima paling banyak %(b)s; persempit saringannya",
    "a job was changed since you looked; nothing was done; look again": "ada job yang berubah sejak Anda melihat; "
    "tidak ada yang dilakukan; lihat lagi",
    "action %(a)s needs a tag": "tindakan %(a)s memerlukan tag",
    "action %(a)s takes no tag; leave it out": "tindakan %(a)s tidak memakai tag; hilangkan",
    "bulk operation %(a)s changes jobs, so it cannot be undone; begin the opposite one": "operasi massal %(a)s "
    "mengubah job, jadi tidak dapat dibatalkan; mulai kebalikannya",
    "%(a)s is %(b)s, and may not delete jobs; that needs %(c)s": "%(a)s adalah %(b)s, dan tidak boleh menghapus job; "
    "itu memerlukan %(c)s",
    "%(a)s asked for this run, so somebody else decides on '%(b)s'": "%(a)s yang meminta run ini, jadi orang lain "
    "yang memutuskan '%(b)s'",
    "lasts_sec %(a)s is not 1 to %(b)s": "lasts_sec %(a)s bukan 1 sampai %(b)s",
    "value %(a)s is not 1 to %(b)s printable characters": "nilai %(a)s bukan 1 sampai %(b)s karakter tercetak",
    "interval_sec and cron are both given; give one of them": "interval_sec dan cron keduanya diberikan; berikan "
    "salah satu",
    "agent memory '%(a)s' has no failure signature '%(b)s'": "ingatan agen '%(a)s' tidak punya ciri kegagalan '%(b)s'",
    "job '%(a)s' has %(b)s active run(s); cancel them with it, or wait": "job '%(a)s' mempunyai %(b)s run aktif; "
    "batalkan bersamanya, atau tunggu",
    "the catalog has no %(a)s": "katalog tidak memuat %(a)s",
    "the catalog has no %(a)s; did you mean %(b)s?": "katalog tidak memuat %(a)s; maksud Anda %(b)s?",
    "agent '%(a)s' is a part of the one process that is everything in memory mode; end that one": (
        "agen '%(a)s' bagian dari satu-satunya proses dalam mode memori; akhiri proses itu"
    ),
    "agent '%(a)s' is a %(b)s; only workers %(c)s when asked, so end its process instead": "agen '%(a)s' adalah "
    "%(b)s; hanya worker yang %(c)s bila diminta, jadi akhiri prosesnya",
    "only people have a password; a token is replaced by a new one": "hanya orang yang mempunyai kata sandi; token "
    "diganti dengan yang baru",
    "expires_at is over; write a time ahead, or null for never": "expires_at sudah lewat; tulis waktu mendatang, atau "
    "null untuk selamanya",
    "port %(a)s is not in 1-65535": "port %(a)s tidak di antara 1-65535",
    "%(a)s has no closing bracket": "%(a)s tanpa kurung tutup",
    "host %(a)s leads to a private or reserved address; HTTP_ALLOW_PRIVATE can allow it": "host %(a)s menuju alamat "
    "privat atau khusus; HTTP_ALLOW_PRIVATE dapat mengizinkannya",
    "scheme %(a)s is not http or https": "skema %(a)s bukan http atau https",
    "host %(a)s is not a host name or an address without a zone": "host %(a)s bukan nama host atau alamat tanpa zona",
    "it holds a name or password; send them in a header": "memuat nama atau kata sandi; kirim lewat header",
    "host %(a)s does not resolve": "host %(a)s tidak dapat ditemukan",
    "headers: a name stands twice, in different case": "headers: satu nama tertulis dua kali dengan huruf berbeda",
    "header name %(a)s is not a token of RFC 9110": "nama header %(a)s bukan token RFC 9110",
    "header %(a)s belongs to the connection; leave it out": "header %(a)s milik koneksi; jangan diisi",
    "header %(a)s is not printable ASCII on one line of at most 8192 characters": "header %(a)s bukan ASCII tercetak "
    "satu baris dengan paling banyak 8192 karakter",
    "%(a)s is not 0 (off), nor a whole number from 2 to 30": "%(a)s bukan 0 (mati) dan bukan bilangan bulat 2 sampai "
    "30",
    "%(a)s is not the one of the path, '%(b)s'; leave it out": "%(a)s bukan yang ada di alamat, '%(b)s'; jangan diisi",
    "%(a)s is at version %(b)s now; read it again": "%(a)s kini versi %(b)s; baca lagi",
    "not ready: %(a)s": "belum siap: %(a)s",
    "at %(a)s is not %(b)s; write it as 2031-05-07T18:15:00Z": "at %(a)s bukan %(b)s; tulis seperti "
    "2031-05-07T18:15:00Z",
    "cron: %(a)s": "cron: %(a)s",
    "%(a)s is not a number, a name, a range, a list or a step": "%(a)s bukan angka, nama, rentang, daftar, atau "
    "langkah",
    "%(a)s is not in %(b)s-%(c)s": "%(a)s tidak di antara %(b)s-%(c)s",
    "%(a)s step %(b)s is not in 1-%(c)s": "langkah %(b)s pada %(a)s tidak di antara 1-%(c)s",
    "%(a)s runs backwards; write it as a list": "%(a)s berjalan mundur; tulis sebagai daftar",
    "has %(a)s characters; write at most %(b)s": "memuat %(a)s karakter; tulis paling banyak %(b)s",
    "%(a)s holds characters that cron does not know": "%(a)s memuat karakter yang tidak dikenal cron",
    "%(a)s has %(b)s fields; write five: minute hour day-of-month month day-of-week": "%(a)s memuat %(b)s bagian; "
    "tulis lima: menit jam tanggal bulan hari",
    "%(a)s does not fire within 8 years": "%(a)s tidak pernah jatuh tempo dalam 8 tahun",
    "schedule %(a)s; give exactly one of interval_sec, cron, at": "schedule %(a)s; beri tepat satu dari interval_sec, "
    "cron, at",
    "timezone %(a)s is not an IANA time zone; write one such as UTC or Asia/Jakarta": "timezone %(a)s bukan zona "
    "waktu IANA; tulis misalnya UTC atau Asia/Jakarta",
    "%(a)s has a name that refers to a secret; only texts may": "%(a)s bernama rujukan rahasia; hanya teks yang boleh",
    "%(a)s; pass it another way": "%(a)s; sampaikan dengan cara lain",
    "a request with this Idempotency-Key is being answered now; send it again in a second": "permintaan dengan "
    "Idempotency-Key ini sedang dijawab; kirim lagi sedetik kemudian",
    "a record that this needs is broken in the store, so nothing can be done; multijob doctor names it": (
        "catatan yang diperlukan rusak di penyimpanan, jadi tidak ada yang dapat dilakukan; multijob doctor menyebutnya"
    ),
    "job '%(a)s': %(b)s; save it again or delete it": "job '%(a)s': %(b)s; simpan lagi atau hapus",
    "the body is not JSON: %(a)s at line %(b)s column %(c)s": "isinya bukan JSON: %(a)s pada baris %(b)s kolom %(c)s",
    "the JSON is nested deeper than %(a)s levels": "JSON bersarang lebih dari %(a)s tingkat",
    "the name %(a)s stands twice in one object": "nama %(a)s tertulis dua kali dalam satu objek",
    "%(a)s is not true or false": "%(a)s bukan true atau false",
    "%(a)s is not an object": "%(a)s bukan objek",
    "%(a)s is not one of %(b)s": "%(a)s bukan salah satu dari %(b)s",
    "%(a)s is not a finite number": "%(a)s bukan bilangan terhingga",
    "%(a)s is not a number": "%(a)s bukan bilangan",
    "%(a)s is not more than %(b)s": "%(a)s tidak lebih dari %(b)s",
    "%(a)s is less than %(b)s": "%(a)s kurang dari %(b)s",
    "%(a)s is not a whole number": "%(a)s bukan bilangan bulat",
    "%(a)s is not less than %(b)s": "%(a)s tidak kurang dari %(b)s",
    "%(a)s is more than %(b)s": "%(a)s lebih dari %(b)s",
    "%(a)s is not a list": "%(a)s bukan daftar",
    "%(a)s is required": "%(a)s wajib diisi",
    "%(a)s does not match %(b)s": "%(a)s tidak cocok dengan %(b)s",
    "%(a)s has more than %(b)s characters": "%(a)s lebih dari %(b)s karakter",
    "%(a)s has fewer than %(b)s characters": "%(a)s kurang dari %(b)s karakter",
    "%(a)s is not text": "%(a)s bukan teks",
    "%(a)s has more than %(b)s entries": "%(a)s lebih dari %(b)s entri",
    "%(a)s has fewer than %(b)s entries": "%(a)s kurang dari %(b)s entri",
    "it has no token; set one": "tidak ada token; isi satu",
    "the Bot API does not take the token (it answered %(a)s)": "Bot API tidak menerima tokennya (jawabannya %(a)s)",
    "the Bot API did not answer within %(a)s s": "Bot API tidak menjawab dalam %(a)s detik",
    "nothing is at '%(a)s': an id that cannot be one, or no route; /docs lists all routes": "tidak ada apa pun di "
    "'%(a)s': id yang tidak mungkin, atau bukan alamat; /docs mendaftar semua alamat",
    "%(a)s problems; the first: %(b)s": "%(a)s masalah; yang pertama: %(b)s",
    "an unforeseen error, kept in the log under request id %(a)s": "kesalahan tak terduga, tercatat di log dengan id "
    "permintaan %(a)s",
    "role '%(a)s' may not do this; it needs '%(b)s'": "peran '%(a)s' tidak boleh melakukan ini; perlu '%(b)s'",
    "no key of this process opens it; put the key that it was sealed with into ENCRYPTION_KEYS": (
        "tidak ada kunci proses ini yang membukanya; masukkan kunci penyegelnya ke ENCRYPTION_KEYS"
    ),
    "%(a)s is not a number from %(b)s to %(c)s": "%(a)s bukan bilangan dari %(b)s sampai %(c)s",
    "a command has at most %(a)s bytes": "sebuah perintah paling banyak %(a)s byte",
    "an account answers by its token or by its webhook_url; clear one of them": "sebuah akun menjawab dengan token "
    "atau dengan webhook_url; kosongkan salah satunya",
    "a webhook writes into one chat, so that answers in others would be read there; name that chat alone": (
        "sebuah webhook menulis ke satu obrolan, sehingga jawaban untuk yang lain akan terbaca di sana; sebut "
        "obrolan itu saja"
    ),
    "it has no signing secret; set one": "ia tidak punya rahasia penanda tangan; isilah",
    "it has neither token nor webhook_url to answer by; set one": "ia tidak punya token maupun webhook_url untuk "
    "menjawab; isilah salah satu",
    "%(a)s is no guard's field": "%(a)s bukan isian sebuah penjaga",
    "%(a)s is no guard's field; %(b)s": "%(a)s bukan isian sebuah penjaga; %(b)s",
    "there is no chapter %(a)s in the handbook; /ui/help lists all": "tidak ada bab %(a)s di buku panduan; /ui/help "
    "memuat semuanya",
    "account_id '%(a)s' is the one of TELEGRAM_BOT_TOKEN; choose another": "account_id '%(a)s' adalah milik "
    "TELEGRAM_BOT_TOKEN; pilih yang lain",
    "at %(a)s is over, so the job would never run; write a time ahead, or null to run it when asked": (
        "at %(a)s sudah lewat, jadi job itu tidak akan pernah berjalan; tulis waktu mendatang, atau null agar "
        "berjalan bila diminta"
    ),
    "config takes %(a)s bytes as JSON; at most %(b)s are kept": "config memakan %(a)s byte sebagai JSON; yang "
    "disimpan paling banyak %(b)s",
    "filter.status must be one of %(a)s: only such runs can be %(b)s": "filter.status harus salah satu dari %(a)s: "
    "hanya run seperti itu yang dapat di-%(b)s",
    "inputs.%(a)s is a guard control; it belongs to the job, so change the job instead": "inputs.%(a)s adalah kendali "
    "penjaga; itu milik job, jadi ubah job-nya",
    "it is no address": "itu bukan alamat",
    "its parameter %(a)s is a secret by its name; send it in a header": "parameternya %(a)s rahasia menurut namanya; "
    "kirim dalam header",
    "since '%(a)s' is neither an event id nor a time such as 2026-01-31T12:00:00Z": "since '%(a)s' bukan id peristiwa "
    "dan bukan waktu seperti 2026-01-31T12:00:00Z",
    "the account would have %(a)s secrets; at most %(b)s are kept": "akun itu akan mempunyai %(a)s rahasia; yang "
    "disimpan paling banyak %(b)s",
    "the name %(a)s is not 1 to 128 of A-Z a-z 0-9 _, the first of them no digit": "nama %(a)s bukan 1 sampai 128 "
    "karakter dari A-Z a-z 0-9 _, yang pertama bukan angka",
    "the note has more than %(a)s characters, or one that cannot be shown": "catatannya lebih dari %(a)s karakter, "
    "atau memuat karakter yang tidak dapat ditampilkan",
    "the secret's name %(a)s is not 1 to 64 of A-Z a-z 0-9 _ . -": "nama rahasia %(a)s bukan 1 sampai 64 karakter "
    "dari A-Z a-z 0-9 _ . -",
    "%(a)s refers to a secret, and everybody on the machine could see it there": "%(a)s merujuk ke rahasia, dan semua "
    "orang di mesin itu dapat melihatnya di sana",
    "%(a)s would have %(b)s entries; at most %(c)s are kept": "%(a)s akan mempunyai %(b)s entri; yang disimpan paling "
    "banyak %(c)s",
    "%(a)s %(b)s holds a reference that is not %(c)s": "%(a)s %(b)s memuat rujukan yang bukan %(c)s",
}
