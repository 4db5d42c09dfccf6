"""What the community does: one file or folder per feature, and this list."""

from bot.features import access, checkin, guide, members, points, sharing, speech, staff, tasks

FEATURES = (
    checkin.feature,
    tasks.feature,
    points.feature,
    members.feature,
    sharing.feature,
    guide.feature,
    access.feature,
    staff.feature,
    speech.feature,
)
