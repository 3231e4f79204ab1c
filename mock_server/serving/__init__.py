"""The command's server: one parent that watches and speaks, and workers that answer."""
