"""Settings common to every way of running. The environment is read in `palier.config.environment` only."""

from pathlib import Path

import font_source_sans_pro
from django.utils.translation import gettext_lazy as _

from palier.config.environment import ENV, signing_secret
from palier.config.identity_providers import read_providers
from palier.config.logs import configure_logs
from palier.config.postgres import database_settings
from palier.config.start import database_role

PROJECT_ROOT = Path(__file__).resolve().parents[3]

SECRET_KEY = signing_secret(ENV)
DEBUG = False
ALLOWED_HOSTS = list(ENV.hosts)
ROOT_URLCONF = "palier.config.urls"
ORGANISATION_URLCONFS = {
    "landlord": "palier.config.urls_landlord",
    "federation": "palier.config.urls_federation",
}
WSGI_APPLICATION = "palier.config.wsgi.application"

# --- What runs in which schema -----------------------------------------------------------------

SHARED = [
    "django_tenants",
    "palier.kernel.organisations",
    "palier.kernel.accounts",
    "palier.kernel.access",
    "palier.kernel.shared_outbox",
    "palier.kernel.shared_deliveries",
    "palier.kernel.geography",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "palier.kernel.ui",
    "django.forms",
    "palier.kernel.search",
    "palier.kernel.keys",
    "palier.kernel.modes",
]
EVERY_ORGANISATION = [
    "palier.kernel.audit",
    "palier.kernel.journal",
    "palier.kernel.outbox",
    "palier.kernel.jobs",
    "palier.kernel.documents",
    "palier.kernel.deliveries",
    "palier.kernel.parameters",
    "palier.kernel.figures",
    "palier.kernel.bulk",
    "palier.kernel.retention",
]
LANDLORD = [
    "palier.kernel.imports",
    "palier.modules.estate",
    "palier.modules.people",
    "palier.modules.staff",
    "palier.modules.partners",
    "palier.modules.continuity",
    "palier.modules.referrals",
    "palier.modules.outreach",
    "palier.modules.support",
    "palier.modules.solidarity",
    "palier.modules.protection",
    "palier.modules.rehousing",
    "palier.modules.repairs",
    "palier.modules.rounds",
    "palier.modules.supplies",
    "palier.modules.allocation",
    "palier.modules.reception",
    "palier.modules.works",
    "palier.modules.rent",
    "palier.modules.payables",
    "palier.modules.information",
    "palier.modules.portal",
]
FEDERATION = ["palier.modules.federation"]

HAS_MULTI_TYPE_TENANTS = True
MULTI_TYPE_DATABASE_FIELD = "kind"
TENANT_TYPES = {
    "public": {"APPS": SHARED, "URLCONF": ROOT_URLCONF},
    "landlord": {"APPS": EVERY_ORGANISATION + LANDLORD, "URLCONF": ORGANISATION_URLCONFS["landlord"]},
    "federation": {"APPS": EVERY_ORGANISATION + FEDERATION, "URLCONF": ORGANISATION_URLCONFS["federation"]},
}
INSTALLED_APPS = SHARED + EVERY_ORGANISATION + LANDLORD + FEDERATION
TENANT_MODEL = "organisations.Organisation"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

# --- Database ----------------------------------------------------------------------------------

DATABASES = {
    alias: {
        **database_settings(database_role()),
        "TAKES_ROLE": database_role() == "app",
        "ATOMIC_REQUESTS": alias == "default",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    # `journal` commits on its own: a reading of a sealed file is logged before anything is decrypted.
    for alias in ("default", "journal")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Web ---------------------------------------------------------------------------------------

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "palier.kernel.accounts.middleware.LanguageMiddleware",
    "palier.kernel.accounts.middleware.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "palier.kernel.organisations.middleware.OrganisationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT_ROOT / "palier" / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "palier.kernel.ui.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "palier.kernel.ui.templatetags.palier"],
        },
    }
]
FORM_RENDERER = "palier.kernel.ui.forms.PalierRenderer"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = ENV.session_hours * 3600
SESSION_IDLE_MINUTES = ENV.session_idle_minutes
SESSION_ENGINE = "palier.kernel.accounts.sessions"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = PROJECT_ROOT / "build" / "static"
STATICFILES_DIRS = [("vendor", PROJECT_ROOT / "build" / "vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ENV.files}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Sign-in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_LENGTH = ENV.password_length
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "palier.kernel.accounts.passwords.EasyPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "palier.kernel.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_SESSION_REMEMBER = False
# Shared by the web processes: limits are counted in the database, not in each process.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV.behind_proxy else 0
# A message to the person at each change of password or of second factor.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "palier.kernel.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Palier"
# An account is opened by a link sent to its e-mail: the address is proved already.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One step of thirty seconds on each side: phones whose clock drifts still get in.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "activate_totp": "palier.kernel.accounts.forms.ActivateTotpForm",
    "authenticate": "palier.kernel.accounts.forms.CodeForm",
    "reauthenticate": "palier.kernel.accounts.forms.CodeAgainForm",
}
# Whether organisations ask for second factors at all: only the tests say no, and then say yes one by one.
SECOND_FACTOR_BY_DEFAULT = True
IDENTITY_PROVIDERS, IDENTITY_PROVIDER_PROBLEMS = read_providers(ENV.oidc_file)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}

# --- Words -------------------------------------------------------------------------------------

LANGUAGE_CODE = ENV.language
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PROJECT_ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Messages ----------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
EMAIL_HOST = ENV.smtp_host or ""
EMAIL_PORT = ENV.smtp_port
EMAIL_HOST_USER = ENV.smtp_user
EMAIL_HOST_PASSWORD = ENV.smtp_password
EMAIL_USE_TLS = ENV.smtp_security == "starttls"
EMAIL_USE_SSL = ENV.smtp_security == "tls"
EMAIL_TIMEOUT = 20
MAIL_FOLDER = ENV.data / "mail"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENV.smtp_host
    else "palier.kernel.deliveries.mailbox.FolderBackend"
)

# --- Palier's own ------------------------------------------------------------------------------

BASE_URL = ENV.base_url
DATA_FOLDER = ENV.data
FILES_FOLDER = ENV.files
KEY_FILE = ENV.key_file
PACK_FOLDER = ENV.pack_folder
# Typst sees no font of the machine: the house font comes from a package.
DOCUMENT_FONT_FOLDERS = [Path(font_source_sans_pro.__file__).parent / "files"]
UPLOAD_MAX_BYTES = ENV.upload_mb * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": ENV.log_level.upper()},
    "loggers": {"procrastinate": {"level": "WARNING"}},
}
configure_logs(ENV.log_level)
