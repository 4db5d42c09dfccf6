"""What people in a simulated course are called and say, in the language of the course."""
