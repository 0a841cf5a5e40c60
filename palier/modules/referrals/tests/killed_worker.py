"""A worker made to die: carries up overdue referrals and kills itself in the middle of the one asked.

Arguments: database name, how many referrals it finishes, moment (ISO 8601).
"""

import os
import signal
import sys
from datetime import datetime


def main() -> None:
    database, finished, moment = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
    from palier.config.start import use_settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "palier.config.settings.test"
    use_settings()
    import django

    django.setup()
    from django.db import connections

    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    from palier.kernel.access import system_actor
    from palier.kernel.organisations.current import open_organisation
    from palier.modules.referrals.services import climbing

    told, original = [], climbing._take

    def take_and_die(*given: object, **named: object) -> bool:
        done = original(*given, **named)
        told.append(done)
        if len(told) > finished:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    climbing._take = take_and_die
    with open_organisation("alpha"):
        climbing.carry_up_overdue(by=system_actor("killed"), at=moment)


main()
