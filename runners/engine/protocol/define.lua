-- Saves, enables, disables or deletes one job; answers as `define` does.
return define(arg(), arg())
