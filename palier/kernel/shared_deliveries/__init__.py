"""The shared schema's own deliveries: invitations, which belong to no organisation's schema yet."""
