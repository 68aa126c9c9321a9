import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.usefixtures("database")


def test_created_items_are_listed_newest_first(client: TestClient) -> None:
    created = [client.post("/items", json={"name": name}).json() for name in ("first", "  second ")]
    assert [item["name"] for item in created] == ["first", "second"]
    assert client.get("/items").json() == created[::-1]
    assert client.get("/items", params={"limit": 1, "offset": 1}).json() == created[:1]


def test_a_name_is_taken_once(client: TestClient) -> None:
    assert client.post("/items", json={"name": "one"}).status_code == 201
    again = client.post("/items", json={"name": "one"})
    assert (again.status_code, again.json()) == (409, {"detail": "An item named 'one' exists already."})
    assert len(client.get("/items").json()) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_has_one_to_two_hundred_characters(client: TestClient, name: str) -> None:
    assert client.post("/items", json={"name": name}).status_code == 422
