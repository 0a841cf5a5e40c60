"""A workstation: messages are read on a page, errors are shown whole."""

from palier.config.settings.base import *

DEBUG = False
IS_DEVELOPMENT = True
