"""The local web chat: a platform of its own, with rooms, people, messages and updates that wait to be acknowledged."""
