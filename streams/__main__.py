"""`python -m streams` is `newsdiff`."""

from streams.cli import main

main()
