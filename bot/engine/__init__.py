"""One pipeline: claim, handle, judge, commit, deliver."""
