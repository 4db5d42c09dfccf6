"""How soon questions are answered in the tests' course, and moments that matter."""

QUESTIONS = "within: 4h\nwarn_at: 75\nstep: 1h\nclaim_for: 30m\n"
NIGHTS = QUESTIONS + 'nights: {from: "22:00", until: "08:00"}\n'
"""Nobody is waited for at night."""
DUTY = (
    QUESTIONS
    + """
duty:
  monday:
    - {who: "local:lin", from: "09:00", until: "13:00"}
    - {who: "local:kim", from: "13:00", until: "18:00"}
"""
)
"""On Monday; from six on, and on all other days, nobody is on duty."""
