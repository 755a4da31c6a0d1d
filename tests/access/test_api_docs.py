"""The description of the API is for whoever may look: by a token at its own address, by a session among the pages."""

from tests.access.conftest import of_environment, signed_in


def test_whoever_is_signed_in_reads_the_same_description_as_a_program(app, client):
    browser = signed_in(app, "viewer")

    page, document = browser.get("/ui/docs"), browser.get("/ui/openapi.json")

    assert page.status_code == document.status_code == 200
    assert document.data == client.get("/openapi.json", headers=of_environment("viewer")).data
    assert 'href="/ui/openapi.json"' in page.text
    assert browser.client.get("/docs").status_code == 401
    assert 'href="/ui/docs"' in browser.get("/ui/jobs").text
    assert 'href="/ui/docs/jobs#save_job"' in page.text
    assert 'href="/ui/docs/shapes/JobSpec"' in browser.get("/ui/docs/jobs").text
    assert browser.client.get("/docs/jobs").status_code == browser.client.get("/docs/shapes/JobSpec").status_code == 401
