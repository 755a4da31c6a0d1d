"""The fields that clients rely on, as the contract lists them: for each answer, what must be in it at least."""

JOB = """
job_id type schedule timeout_ms retry_policy inputs description tags enabled on_worker_lost requires_approval approvers
expires_sec pool version next_run_at last_run hold
"""
RUN = """
run_id job_id job_type job_version status attempt attempts source slot_at scheduled_at started_at finished_at result progress
trace_id actor
"""
DECISION = "decision slot_at reason observed limit blocked_by sentence"
ANSWERS = {
    "/healthz": "status",
    "/readyz": "status mode durability scheduler workers warnings",
    "/auth/me": "enabled role subject",
    "/queue": "depth delayed running pressure_mode oldest_wait_sec mode",
    "/agents": "id type status last_heartbeat_at version host pid doing",
    "/connectors": "channel account_id status last_heartbeat_at last_error reconnect_count",
    "/jobs": JOB,
    "/jobs/{job_id}": JOB,
    "/jobs/{job_id}/runs": RUN,
    "/jobs/{job_id}/versions": "version_id created_at source actor note spec diff",
    "/jobs/{job_id}/memory": "consecutive_failures cooldown_until cooldown_remaining_sec last_error last_failure_at last_success_at",
    "/jobs/{job_id}/decisions": DECISION,
    "/jobs/{job_id}/explain": "job_id verdicts hold sentence",
    "/jobs/{job_id}/forecast": "at local note",
    "/runs": RUN,
    "/runs/{run_id}": f"{RUN} inputs",
    "/runs/{run_id}/events": "id type timestamp data",
    "/events": "id type timestamp data",
    "/approvals": "approval_id status job_id run_id",
}
"""By the path of a GET; of a list, what each row has."""
PARAMETERS = {
    "get /jobs": "search enabled type flow_group tag limit=200:1-1000 offset=0",
    "delete /jobs/{job_id}": "cancel=False",
    "get /jobs/{job_id}/runs": "limit=50:1-500 offset=0",
    "get /jobs/{job_id}/decisions": "limit offset=0",
    "get /jobs/{job_id}/forecast": "count=10",
    "post /jobs/import": "dry_run=False",
    "get /runs": "job_id status source flow_group search since until limit=50:1-500 offset=0 full=False",
    "get /events": "since event_type search job_id run_id limit=200:1-500 offset=0",
    "get /approvals": "status job_id limit offset=0",
    "post /queue/pause": "priority",
    "post /queue/resume": "priority",
    "get /audit/logs": "limit offset=0",
}
"""By method and path: what a query string may name, with the default and the range where the contract states them."""
PLAN = "prompt timezone default_channel default_account_id"
BODIES = {
    "post /jobs/{job_id}/run": "inputs guards",
    "post /runs/bulk": "action filter expected",
    "post /planner/plan": PLAN,
    "post /planner/plan-ai": f"{PLAN} force_rule_based model_id ai_provider ai_account_id max_steps",
    "post /planner/execute": f"{PLAN} use_ai run_immediately wait_seconds",
}
"""What the body of a request may name."""
SENT_HEADERS = {
    "post /jobs": "Idempotency-Key If-Match If-None-Match",
    "put /jobs/{job_id}": "If-Match If-None-Match",
    "post /jobs/{job_id}/run": "Idempotency-Key",
    "get /events": "Last-Event-ID",
    "get /runs/{run_id}/logs": "Last-Event-ID Range",
}
LISTS = """
/jobs /jobs/{job_id}/runs /jobs/{job_id}/versions /jobs/{job_id}/decisions /runs /runs/{run_id}/events /events /approvals
/agents /connectors /integrations/accounts /integrations/mcp/servers /connector/telegram/accounts /automation/agent-workflows
/agents/memory /flow-groups /notifications/rules /notifications/deliveries /people /tokens /grants /audit/logs
"""
"""Whose pages X-Total-Count counts, and Link leads through."""
ATTEMPT = "attempt started_at finished_at worker_id outcome error"
RESULT = "success output error duration_ms"
METRICS = {
    "job_runs_total": "status type",
    "run_duration_seconds_bucket": "le",
    "run_wait_seconds_bucket": "le",
    "queue_depth": "priority",
    "queue_delayed": "",
    "runs_active": "",
    "dispatch_decisions_total": "decision guard",
    "scheduler_tick_seconds_bucket": "le",
    "scheduler_lag_seconds": "",
    "pressure_mode": "",
    "worker_slots": "state",
    "heartbeat_age_seconds": "type",
    "approvals_pending": "",
    "http_request_duration_seconds_bucket": "le status surface",
}
"""By the sample's name: its labels."""
EVENTS = """
system.api_started system.api_stopped system.worker_started system.worker_stopped system.scheduler_started
system.scheduler_stopped system.connector_started system.connector_stopped system.mode_changed
job.created job.updated job.enabled job.disabled job.deleted job.rolled_back job.paused job.resumed
flow.paused flow.resumed queue.paused queue.resumed job.cooldown_started job.cooldown_ended
run.queued run.started run.completed run.failed run.cancelled run.retry_scheduled run.lost run.stale_result_refused
run.approval_requested run.approval_decided
scheduler.pressure_mode_enabled scheduler.pressure_mode_released scheduler.dispatch_capped scheduler.slots_missed
scheduler.dispatch_skipped_pending_approval scheduler.dispatch_skipped_cooldown scheduler.dispatch_skipped_pressure
scheduler.dispatch_skipped_flow_limit scheduler.dispatch_skipped_overlap scheduler.leader_changed
approval.request_created approval.approved approval.rejected approval.expired approval.reminder
agent.workflow_executed agent.approval_requested agent.memory_reset automation.agent_workflow_saved
planner.plan_generated planner.ai_plan_generated planner.execute_completed
integration.account_upserted integration.account_deleted integration.mcp_server_upserted integration.mcp_server_deleted
integration.catalog_bootstrap connector.telegram.account_upserted connector.telegram.account_deleted
auth.signed_in auth.signed_out auth.refused notification.sent notification.failed
telegram.command.received telegram.command.planned telegram.command.executed telegram.command.rejected telegram.command.failed
"""
VARIABLES = """
REDIS_URL REDIS_HOST REDIS_PORT REDIS_DB REDIS_PASSWORD REDIS_TLS_URL QUEUE_MODE WORKER_CONCURRENCY
SCHEDULER_MAX_DISPATCH_PER_TICK SCHEDULER_PRESSURE_DEPTH_HIGH SCHEDULER_PRESSURE_DEPTH_LOW PORT WEB_CONCURRENCY SECRET_KEY
ENCRYPTION_KEYS DATA_DIR LOG_FORMAT MEMORY_FALLBACK HOST KEY_PREFIX WORKER_POOL SCHEDULER_TICK_SEC RUN_LEASE_SEC REAPER_TICK_SEC
SMTP_URL SHUTDOWN_GRACE METRICS_TOKEN HTTP_ALLOW_PRIVATE MULTIJOB_URL MULTIJOB_TOKEN TELEGRAM_API_BASE OPENAI_API_KEY
OPENAI_BASE_URL PLANNER_AI_MODEL CORS_ALLOW_ORIGINS AGENT_COMMAND_ALLOW_PREFIXES AGENT_COMMAND_ALLOWED_ROOTS
AGENT_FILES_ALLOWED_ROOTS AUTH_ENABLED AUTH_VIEWER_TOKEN AUTH_OPERATOR_TOKEN AUTH_ADMIN_TOKEN AUTH_API_KEYS AUTH_TOKEN_HEADER
AUTH_TOKEN_SCHEME
"""
COMMANDS = "up web scheduler worker connector status stop doctor job run approve plan user token audit export import"
