"""What is heard and seen: voices, clips and pictures, made clean and kept."""
