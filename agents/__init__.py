"""What happens to an event: one package a step, a pure core each."""
