"""Deliveries of an organisation."""

from django.db import models

from palier.kernel.deliveries.abstract import AbstractDelivery
from palier.kernel.deliveries.enums import DeliveryState


class Delivery(AbstractDelivery):
    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(fields=["state", "planned_at"], name="delivery_state_idx"),
            models.Index(fields=["about_table", "about_id"], name="delivery_about_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
        ]
