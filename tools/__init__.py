"""Checks and generators used by the Makefile; no part of the program."""
