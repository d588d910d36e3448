"""The commands of `musicregion`, one module each: see app.command_line."""
