"""The server: a job store behind the interfaces that clients already speak, and the studio."""
