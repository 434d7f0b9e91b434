"""What a unit learns by a rule without a gradient: epochs, the decision boundary, whether one exists."""
