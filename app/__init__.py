"""What a user starts, each a command of `musicregion`: see app.command_line."""
