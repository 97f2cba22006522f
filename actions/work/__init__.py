"""“Việc của tôi”: everything that waits for one person, and taking it up from a queue.

- `items`: one thing that waits, in words, and the kinds of them.
- `days`: by when it should be done, from the rules of the office's papers.
- `cases`: directives on their way: drafts, checks, approval, number, signature, seal, issue.
- `answers`: what came back after issue: reports, extensions, deliveries that failed, mail.
- `papers`: papers that came in.
- `queues`: for whom else something waits, and who has taken it up.
- `listing`: all of it for one person, the most urgent first, counted.
- `claiming`: taking up what waits for several, and giving it back.
"""
