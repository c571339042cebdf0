"""From events to findings: changes, decisions, weak points, impact. Proposals, each with its evidence."""
