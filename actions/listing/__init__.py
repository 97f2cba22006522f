"""Lists for programs and pages, by keyset, a page at a time: what the asking officer may see.

- `paging`: a page, and the cursor that leads to the next one.
- `sight`: what an officer may see; what they may not is not found.
- `directives`: directives, their history, recipients and files.
- `following`: consignments, obligations, extensions, reports.
- `incoming`: papers and mail that came in.
- `papers`: papers that came in as the portal's page lists them, under its filters.
- `administration`: organisations, officers, series, certificates, the audit trail.
- `webhooks`: addresses that are told of events, and every try.
"""
