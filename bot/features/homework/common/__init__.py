"""What many got wrong, and the video that a teacher makes of it."""
