"""Students: handing in, receipts, versions, what one has."""
