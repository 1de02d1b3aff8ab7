"""Pictures and the page of a trial."""
