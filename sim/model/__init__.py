"""Barnraise for Mesa users: `CommunityModel`, a `mesa.Model`."""

from sim.model.community import CommunityModel

__all__ = ["CommunityModel"]
