"""Everything that a person or a program may ask for: one function each, with its role, for all four doors alike.

The first arguments are always the platform and the actor. Doors (pages, API, command line, chat) call nothing else.
"""

from runners.engine.errors import Problem
from runners.engine.forecast import FireTime
from runners.engine.operations.accounts import (
    delete_account,
    get_account,
    list_accounts,
    save_account,
    test_account,
)
from runners.engine.operations.auditing import list_audit, list_turned_away
from runners.engine.operations.bulk import begin_bulk, bulk_items, get_bulk, list_bulks, undo_bulk
from runners.engine.operations.crowding import coming_day, crowding
from runners.engine.operations.deciding import Verdict, decide_approval, get_approval, list_approvals, run_approvals
from runners.engine.operations.explaining import Explanation, decisions, explain, list_decisions
from runners.engine.operations.failures import get_failure, list_failures
from runners.engine.operations.flow_groups import FlowGroupView, get_flow_group, list_flow_groups, set_flow_limit
from runners.engine.operations.foretelling import Preview, forecast, preview
from runners.engine.operations.grants import list_grants, request_grant, revoke_grant
from runners.engine.operations.handlers import handler_types, input_schema
from runners.engine.operations.insight import about, ask_examination, last_examination, spread_of_runs
from runners.engine.operations.job_bulk import (
    Plan,
    Selection,
    begin_job_bulk,
    get_job_bulk,
    list_job_bulks,
    preview_job_bulk,
)
from runners.engine.operations.jobs import (
    delete_job,
    get_job,
    job_strips,
    list_jobs,
    memory,
    reset_memory,
    save_job,
    set_enabled,
)
from runners.engine.operations.mcp_servers import (
    delete_mcp_server,
    get_mcp_server,
    list_mcp_servers,
    save_mcp_server,
    test_mcp_server,
)
from runners.engine.operations.notifications import (
    SavedRule,
    delete_rule,
    get_rule,
    list_deliveries,
    list_rules,
    save_rule,
    test_rule,
)
from runners.engine.operations.offers import Bootstrapped, Offer, bootstrap_catalog, list_catalog
from runners.engine.operations.overview import Overview, overview
from runners.engine.operations.pausing import (
    drain_agent,
    pause_flow,
    pause_job,
    pause_queue,
    pauses,
    resume_flow,
    resume_job,
    resume_queue,
    stop_agent,
)
from runners.engine.operations.people import change_person, create_person, delete_person, get_person, list_people
from runners.engine.operations.preferences import choose_preferences, own_preferences
from runners.engine.operations.roles import OPERATIONS, Actor, Role
from runners.engine.operations.run_changes import Cancellation, cancel_run, retry_run
from runners.engine.operations.run_logs import LogPart, run_log
from runners.engine.operations.run_waits import RunExplanation, explain_run
from runners.engine.operations.runs import get_run, list_runs, run_counts, run_decision, run_events, run_job
from runners.engine.operations.secrets import Rotation, rotate_secrets
from runners.engine.operations.sessions import change_own_password, end_own_sessions, own_sessions
from runners.engine.operations.slots import next_slots, slot_days
from runners.engine.operations.telegram_accounts import (
    delete_telegram_account,
    get_telegram_account,
    list_telegram_accounts,
    save_telegram_account,
    test_telegram_account,
)
from runners.engine.operations.then import Then, why_then
from runners.engine.operations.tokens import NewToken, create_token, get_token, list_tokens, revoke_token
from runners.engine.operations.transfer import ImportResult, ImportRow, export_document, import_jobs
from runners.engine.operations.versions import VersionView, job_version, job_versions, roll_back
from runners.engine.operations.watching import (
    agents,
    at_work,
    connectors,
    depth_history,
    held_by,
    last_event_id,
    leaf_events,
    list_events,
    pressure,
    queue,
    tail_events,
    vitals,
)
from runners.engine.preferences import Preferences
from runners.engine.protocol.restoring import Limit
from runners.engine.store.audit import AuditEntry, AuditFilter
from runners.engine.store.contents import Contents
from runners.engine.store.deliveries import Delivery, DeliveryFilter, DeliveryStatus
from runners.engine.store.event_log import Event, EventFilter
from runners.engine.store.event_pages import EventPage
from runners.engine.store.events import Tail
from runners.engine.store.failure_memory import FailureMemory
from runners.engine.store.flow_groups import FlowGroup
from runners.engine.store.job_index import JobFilter, Order
from runners.engine.store.ledger import DecisionFilter, Stretch
from runners.engine.store.page import Page
from runners.engine.store.pauses import Pauses
from runners.engine.store.people import Person
from runners.engine.store.pressure import Pressure
from runners.engine.store.run_index import RunFilter
from runners.engine.store.sessions import Session
from runners.engine.store.tokens import Token

__all__ = [
    "OPERATIONS",
    "Actor",
    "AuditEntry",
    "AuditFilter",
    "Bootstrapped",
    "Cancellation",
    "Contents",
    "DecisionFilter",
    "Delivery",
    "DeliveryFilter",
    "DeliveryStatus",
    "Event",
    "EventFilter",
    "EventPage",
    "Explanation",
    "FailureMemory",
    "FireTime",
    "FlowGroup",
    "FlowGroupView",
    "ImportResult",
    "ImportRow",
    "JobFilter",
    "Limit",
    "LogPart",
    "NewToken",
    "Offer",
    "Order",
    "Overview",
    "Page",
    "Pauses",
    "Person",
    "Plan",
    "Preferences",
    "Pressure",
    "Preview",
    "Problem",
    "Role",
    "Rotation",
    "RunExplanation",
    "RunFilter",
    "SavedRule",
    "Selection",
    "Session",
    "Stretch",
    "Tail",
    "Then",
    "Token",
    "Verdict",
    "VersionView",
    "about",
    "agents",
    "ask_examination",
    "at_work",
    "begin_bulk",
    "begin_job_bulk",
    "bootstrap_catalog",
    "bulk_items",
    "cancel_run",
    "change_own_password",
    "change_person",
    "choose_preferences",
    "coming_day",
    "connectors",
    "create_person",
    "create_token",
    "crowding",
    "decide_approval",
    "decisions",
    "delete_account",
    "delete_job",
    "delete_mcp_server",
    "delete_person",
    "delete_rule",
    "delete_telegram_account",
    "depth_history",
    "drain_agent",
    "end_own_sessions",
    "explain",
    "explain_run",
    "export_document",
    "forecast",
    "get_account",
    "get_approval",
    "get_bulk",
    "get_failure",
    "get_flow_group",
    "get_job",
    "get_job_bulk",
    "get_mcp_server",
    "get_person",
    "get_rule",
    "get_run",
    "get_telegram_account",
    "get_token",
    "handler_types",
    "held_by",
    "import_jobs",
    "input_schema",
    "job_strips",
    "job_version",
    "job_versions",
    "last_event_id",
    "last_examination",
    "leaf_events",
    "list_accounts",
    "list_approvals",
    "list_audit",
    "list_bulks",
    "list_catalog",
    "list_decisions",
    "list_deliveries",
    "list_events",
    "list_failures",
    "list_flow_groups",
    "list_grants",
    "list_job_bulks",
    "list_jobs",
    "list_mcp_servers",
    "list_people",
    "list_rules",
    "list_runs",
    "list_telegram_accounts",
    "list_tokens",
    "list_turned_away",
    "memory",
    "next_slots",
    "overview",
    "own_preferences",
    "own_sessions",
    "pause_flow",
    "pause_job",
    "pause_queue",
    "pauses",
    "pressure",
    "preview",
    "preview_job_bulk",
    "queue",
    "request_grant",
    "reset_memory",
    "resume_flow",
    "resume_job",
    "resume_queue",
    "retry_run",
    "revoke_grant",
    "revoke_token",
    "roll_back",
    "rotate_secrets",
    "run_approvals",
    "run_counts",
    "run_decision",
    "run_events",
    "run_job",
    "run_log",
    "save_account",
    "save_job",
    "save_mcp_server",
    "save_rule",
    "save_telegram_account",
    "set_enabled",
    "set_flow_limit",
    "slot_days",
    "spread_of_runs",
    "stop_agent",
    "tail_events",
    "test_account",
    "test_mcp_server",
    "test_rule",
    "test_telegram_account",
    "undo_bulk",
    "vitals",
    "why_then",
]
