"""Texts that share too much with each other, shown to staff."""
