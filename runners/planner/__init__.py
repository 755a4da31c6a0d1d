"""A sentence in Bahasa Indonesia or English becomes a plan: specs, what they would change, when they would run. Never an action."""
