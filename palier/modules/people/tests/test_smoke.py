def test_db(alpha):
    from palier.modules.people.models import Person

    Person.objects.create(family_name="Lefèvre", given_names="Zoé")
    p = Person.objects.get()
    assert p.search_key == "lefevre zoe", p.search_key
