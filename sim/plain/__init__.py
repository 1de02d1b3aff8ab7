"""The same world as ordinary Mesa agents, one object a person: the version to read first."""
