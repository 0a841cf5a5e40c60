"""What screens and other modules read of people. Every queryset starts at what the actor may see."""
