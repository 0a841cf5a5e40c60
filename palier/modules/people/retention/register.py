"""The processing activities of people, for the register.

Legal: règlement (UE) 2016/679, art. 30 and 35; domain dossier § 16.2 and 16.4.
"""

from django.utils.translation import gettext_lazy as _

from palier.kernel.retention import LegalBasis, processing

processing(
    key="people.tenants",
    label=_("Tenants and leases"),
    purpose=_("Know who lives where and how to reach them, for the lease and in a crisis"),
    basis=LegalBasis.CONTRACT,
    persons=_("Tenants, co-holders, occupants, guarantors"),
    data=_(
        "Identity, birth date, contact details, lease, household, balance of the account (whether it is due)"
    ),
    recipients=_("Advisers, sector managers, caretakers, technicians"),
    retention=("people.tenant-file", "people.person-alone", "people.former-contact"),
    measures=_("Rights by role, audit of every change, sealed files for persons in danger"),
    notice=_(
        "Your data serve the management of your lease and to warn you in a crisis. They are kept during the lease, "
        "then until actions are time-barred."
    ),
    app="palier.modules.people",
    order=10,
)
processing(
    key="people.markers",
    label=_("Vulnerability markers"),
    purpose=_("Take care first of those who need it in a crisis"),
    basis=LegalBasis.PUBLIC_TASK,
    persons=_("Tenants and occupants"),
    data=_("What to do (help to leave, call first), origin, date of review; never a diagnosis"),
    recipients=_("Advisers, social workers, crisis cell"),
    retention=("people.marker",),
    measures=_("Closed list, words of health refused, review within six months, closing by itself"),
    sensitive=_("No health data: what is to be done is recorded, never why"),
    assessment=_("Vulnerable persons and scoring: on the CNIL's list"),
    notice=_(
        "We may note that you need help in a crisis, so as to call you first. You may object at any time."
    ),
    app="palier.modules.people",
    order=11,
)
processing(
    key="people.consents",
    label=_("Consents and objections"),
    purpose=_("Respect what each person accepts, and prove it"),
    basis=LegalBasis.CONSENT,
    persons=_("Tenants and occupants"),
    data=_("Subject, channel, version of the text, day, proof, withdrawal"),
    recipients=_("Advisers, data protection officer"),
    retention=("people.consent",),
    measures=_("Nothing is sent against an objection"),
    app="palier.modules.people",
    order=12,
)
processing(
    key="people.sealed",
    label=_("Sealed files of persons in danger"),
    purpose=_("Protect persons whose address must not be found"),
    basis=LegalBasis.VITAL_INTEREST,
    persons=_("Persons in danger and those who live with them"),
    data=_("Identity, contact details, lease, safe way to reach the person"),
    recipients=_("The referents named on each file, and nobody else"),
    retention=("people.sealed-reading",),
    measures=_(
        "Encrypted by a key of their own; each reading recorded before it is shown; in no list nor search"
    ),
    assessment=_("Violence within families, vulnerable persons: on the CNIL's list"),
    app="palier.modules.people",
    order=13,
)
