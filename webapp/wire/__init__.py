"""To JSON: one typed dictionary and one function per noun. The OpenAPI document is made from the same dictionaries."""
