"""Everything on one machine: `multijob up` and its supervisor, `status` and `stop`."""
