"""A stand-in for DaVinci Resolve: its scripting calls with all their silences, and a real colour engine.

It behaves as the real one was documented or measured to; where a thing is not known (order of a node's LUT
and CDL, luma weights, clamping), it is a switch, so that no test can pass by a guess.
The calls need the standard library of Python 3.6 only; ``colour`` alone needs numpy and Pillow.
"""
