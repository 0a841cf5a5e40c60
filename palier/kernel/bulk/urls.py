from django.urls import path

from palier.kernel.bulk import views

app_name = "bulk"
urlpatterns = [
    path("", views.done, name="done"),
    path("new/", views.start, name="start"),
    path("<uuid:run_id>/", views.run, name="run"),
    path("<uuid:run_id>/fill/", views.fill, name="fill"),
    path("<uuid:run_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:run_id>/stop/", views.stop, name="stop"),
    path("<uuid:run_id>/resume/", views.resume, name="resume"),
    path("<uuid:run_id>/undo/", views.undo, name="undo"),
    path("<uuid:run_id>/left.<slug:extension>", views.left, name="left"),
]
