"""Shots beside each other: which belong to one scene, and one solve for all grades of a scene."""
