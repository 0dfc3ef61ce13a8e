"""HTTP for tools: one client per process, with deadlines and caps, guarded against SSRF."""
