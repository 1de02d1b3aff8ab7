"""The same world as ordinary Mesa agents, one object a person: the version to read first. Begin with `day`."""

from sim.plain.day import PlainWorld

__all__ = ["PlainWorld"]
