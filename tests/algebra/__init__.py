"""An independent checker of mathematics in letters: it reads rendered pages back and proves every line."""
