"""What optimisers find, keep and say."""
