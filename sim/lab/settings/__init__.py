"""What a user can set, how it is read, and how a wrong value is refused."""
