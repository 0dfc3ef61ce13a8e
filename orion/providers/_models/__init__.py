"""Models that `orion models pull` brings: the catalogue, the download, and what of it is there."""
