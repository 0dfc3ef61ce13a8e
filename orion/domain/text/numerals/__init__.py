"""Numbers in words, by language: cardinals, ordinals, years. Pure, one file per language."""
