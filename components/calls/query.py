"""The calls of the query page: the statement of the address, or the tables there are."""

from components.calls.call import Address, Call


def query(address: Address) -> list[Call]:
    """Return the statement as a question to the API; a kept one first has to be read."""
    asked = address.said.get("snapshot") or "latest"
    if sql := address.said.get("sql", "").strip():
        return [
            Call("the rows of this statement", "/api/v1/query", body={"sql": sql, "snapshot": asked}, sql=sql)
        ]
    schema = Call("the tables of the snapshot, their columns, and the limits", "/api/v1/query/schema")
    if address.said.get("saved"):
        return [Call("the queries that are kept, among the views", "/api/v1/views", is_mine=True), schema]
    return [Call(schema.says, schema.path, {"snapshot": asked})]
