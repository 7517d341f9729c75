"""Mutation testing of the programme engine: one small change at a time, and a test must notice."""
