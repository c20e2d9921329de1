"""The made-up world of the demo: nobody in it exists, and every name says so."""
