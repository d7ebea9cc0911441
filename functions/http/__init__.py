"""The HTTP API, one router a topic."""
