"""What imports do when a person is sealed: changes, checking area, corrections and received files forget her."""
