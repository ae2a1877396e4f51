"""Where it runs. Every switch comes from the environment or from ``.env`` beside this clone."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from project.refusals import bare, refuse_unfit

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
ENVIRONMENT = env.str("ENVIRONMENT", "")
if ENVIRONMENT != "test":
    # A test must not find somebody's own database through their .env.
    environ.Env.read_env(BASE_DIR / ".env")
    ENVIRONMENT = env.str("ENVIRONMENT", "production")
PRODUCTION, DEMONSTRATION, TESTING = (name == ENVIRONMENT for name in ("production", "demonstration", "test"))

# --- what must be given ---------------------------------------------------------------------------------------------
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
SECRET_KEY = env.str("SECRET_KEY", "test-" + "0123456789abcdef" * 4 if TESTING else "")
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
# The first key signs; the later ones still verify what they signed.
RECORD_KEYS: dict[str, str] = dict(
    pair.strip().partition(":")[::2] for pair in env.list("RECORD_KEYS", default=["test:" + "5a" * 32] if TESTING else [])
)
# Under it the numbers of persons and units are hashed; whoever loses it finds no duplicate any more (docs/decisions/0008).
IDENTITY_KEY = env.str("IDENTITY_KEY", "test-" + "0f1e2d3c4b5a6978" * 4 if TESTING else "")
# Under the first the keys of second factors are encrypted; the later ones still decrypt what they encrypted (docs/decisions/0036).
FACTOR_KEYS = env.list("FACTOR_KEYS", default=["test-" + "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="] if TESTING else [])
SEAL_KEY_FILE = Path(env.str("SEAL_KEY_FILE", str(VAR_DIR / "seal.key")))
# Signs the orders that leave as PDF. A demonstration makes its own pair; a State brings the one its certifying authority gave.
ORDER_KEY_FILE = env.str("ORDER_KEY_FILE", "" if PRODUCTION else str(VAR_DIR / "order.key"))
ORDER_CERTIFICATE_FILE = env.str("ORDER_CERTIFICATE_FILE", "" if PRODUCTION else str(VAR_DIR / "order.crt"))
# How this site is reached from outside: printed on every order, as a QR code.
PUBLIC_URL = env.str("PUBLIC_URL", "" if PRODUCTION else f"http://127.0.0.1:{env.str('PORT', '8000')}")
RECORD_ORIGIN = env.str("RECORD_ORIGIN", "karyapravah.demonstration")
# Where this installation's source is offered to its users, as its licence (AGPL, section 13) asks.
SOURCE_URL = env.str("SOURCE_URL", "/source.tar.gz")
ANCHOR_ADDRESSES = env.list("ANCHOR_ADDRESSES", default=["anchor@karyapravah.example"] if DEMONSTRATION else [])
refuse_unfit(
    environment=ENVIRONMENT,
    demonstration_asked=env.bool("DEMONSTRATION", DEMONSTRATION),
    debug=DEBUG,
    secret_key=SECRET_KEY,
    record_keys=RECORD_KEYS,
    identity_key=IDENTITY_KEY,
    factor_keys=FACTOR_KEYS,
    record_origin=RECORD_ORIGIN,
    public_url=PUBLIC_URL,
    order_files=(ORDER_KEY_FILE, ORDER_CERTIFICATE_FILE),
    hosts=ALLOWED_HOSTS,
)
FACTOR_KEYS = [bare(key) for key in FACTOR_KEYS]

# --- applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "guardian",
    "sequences",
    # The engine alone. The package's own pages (app "viewflow") are never installed.
    "viewflow.workflow",
    "rest_framework",
    "drf_spectacular",
    "programme",
    "workflows",
]
MIDDLEWARE = [
    "project.requests.one_line_each",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workflows.pages.account.ReadersLanguage",
    "project.requests.not_too_large",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "project.signed_in.bounded",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "project.urls"
CSRF_FAILURE_VIEW = "workflows.pages.kept.stale_form"
WSGI_APPLICATION = "project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database -------------------------------------------------------------------------------------------------------
if "DATABASE_URL" in env:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "karyapravah.sqlite3")}}
DATABASE = DATABASES["default"]
ON_SQLITE = DATABASE["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    DATABASE["OPTIONS"] = {
        # Under the default (deferred) mode the second of two writers fails at once instead of waiting.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # Worker, beat and browser tests open the database beside the test itself, so it cannot live in memory.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASE["ENGINE"] = "programme.postgresql"
    DATABASE["CONN_MAX_AGE"] = 300
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        # What is asked here is answered within milliseconds; compiling a large question first would take longer than its answer.
        "options": "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c jit=off"
        " -c plan_cache_mode=force_generic_plan",
        # Only what programme.asking asks binds its values on the server; its plans are kept from the first time on, one for all values.
        "prepare_threshold": 0,
    } | DATABASE.get("OPTIONS", {})

# Who may read /metrics from another machine; without it only this machine itself may.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# A proxy ends TLS and says in headers of its own by which scheme, and from which address, somebody came.
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", False)

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "programme.Officer"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "workflows.sign_ins.ReadWithSession",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign_in", "/", "sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name_en", "name_hi", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Wrong passwords are counted by user name and address together: a collectorate has one address (docs/decisions/0024).
AXES_HANDLER = "workflows.lockouts.BackOff"
AXES_CLIENT_IP_CALLABLE = "workflows.lockouts.address_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(hours=24)
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_ENABLE_ADMIN = AXES_VERBOSE = False
# What the library would keep or log of a failed sign-in.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "kept", "next", "csrfmiddlewaretoken"]
# The sign-in page answers a lock-out itself, in the reader's language.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
# Whoever may sanction or administer signs in with a second factor; a demonstration lets everybody in with one click.
SECOND_FACTOR_REQUIRED = PRODUCTION
OTP_TOTP_ISSUER = env.str("OTP_ISSUER", "Karyapravah")
# A sanction above so many rupees, and other grave acts, ask who it is again when the last proof is older than so many seconds.
PROOF_ABOVE = env.int("PROOF_ABOVE", 1_000_000)
PROOF_LASTS = 15 * 60
SESSION_ENGINE = "workflows.sign_ins"
SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST = 8 * 60 * 60
# A session is written again only when it has this many seconds of its idle time left, not on every page.
SESSION_RENEW_BELOW = 25 * 60

# --- what every answer carries --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    # Whoever watches the server from inside its own machine asks without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if BEHIND_TLS_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
REQUEST_LARGEST = 12 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- the interface for programs ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "workflows.api.answering.problem",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Karyapravah, for programs"),
    "DESCRIPTION": _("What an officer reads on his pages, read by a program in his name. Nothing can be written here."),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["workflows.api.schema.with_problems", "workflows.api.schema.on_any_database"],
    "LICENSE": {"name": "AGPL-3.0-or-later"},
    "TAGS": [],
}

# --- language, dates, figures ---------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
LANGUAGE_CODE = "hi"
LANGUAGES = [("hi", _("Hindi")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["project.formats"]

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "papers": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "papers"}},
    "lists": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "lists"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "karyapravah@localhost")
if DEMONSTRATION:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
elif not TESTING:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

# --- background work ------------------------------------------------------------------------------------------------
# The broker carries wake-ups only: every job is found again from the database, so results and stored schedules are not kept
# (docs/decisions/0002).
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://localhost//")
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "letters"),
        "data_folder_out": str(BROKER_DIR / "letters"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.5,
    }
else:
    # A page that wakes the worker asks once: a broker that is down must not hold up an officer.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0}
    if CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
        CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = TIME_ZONE


def _every(seconds: int, task: str) -> dict[str, object]:
    # A letter nobody fetched before the next one is due says nothing new, so it expires.
    return {"task": f"workflows.tasks.{task}", "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "drain": _every(5, "drain"),
    "run_jobs": _every(5, "run_jobs"),
    "seal": _every(60, "seal"),
    "end_by_clock": _every(60, "end_by_clock"),
    "sweep_stuck_files": _every(60, "sweep_stuck_files"),
    "tell_due": _every(60, "tell_due"),
    "escalate": _every(60, "escalate"),
    "remind": _every(60, "remind"),
    "mail_digests": _every(60, "mail_digests"),
    # The second one catches a midnight that beat or worker missed.
    "expire_postings_at_midnight": {
        "task": "workflows.tasks.expire_postings",
        "schedule": crontab(hour=0, minute=0),
        "options": {"countdown": 5},
    },
    "expire_postings": _every(600, "expire_postings"),
    # After the postings of the new day are in force; the other one catches a night without a worker.
    "check_obstacles_at_night": {"task": "workflows.tasks.check_obstacles", "schedule": crontab(hour=0, minute=10)},
    "check_obstacles": _every(3600, "check_obstacles"),
    "mail_anchor": _every(600, "mail_anchor"),
    "print_orders": _every(60, "print_orders"),
    "fold_figures": _every(3600, "fold_figures"),
    "sweep_lists": _every(3600, "sweep_lists"),
    "sweep_workbooks": _every(3600, "sweep_workbooks"),
}

# --- logs: one JSON object a line, with ids and never with names or words -----------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "project.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Each request has its own line already; Django's repeats it for every 4xx.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        # Its lines carry user names and addresses; the line of the request says what is needed.
        "axes": {"level": "CRITICAL"},
        # Its lines quote what somebody sent: host names, addresses.
        "django.security": {"level": "CRITICAL"},
        # It counts its steps aloud.
        "weasyprint.progress": {"level": "WARNING"},
    },
}
