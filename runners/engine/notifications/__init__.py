"""Who is told of what: rules, the choice of what they send, and how it reads. Pure; `runners.notifier` sends."""
