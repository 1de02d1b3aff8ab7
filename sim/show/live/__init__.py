"""The live page of a running community."""
