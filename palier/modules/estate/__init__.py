"""Estate: agencies, residences, dwellings and every other lot a landlord looks after."""
