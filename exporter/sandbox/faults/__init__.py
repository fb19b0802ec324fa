"""Scripted faults: rules say which requests are spoilt and how."""
