"""Region totals (汇总): what a government reports for its region against what the agencies in it report."""
