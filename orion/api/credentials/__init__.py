"""Who may come in: passwords, tokens, keys, and how they end."""
