"""What was published, and where each figure of it comes from: publications compared, figures traced to their line."""
