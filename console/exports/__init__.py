"""Files for people outside the desk: made in memory, their libraries loaded when they are needed."""
