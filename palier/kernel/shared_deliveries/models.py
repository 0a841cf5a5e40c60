from django.db import models

from palier.kernel.deliveries.abstract import AbstractDelivery
from palier.kernel.deliveries.enums import DeliveryState


class SharedDelivery(AbstractDelivery):
    class Meta:
        db_table = "shared_delivery"
        indexes = [models.Index(fields=["state", "planned_at"], name="shared_delivery_state_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="shared_delivery_state_known"
            ),
        ]
