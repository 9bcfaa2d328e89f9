//! Commands, as readers of the book type them.
