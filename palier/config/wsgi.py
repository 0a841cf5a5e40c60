"""The web server's door."""

from django.core.wsgi import get_wsgi_application

from palier.config.start import use_settings

use_settings()
application = get_wsgi_application()
