"""The stories: what each paper prints, and how it edits it; `streams.press.story` says how they are written."""
