"""A link as a square to photograph."""

import base64

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_of(link: str) -> str:
    """Return a QR code as an address that an image takes: nothing is written anywhere."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(link)
    drawing = code.make_image(image_factory=SvgPathImage).to_string()
    return "data:image/svg+xml;base64," + base64.b64encode(drawing).decode()
