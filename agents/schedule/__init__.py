"""When a watched URL is looked at again."""
