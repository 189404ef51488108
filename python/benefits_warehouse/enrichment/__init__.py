"""Company facts by e-mail domain: the answers, their client and their values."""
