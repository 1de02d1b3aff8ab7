"""Barnraise: try on a simulated community what nobody can try on a real one."""

__version__ = "0.1.0"
