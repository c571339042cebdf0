"""What the pages say. Marketing edits this file most weeks."""

BANNER = "Free delivery from 40 EUR"
CATALOGUE_ORDER = "name"
CHECKOUT_BUTTON = "Place order"
GIFT_WRAP = False
EMPTY_ORDERS = "You have no orders yet."
