"""What GitHub's webhook deliveries say, by kind of event (https://docs.github.com/webhooks/webhook-events-and-payloads)."""
