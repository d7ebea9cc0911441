"""Records whose outcome can be worked out by hand."""


def record(number: int, **changes: dict) -> dict:
    """Return a faultless record; ``changes`` replace fields of its objects, or an object by None."""
    time = {"create_time": f"2026-01-{number:02} 23:59:59", "delete_time": None}
    changed = {"create_time": f"2026-01-{number:02} 23:59:59", "updated_at": None}
    faultless = {
        "user": {
            "id": f"u{number}", "username": "ann", "real_name": "Ann Lee", "phone_number": "(213) 373-4253",
            "sex": "female", "job": "nurse", "company": "Clinic", "email": "Ann@Example.org", "password": "secret",
            "birth_of_date": "2000-01-16", "age": 25, **time,
        },
        "address": {
            "id": f"a{number}", "user_id": f"u{number}", "title": "Home", "address_line": "1 Main St",
            "country": "Canada", "city": "Montréal", "postal_code": "H2X", **time,
        },
        "category": {"id": f"c{number}", "name": " Toys ", "description": "d", **time},
        "subcategory": {"id": f"s{number}", "parent_id": f"c{number}", "name": "Trains", "description": "d", **time},
        "product": {"id": f"p{number}", "category_id": f"s{number}", "name": "Engine", "description": "d", **time},
        "products_sku": {"id": f"k{number}", "product_id": f"p{number}", "price": 10.005, "quantity": 5, **time},
        "wishlist": {"id": f"w{number}", "user_id": f"u{number}", "products_sku_id": f"k{number}", **time},
        "payment": {"id": f"y{number}", "amount": 0, "provider": "Visa", "status": "Success", **changed},
        "order": {"id": f"o{number}", "user_id": f"u{number}", "payment_id": f"y{number}", **changed},
        "order_item": {"id": f"i{number}", "order_id": f"o{number}", "products_sku_id": f"k{number}", "quantity": 3,
                       **changed},
    }  # fmt: skip
    for name, fields in changes.items():
        faultless[name] = {**faultless[name], **fields} if fields is not None else None
    return faultless
