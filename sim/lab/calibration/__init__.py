"""Calibration: the parameters graded *calibrated*, fitted to the rows of the evidence.

What comes out is not one best point but the set of vectors that the evidence does not rule out. A true evaluation runs
every row, which takes tens of seconds; so few are made, chosen by an emulator that learns from those made before.
"""
