"""One page of a finished folder that can be explored: no server, no network."""
