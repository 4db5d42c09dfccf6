"""Homeroom (班主任): runs a course community inside group chats."""
