"""Rules that are not gradients: perceptron, Adaline, Hebb."""
