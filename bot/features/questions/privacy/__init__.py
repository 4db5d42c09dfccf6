"""Who asked without a name, and what goes with a person."""
