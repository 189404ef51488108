"""`make alert-test`: post a test message, and say what the server answered."""

from __future__ import annotations

import sys

from benefits_warehouse.alerts.webhook import WEBHOOK, post, refusal, webhook

TEST = ("Benefits warehouse: this is a test", "Alerts about runs and new findings come here.")


def main() -> int:
    """Post it.

    Returns:
        0 if the server took it; 2 with a message on standard error if not, or without a webhook.
    """
    url = webhook()
    if not url:
        print(f"No webhook is set: put its URL into {WEBHOOK}.", file=sys.stderr)
        return 2
    if why := refusal(url):
        print(f"Nothing was sent. {WEBHOOK}: {why}.", file=sys.stderr)
        return 2
    outcome = post(url, TEST)
    if not outcome.error:
        print(f"Delivered: the server answered {outcome.status}.")
        return 0
    said = f" ({outcome.said})" if outcome.said else ""
    answered = f"the server answered {outcome.status}{said}" if outcome.status else "no answer"
    print(f"Not delivered, {outcome.error.replace('_', ' ')}: {answered}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
