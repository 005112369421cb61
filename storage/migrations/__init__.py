"""The schema's history, packaged and run by the program itself."""
