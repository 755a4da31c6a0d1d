"""Who may come in, and by what: people with passwords, named tokens, tokens of the environment, and the first sign-in."""
