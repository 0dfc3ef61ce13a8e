"""What models write, read with tolerance: words, thoughts, tokens of templates, calls; no framework."""
