"""Pages that a browser opens without a server: one file each, with the songs to listen to."""
