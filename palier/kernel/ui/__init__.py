"""The user interface kit: page frame, components, lists, panels, typography."""
