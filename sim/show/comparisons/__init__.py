"""Pictures of arms side by side."""
