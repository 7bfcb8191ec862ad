"""What a person sees: screens and keys. No rule lives here."""
