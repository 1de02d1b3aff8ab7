"""The command line. Only this package knows Hydra."""
