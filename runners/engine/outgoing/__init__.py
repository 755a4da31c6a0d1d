"""Everything that is sent to an address somebody else chose goes out through here: one gate, one transport behind it."""
