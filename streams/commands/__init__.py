"""The commands, one module each; `streams/cli.py` finds them by name."""
