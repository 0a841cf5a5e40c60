"""Words that have no place in a note about somebody: health, origin, religion, insults. See README.md.

findings = check("Sous traitement, rappeler jeudi", "fr")      # pure: where each unfit word stands
kept = guard(summary, note, reason=wording_reason)              # a service: refuses, or keeps the reason
kept.record(by=by, at=at, subject=referral)                     # …which the journal holds
"""

from palier.kernel.wording.checking import Category, Finding, check
from palier.kernel.wording.guarding import UnfitWording, Wording, guard

__all__ = ["Category", "Finding", "UnfitWording", "Wording", "check", "guard"]
