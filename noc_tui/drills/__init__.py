"""Practice: what is asked next, what an answer was worth. No screens."""
