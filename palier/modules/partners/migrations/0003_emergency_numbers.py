"""The national numbers with which every list begins. Each organisation checks them and writes the day it did."""

from django.db import migrations

ROUND_THE_CLOCK = "24 h/24, 7 j/7"
# number, label, when to call, hours, needs, source
NUMBERS = (
    ("15", "SAMU", "Urgence médicale : détresse, malaise, blessure grave", ROUND_THE_CLOCK, ["urgent_health"],
     "Code de la santé publique, art. R6311-2"),
    ("18", "Sapeurs-pompiers", "Incendie, fuite de gaz, personne en péril, levée de doute", ROUND_THE_CLOCK,
     ["urgent_health", "technical_problem"], "Numéro national d’urgence"),
    ("17", "Police secours", "Danger immédiat, violences en cours", ROUND_THE_CLOCK, ["violence", "neighbourhood"],
     "Numéro national d’urgence"),
    ("112", "Numéro d’urgence européen", "Toute urgence, depuis tout téléphone", ROUND_THE_CLOCK,
     ["urgent_health", "violence"], "Directive (UE) 2018/1972, art. 109"),
    ("114", "Urgence par SMS et visiophonie", "Personne sourde ou malentendante, ou qui ne peut pas parler",
     ROUND_THE_CLOCK, ["violence", "urgent_health"], "Affiche de 2020 et numéro national d’urgence"),
    ("3114", "Prévention du suicide", "Idées suicidaires, inquiétude pour un proche", ROUND_THE_CLOCK,
     ["psychological_support", "urgent_health"], "Numéro national"),
    ("3919", "Violences Femmes Info", "Écoute et orientation des femmes victimes de violences, appel anonyme",
     ROUND_THE_CLOCK, ["violence"], "Numéro national, absent des factures"),
    ("119", "Enfance en danger", "Enfant en danger ou en risque de l’être", ROUND_THE_CLOCK, ["violence"],
     "Code de l’action sociale et des familles, art. L226-6"),
    ("116006", "Aide aux victimes", "Victimes d’infractions, écoute et orientation", "7 j/7, de 9 h à 20 h",
     ["violence"], "Numéro national"),
    ("115", "Hébergement d’urgence", "Personne sans abri ou à mettre à l’abri", ROUND_THE_CLOCK,
     ["violence", "social_support"], "Code de l’action sociale et des familles, art. L345-2-2"),
)  # fmt: skip


def begin(apps, schema_editor):
    number = apps.get_model("partners", "EmergencyNumber")
    for position, (digits, label, when, hours, needs, source) in enumerate(NUMBERS, start=1):
        number.objects.get_or_create(
            number=digits,
            defaults={
                "label": label,
                "when_to_call": when,
                "hours": hours,
                "needs": needs,
                "source": source,
                "position": position * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_audit")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
