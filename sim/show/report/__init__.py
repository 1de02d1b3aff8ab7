"""The one-page report of a run or a comparison."""
