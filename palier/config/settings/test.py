"""Tests: quick password hashes, plain static files, messages in memory, limits in each process."""

from palier.config.settings.base import *

IS_DEVELOPMENT = True
TESTING = True
SECRET_KEY = "tests only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LANGUAGE_CODE = "en"
ALLOWED_HOSTS = ["*"]
# Most tests are about something else; those on second factors set a policy of their own.
SECOND_FACTOR_BY_DEFAULT = False
IDENTITY_PROVIDERS, IDENTITY_PROVIDER_PROBLEMS = (), ()
# A statement that crawls, or waits for a lock, fails where it stands.
for _database in DATABASES.values():
    _database["OPTIONS"] = {"options": "-c statement_timeout=180s -c lock_timeout=90s"}
