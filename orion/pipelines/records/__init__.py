"""What a call leaves behind: turns, events, latency, usage, what it costs; no frame waits for any of it."""
