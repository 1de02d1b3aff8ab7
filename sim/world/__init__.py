"""What exists in the world, and what happens in a day. It uses NumPy and Numba only.

Read `day.py` first: it holds the day's order. Each line of it is one file in `mechanisms`.
"""
