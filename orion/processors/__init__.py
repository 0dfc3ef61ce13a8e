"""ORION's own frame processors: each translates frames for a decision that is made elsewhere."""
