"""The interfaces: thin, one file each."""
