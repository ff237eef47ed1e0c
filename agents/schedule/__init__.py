"""When to look at an article again: pure, without a clock, chance or I/O."""
