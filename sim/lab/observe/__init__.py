"""What event logs and tables tell once a run is over."""
