"""Why a door does not offer an operation. Every operation that a door lacks stands here, under its reason, and no other does."""

from collections.abc import Mapping

PICTURE = "what a page is drawn from: figures, strips and parts that mean nothing by themselves"
STREAM = "how programs go on reading where they stopped; the page and the chat follow by themselves"
OF_A_CHAT = "what one chat is told is asked in that chat"
OF_ONESELF = "a person's own session, look and language; programs have none"
SECRET = "secrets and passwords are never typed into a chat, whose provider reads along"
FORM = "has more fields than a line of chat; a sentence (/run), the page or a file makes it"
ADMINISTRATION = "who may do what, and with what the platform speaks, is set up where all of it is in sight"
FOR_EVER = "cannot be brought back, and a chat does not show all that hangs on it"
MANY = "acts on many at once; the page and the terminal show all of them before"
DETAIL = "a detail of the page; the chat's answer leads there by its link"
BY_API = "`multijob api` asks for it; nobody has needed a command of its own yet"
ON_THE_MACHINE = "touches keys and files of the machine itself, so only its terminal does it"
EVENTS_TELL = "the events of the type telegram.command.* or slack.command.* tell the same, and more"

PICTURES = (
    "about at_work depth_history job_strips jobs_beginning last_examination leaf_events list_decisions next_slots "
    "overview run_counts run_decision slot_days spread_of_runs vitals get_failure list_job_bulks run_approvals"
)
OWN_CHATS = "link_own_chat own_chats unlink_own_chat"
TOLD_IN_CHAT = "get_listener mute_chat rules_to_hear subscribe unsubscribe"
ADMINISTERED = (
    "bootstrap_catalog get_account get_mcp_server get_person get_rule get_slack_account get_telegram_account get_token "
    "link_chat list_accounts list_audit list_catalog list_chats list_deliveries list_grants list_mcp_servers list_people "
    "list_rules list_slack_accounts list_telegram_accounts list_tokens list_turned_away request_grant revoke_grant "
    "revoke_token test_account test_mcp_server test_rule test_slack_account test_telegram_account unlink_chat"
)

ABSENT: Mapping[str, Mapping[str, str]] = {
    "page": {
        STREAM: "last_event_id list_events tail_events",
        OF_A_CHAT: TOLD_IN_CHAT,
        "documents are for files; the page edits one job at a time": "export_document import_jobs",
        ON_THE_MACHINE: "rotate_secrets make_backup restore_backup",
    },
    "api": {
        PICTURE: PICTURES,
        OF_A_CHAT: TOLD_IN_CHAT,
        OF_ONESELF: f"change_own_password choose_preferences end_own_sessions own_preferences own_sessions {OWN_CHATS}",
        "one of the rows of GET /chats": "get_chat",
        EVENTS_TELL: "last_messages",
        "/jobs/preview checks and foretells any spec": "preview_agent_workflow",
        "the answer of /jobs/{id}/versions and of /openapi.json": "handler_types input_schema job_version",
        "asked by pressing it; a scheduler examines by itself every five minutes": "ask_examination",
        ON_THE_MACHINE: "rotate_secrets make_backup restore_backup",
    },
    "cli": {
        PICTURE: PICTURES,
        STREAM: "last_event_id list_events tail_events",
        OF_A_CHAT: TOLD_IN_CHAT,
        OF_ONESELF: f"change_own_password choose_preferences end_own_sessions own_preferences own_sessions {OWN_CHATS}",
        "a row among those of `user chats`": "get_chat",
        EVENTS_TELL: "last_messages",
        "`multijob doctor` examines at once, and says what it found": "ask_examination",
        "among the rows of `job versions`": "job_version",
        BY_API: "preview_agent_workflow bootstrap_catalog connectors delete_account delete_mcp_server "
        "delete_rule delete_slack_account delete_telegram_account get_account get_flow_group get_mcp_server get_person get_rule "
        "get_slack_account get_telegram_account get_token handler_types input_schema list_accounts list_audit list_catalog "
        "list_deliveries list_flow_groups list_mcp_servers list_rules list_slack_accounts list_telegram_accounts list_turned_away memory "
        "pressure preview reset_memory run_events save_account save_mcp_server save_rule "
        "save_slack_account save_telegram_account set_flow_limit test_account test_mcp_server test_rule test_slack_account "
        "test_telegram_account",
    },
    "chat": {
        PICTURE: f"{PICTURES} coming_day crowding held_by what_if",
        STREAM: "last_event_id list_events tail_events",
        SECRET: "change_own_password change_person create_person create_token rotate_secrets save_account "
        "save_mcp_server save_rule save_slack_account save_telegram_account",
        FORM: "preview_agent_workflow save_agent_workflow export_document handler_types import_jobs input_schema "
        "preview save_job set_flow_limit",
        ADMINISTRATION: ADMINISTERED,
        FOR_EVER: "forget_agent_memory delete_account delete_job delete_mcp_server delete_person delete_rule "
        "delete_slack_account delete_telegram_account reset_memory roll_back",
        MANY: "begin_bulk begin_job_bulk bulk_items get_bulk get_job_bulk list_bulks preview_job_bulk undo_bulk "
        "undo_job_bulk",
        ON_THE_MACHINE: "make_backup restore_backup",
        "a worker is stopped where somebody can see that another takes over": "drain_agent stop_agent",
        OF_ONESELF: "end_own_sessions own_sessions",
        "/link takes the code that the page or the terminal made": f"{OWN_CHATS} get_chat",
        DETAIL: "agent_memories agent_memory agent_memory_users list_agent_workflows run_steps connectors last_messages decisions "
        "get_flow_group job_version job_versions list_failures list_flow_groups memory pools pressure run_events",
        "`multijob doctor` and the page say what an examination found": "ask_examination",
    },
}
