"""The one loop that every face drives, what it records, and how recordings are read, verified and continued."""
