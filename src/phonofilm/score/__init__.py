"""The score, its document, the camera, and directing."""
