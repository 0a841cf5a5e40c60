from django.urls import path

from palier.kernel.search import views

app_name = "search"
urlpatterns = [path("", views.results, name="results")]
