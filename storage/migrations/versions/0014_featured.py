"""Messages that staff have marked as featured."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """The table comes with its feature."""
