"""How it flows: settings, topics, topology, the exactly-once transport, and the command line."""
