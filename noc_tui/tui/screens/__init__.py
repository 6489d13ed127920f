"""The screens: each a file, with a stylesheet of the same name where it has one."""
