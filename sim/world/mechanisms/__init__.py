"""The mechanisms: one file each, in the order of `sim.world.day`."""
