"""What who asked can do: see their questions, accept an answer, say more, close, open again, take back, rate."""
