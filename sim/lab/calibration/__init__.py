"""Calibration: fitting the parameters graded *calibrated* to the rows of the evidence.

The result is the set of vectors that the evidence does not rule out, not only the best one. An evaluation runs every
row, which takes tens of seconds. So few are made, and an emulator of the earlier ones chooses the next.
"""
