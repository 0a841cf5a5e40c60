"""PDF documents: produced from Typst templates, kept with their hash, handed out under a permission."""
