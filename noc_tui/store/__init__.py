"""What is remembered of practice: a database, a SQLite file unless somebody shares one."""
