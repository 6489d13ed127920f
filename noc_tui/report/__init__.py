"""Post-incident reports, and trajectories for other tools, from recorded sessions. Knows no screen."""
