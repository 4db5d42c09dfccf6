"""Grades for the staff's own tables."""
