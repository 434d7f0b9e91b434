"""Reading problems of computation graphs: equations, given numbers, what is asked, training."""
