"""HTTP endpoints, one router per module."""
