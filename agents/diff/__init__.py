"""The step that works out what changed between two versions."""
