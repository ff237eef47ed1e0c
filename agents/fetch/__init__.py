"""Asking hosts for pages, politely."""
