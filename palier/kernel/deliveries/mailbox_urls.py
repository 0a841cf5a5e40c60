from django.urls import path

from palier.kernel.deliveries import views

app_name = "mailbox"

urlpatterns = [
    path("", views.mailbox, name="messages"),
    path("<str:name>/", views.mailbox_message, name="message"),
]
