"""E-commerce records: users, products, orders."""
