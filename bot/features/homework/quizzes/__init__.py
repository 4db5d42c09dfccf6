"""Quizzes: asked in private, judged at once, looked at question by question."""
