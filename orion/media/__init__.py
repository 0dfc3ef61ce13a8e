"""Media: VAD, turn ends, shared models. Knows no vendor."""
