"""What systems of this field call the columns of the feeds: a help to guess, never an alias.

A guess is shown and its line proposed; nothing is read by it before a person has added the line.
"""

from __future__ import annotations

# Column, or source.feed.column where the word means another column elsewhere, to headers.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "person_id": (
        *("employee id", "emp id", "employee number", "employee no", "emp no", "associate id"),
        *("worker id", "ee id", "employee code", "file number", "personnel number", "staff id"),
    ),
    "full_name": ("name", "employee name", "payroll name", "worker", "legal name", "display name"),
    "first_name": ("first", "given name", "legal first name", "preferred first name", "forename"),
    "last_name": ("last", "surname", "family name", "legal last name"),
    "title": ("job title", "job title description", "business title", "position", "designation"),
    "email": (
        *("work email", "email address", "e-mail", "work contact: work email", "business email"),
        *("primary work email", "company email"),
    ),
    "company_ein": (
        *("ein", "fein", "tax id", "federal tax id", "employer id", "employer ein", "group number"),
        *("company tax id", "company code", "group id"),
    ),
    "benefits_admin.employees.start_date": (
        *("hire date", "date of hire", "original hire date", "employment start date", "start"),
        *("hired on", "most recent hire date"),
    ),
    "notes": ("comments", "remarks", "memo"),
    "plan_type": ("coverage type", "benefit type", "line of coverage", "product type"),
    "carrier_name": ("carrier", "insurer", "insurance company", "insurance carrier"),
    "benefits_admin.plans.start_date": (
        *("effective date", "plan start", "plan start date", "coverage start", "begin date"),
        *("policy effective date", "plan effective date"),
    ),
    "end_date": (
        *("plan end", "plan end date", "coverage end", "expiration date", "term date"),
        *("policy end date", "plan term date", "termination date"),
    ),
    "claim_id": ("claim number", "claim no", "claim #", "claim", "clm id", "icn", "dcn"),
    "service_date": (
        *("date of service", "dos", "service from", "service start date", "incurred date"),
        *("from date", "service from date"),
    ),
    "benefits_admin.claims.amount": (
        *("paid amount", "amount paid", "net paid", "plan paid", "total paid", "claim amount"),
        *("paid", "plan paid amount"),
    ),
    "claim_type": ("line of business", "lob", "benefit category", "type of claim", "service type"),
    "last_updated": ("updated at", "modified", "last modified", "last changed", "update date"),
    "employee_id": (
        *("emp id", "employee number", "employee no", "member id", "cardholder id", "user id"),
        *("worker id", "participant id"),
    ),
    "hire_date": ("date of hire", "start date", "original hire date", "hired on"),
    "status": ("employment status", "worker status", "employee status", "state"),
    "termination_date": ("term date", "last day", "date of termination", "end date", "left on"),
    "benefit_account_id": ("account id", "wallet id", "account number", "benefit account"),
    "benefit_type": ("account type", "benefit", "wallet", "category"),
    "program_name": ("program", "plan name", "benefit name", "policy"),
    "monthly_allowance": ("allowance", "monthly limit", "monthly amount", "budget", "limit"),
    "current_balance": ("balance", "available balance", "remaining"),
    "transaction_id": ("txn id", "trans id", "transaction number", "transaction reference", "id"),
    "merchant": ("merchant name", "vendor", "payee", "store", "description"),
    "spend_accounts.transactions.amount": (
        *("transaction amount", "total", "spend", "value", "amount usd"),
    ),
    "timestamp": (
        *("transaction date", "transaction time", "date", "purchase date", "posted at", "time"),
        *("created at", "date time"),
    ),
    "category": ("merchant category", "mcc description", "mcc", "expense category"),
}


def synonyms_of(feed: str, column: str) -> tuple[str, ...]:
    """What a column of a feed is called elsewhere.

    Args:
        feed: source.feed.
        column: the column.
    """
    return SYNONYMS.get(f"{feed}.{column}", ()) + SYNONYMS.get(column, ())
