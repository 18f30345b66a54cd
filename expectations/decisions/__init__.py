"""What people decided about reports and cells: read from files, judged against what the documents hold today, applied."""
