"""The page that `musicregion web` serves: its tabs, and what they let a visitor do."""
