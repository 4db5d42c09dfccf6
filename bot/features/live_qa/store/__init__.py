"""The tables of live sessions, and what is asked of them."""
