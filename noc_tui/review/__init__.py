"""The review: what each move of an episode cost, what was better, and the grade. It sees hidden state."""
