"""What every request passes: its true address, size, deadline and rate, and the headers of its answer."""
