"""Nodes: what a process does beside its calls, shared with the other processes by the database."""
