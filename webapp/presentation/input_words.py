"""What the handlers that come along say of their inputs, for the catalogues: a form says it in the language of its reader."""

from flask_babel import lazy_gettext as _l

INPUT_WORDS = (
    _l("what to do, in plain words"),
    _l("whose memory it uses, 1 to 64 of A-Z a-z 0-9 . _ : -; the job's id when left out"),
    _l("the account whose model answers, as provider/account_id; else the environment's, else the first"),
    _l("the model's name; else the account's own"),
    _l("what it may use without asking, as TOOL or TOOL:TARGET"),
    _l("how much one run may use"),
    _l("ask people for what it lacks, instead of failing"),
    _l("how to ask"),
    _l("where to ask; a private address must be allowed"),
    _l("headers to send along; write a secret as {{secret:openai/main/api_key}}: operators read what stands here"),
    _l("text goes as it is, any other JSON value as JSON"),
    _l("what counts as success, one status or a list; 200 to 299 when left out"),
    _l("how long the whole answer may take, in seconds"),
    _l("the program and its arguments, without a shell; it must be allowed"),
    _l("the folder in which it runs, within the allowed ones"),
    _l("what it reads from its standard input"),
    _l("how many backups stay, this one included"),
    _l("which kind of connector"),
    _l("whose connector is looked at"),
    _l("how old its last word may be, in seconds"),
    _l("how long to work, in ms"),
    _l("how much to give back, in KiB"),
    _l("how many attempts of each run fail first"),
)
