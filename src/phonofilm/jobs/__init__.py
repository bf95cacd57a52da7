"""Jobs: films that are wanted over HTTP, kept where nothing is lost, and made by worker processes."""
