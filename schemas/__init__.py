"""What flows: one module an event, its JSON Schema, the AsyncAPI document and the error tree."""
