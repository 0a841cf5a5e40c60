"""What other modules may ask of calls. Ids in, plain values out; sealed persons are in none of the answers."""

from palier.modules.outreach.selectors.campaigns import OfPerson, OfResidence, of_person, of_residence
from palier.modules.outreach.services.stopping import end_lines_of_persons

__all__ = ["OfPerson", "OfResidence", "end_lines_of_persons", "of_person", "of_residence"]
