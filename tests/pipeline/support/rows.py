"""A person and claims to deliver, in clear and with a fault of the person's address."""

from __future__ import annotations

from typing import Any

CLAIM = {
    "claim_id": "C1",
    "company_ein": "111111111",
    "service_date": "2024-05-01",
    "amount": "10.00",
    "claim_type": "Medical",
}
PERSON = {
    "person_id": "P1",
    "full_name": "Ada Lovelace",
    "title": "Analyst",
    "email": "ada@acme@com",
    "company_ein": "11-1111111",
    "start_date": "2020-01-01",
    "notes": "likes tea",
}


def claims(first: int, count: int, **cells: Any) -> list[dict[str, Any]]:
    """Claims C<first> onwards, each with these cells."""
    return [CLAIM | {"claim_id": f"C{number}"} | cells for number in range(first, first + count)]
