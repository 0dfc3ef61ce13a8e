"""What an agent decides: the roster of agents. No frames, no HTTP."""
