"""What people read: the message catalogues, zh_Hans and en, and how a text becomes spans."""
