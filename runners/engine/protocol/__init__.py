"""The dispatch protocol: every change of a run's or a slot's state, as atomic scripts and the typed calls around them."""
