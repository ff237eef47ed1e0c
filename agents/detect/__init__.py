"""The step that reads fetches and finds new versions."""
