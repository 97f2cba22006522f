"""The languages of the portal: which one a person reads, and how it says texts, days, figures."""
