"""Programs of the server's own list: which may run and where, and running one so that nothing of it is left behind."""
