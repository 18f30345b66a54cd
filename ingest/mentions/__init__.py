"""The numbers that reports state in prose: which subjects there are and how they are worded is data (mentions.yml)."""
