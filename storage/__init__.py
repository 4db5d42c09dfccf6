"""Rows: tables, transactions, what survives a crash."""
