"""What wakes the app up: HTTP, queues, timers, events."""
